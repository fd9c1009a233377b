import { bandwidth, BANDWIDTH, type BandwidthDocument } from '../../projections/bandwidth.js';
import type { Recorded } from '../../src/domain/event.js';
import { DAY_MS, HOUR_MS, hourOf, MINUTE_MS } from '../../src/domain/time.js';
import { RETIRES_AT } from '../../src/ports/projection.js';
import { NOON } from '../support/playback.js';
import { logCreated, project, registered, stored } from '../support/project.js';

const MIB = 2 ** 20;
const noonHour = hourOf(NOON);
const noonKey = BANDWIDTH.key(noonHour);

const documentsOf = (...events: readonly Recorded[]) => project(bandwidth, events);

/** What is not zero in the minutes of an hour. */
const sparse = (minutes: readonly number[] | undefined) =>
  Object.fromEntries((minutes ?? []).map((n, i) => [i, n] as const).filter(([, n]) => n !== 0));

const sum = (minutes: readonly number[] | undefined): number =>
  (minutes ?? []).reduce((total, n) => total + n, 0);

const loaded = (bytes: number, more: Parameters<typeof stored>[1] = {}) =>
  stored('heartbeat', { bytes, ...more });

describe('bytes', () => {
  it('of a moment fall into its minute', () => {
    const occurredAt = NOON + 7 * MINUTE_MS + 59_999;
    const documents = documentsOf(loaded(10, { occurredAt, quality: 'LOW' }));
    expect(Object.keys(documents)).toEqual([noonKey]);
    expect(sparse(documents[noonKey]?.bytes.LOW)).toEqual({ 7: 10 });
    expect(documents[noonKey]?.bytes.LOW).toHaveLength(60);
  });

  it('are spread over the time that the event covers', () => {
    const occurredAt = NOON + 3 * MINUTE_MS;
    const documents = documentsOf(loaded(300, { occurredAt, durationMs: 3 * MINUTE_MS }));
    expect(sparse(documents[noonKey]?.bytes.MEDIUM)).toEqual({ 0: 100, 1: 100, 2: 100 });
  });

  it('are spread over the hours before as well', () => {
    const documents = documentsOf(
      loaded(1_000, { occurredAt: NOON + 30_000, durationMs: 100_000 }),
    );
    expect(sparse(documents[BANDWIDTH.key(noonHour - 1)]?.bytes.MEDIUM)).toEqual({
      58: 100,
      59: 600,
    });
    expect(sparse(documents[noonKey]?.bytes.MEDIUM)).toEqual({ 0: 300 });
  });

  it('of 24 hours lie in 25 hours where they do not begin on one, and none is lost', () => {
    const occurredAt = NOON + 30 * MINUTE_MS;
    const event = loaded(2 ** 40 - 1, { occurredAt, durationMs: DAY_MS });
    const documents = Object.values(documentsOf(event));
    expect(documents).toHaveLength(25);
    const total = documents.reduce((all, { bytes }) => all + sum(bytes.MEDIUM), 0);
    expect(total).toBe(2 ** 40 - 1);
  });

  it('add up by quality', () => {
    const documents = documentsOf(
      loaded(150 * MIB, { quality: 'MEDIUM' }),
      loaded(60 * MIB, { quality: 'HIGH' }),
      loaded(40 * MIB, { quality: 'HIGH' }),
    );
    expect(sparse(documents[noonKey]?.bytes.MEDIUM)).toEqual({ 0: 150 * MIB });
    expect(sparse(documents[noonKey]?.bytes.HIGH)).toEqual({ 0: 100 * MIB });
  });

  it.each(['session_start', 'session_end', 'rebuffer_end', 'buffering'] as const)(
    'of a %s count like those of any event',
    (type) => {
      const documents = documentsOf(stored(type, { bytes: 5 }));
      expect(sparse(documents[noonKey]?.bytes.MEDIUM)).toEqual({ 0: 5 });
    },
  );

  it('that come late land where they belong', () => {
    const late = NOON - 30 * DAY_MS;
    const documents = documentsOf(loaded(1), loaded(2, { occurredAt: late }));
    expect(sparse(documents[BANDWIDTH.key(hourOf(late))]?.bytes.MEDIUM)).toEqual({ 0: 2 });
    expect(sparse(documents[noonKey]?.bytes.MEDIUM)).toEqual({ 0: 1 });
  });
});

describe('views', () => {
  it('are counted in the minute in which they start, by quality', () => {
    const view = stored('session_start', { quality: 'HIGH', occurredAt: NOON + 90_000 });
    const documents = documentsOf(view, view);
    expect(sparse(documents[noonKey]?.views.HIGH)).toEqual({ 1: 2 });
    expect(documents[noonKey]?.bytes).toEqual({});
  });

  it('are counted once where their bytes reach into other hours', () => {
    const view = stored('session_start', { bytes: 100, durationMs: 2 * HOUR_MS });
    const documents = Object.values(documentsOf(view));
    expect(documents.reduce((all, { views }) => all + sum(views.MEDIUM), 0)).toBe(1);
    expect(documents.reduce((all, { bytes }) => all + sum(bytes.MEDIUM), 0)).toBe(100);
  });
});

describe('what has neither a view nor a byte', () => {
  it('makes no document', () => {
    const watched = stored('heartbeat', { durationMs: HOUR_MS, bytes: 0 });
    const summary = stored('quality_reported', { durationMs: HOUR_MS, bufferingEvents: 3 });
    const events = [watched, summary, stored('session_end'), registered('m1', 't'), logCreated];
    expect(documentsOf(...events)).toEqual({});
  });
});

describe("an hour's document", () => {
  it('holds all media together', () => {
    const documents = documentsOf(loaded(1, { mediaId: 'm1' }), loaded(2, { mediaId: 'm2' }));
    expect(sparse(documents[noonKey]?.bytes.MEDIUM)).toEqual({ 0: 3 });
  });

  it('may be forgotten once it is over', () => {
    const document: BandwidthDocument = { bytes: {}, views: {} };
    expect(bandwidth.indexValuesOf(document, noonKey)).toEqual({ [RETIRES_AT]: NOON + HOUR_MS });
  });
});
