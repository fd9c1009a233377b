import fc from 'fast-check';
import { PROJECTIONS } from '../../projections/index.js';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { identifyLog } from '../../src/composition/log-identity.js';
import {
  decodeEvent,
  EVENT_TYPES,
  schemaVersionOf,
  UndecodableEvent,
  type StoredData,
} from '../../src/domain/event-codec.js';
import {
  isPlaybackEvent,
  type DomainEvent,
  type MediaRegistered,
  type PlaybackEvent,
  type QualityReported,
  type ViewWithdrawn,
} from '../../src/domain/event.js';
import { media } from '../../src/domain/media.js';
import { playbackSession } from '../../src/domain/playback-session.js';
import type { PlaybackReport } from '../../src/domain/session-events.js';
import { testIdentity } from '../support/test-log.js';
import { eventFixtures } from '../support/event-fixtures.js';
import { Story } from '../support/given-when-then.js';
import { NOON, qualityReport, report, start } from '../support/playback.js';
import { recordedSessions } from '../support/playback-histories.js';
import { DAY_MS } from '../../src/domain/time.js';
import { SettableClock } from '../support/settable-clock.js';

const byFile = eventFixtures.map((fixture) => [fixture.file, fixture] as const);

/** The fixtures that the present code would write. */
const current = EVENT_TYPES.flatMap((type) => {
  const version = schemaVersionOf(type);
  return eventFixtures.filter((one) => one.type === type && one.version === version);
});
/** The event alone, as a decider gives it. */
function decodedOf(fixture: (typeof current)[number]) {
  const { type, data } = decodeEvent(fixture);
  return { type, data };
}

const playbackTypes: readonly string[] = EVENT_TYPES.filter(
  (type) =>
    isPlaybackEvent({ type } as DomainEvent) &&
    type !== 'quality_reported' &&
    type !== 'view_withdrawn',
);
const playbackFixtures = current
  .filter(({ type }) => playbackTypes.includes(type))
  .map((fixture) => [fixture.type, decodedOf(fixture) as PlaybackEvent] as const);

describe('the fixtures of stored events', () => {
  it('hold one for every type and schema version, and no other', () => {
    const wanted = EVENT_TYPES.flatMap((type) =>
      Array.from({ length: schemaVersionOf(type) }, (_, i) => `${type}.v${String(i + 1)}.json`),
    );
    expect(eventFixtures.map(({ file }) => file).sort()).toEqual(wanted.sort());
  });

  it.each(byFile)('%s hold what the name says', (file, { type, version }) => {
    expect(`${type}.v${String(version)}.json`).toBe(file);
  });

  it.each(byFile)('%s can be decoded and projected', (_, fixture) => {
    const event = decodeEvent(fixture);
    expect(event).toMatchObject({ type: fixture.type, recordedAt: fixture.recordedAt });
    for (const projection of PROJECTIONS) {
      for (const key of projection.keysOf(event)) {
        const document = projection.evolve(undefined, event, key);
        const values = document === undefined ? {} : projection.indexValuesOf(document, key);
        expect(Object.values(values).every(Number.isFinite)).toBe(true);
      }
    }
  });
});

describe('what is written today', () => {
  it.each(playbackFixtures)('as %s is what its fixture of today holds', (type, event) => {
    const { eventId = '', completesViewAt = 0, quality: label } = event.data;
    const before = start({ eventId: 'before', occurredAt: completesViewAt, label });
    const story = new Story(playbackSession).given(...(type === 'session_start' ? [] : [before]));
    const command = report(event.type as PlaybackReport['type'], {
      ...event.data,
      eventId,
      ...(event.type === 'session_end' && { endReason: event.data.reason }),
    });
    story.when(command).thenExactly(event);
  });

  it('as quality_reported is what its fixture of today holds', () => {
    const fixture = current.find(({ type }) => type === 'quality_reported');
    const event = decodeFixture<QualityReported>(fixture);
    const { eventId = '', mediaId, occurredAt, quality, bufferingEvents } = event.data;
    const { durationMs: watchMs = 0 } = event.data;
    const numbers = { occurredAt, quality, bufferingEvents, watchMs };
    const command = qualityReport({ mediaId, reportId: eventId, ...numbers });
    new Story(playbackSession).when(command).thenExactly(event);
  });

  it('as view_withdrawn is what its fixture of today holds', () => {
    const fixture = current.find(({ type }) => type === 'view_withdrawn');
    const event = decodeFixture<ViewWithdrawn>(fixture);
    const { mediaId, sessionId, occurredAt, withdrawn } = event.data;
    const ids = { mediaId, sessionId, isFromCdn: true } as const;
    const { at = 0, quality: label = '' } = withdrawn.start ?? {};
    const story = new Story(playbackSession).given(
      start({ ...ids, occurredAt: at, label }),
      report('heartbeat', { ...ids, occurredAt: at, durationMs: 12_000 }),
      report('buffering', { ...ids, occurredAt: at }),
    );
    const told = report('heartbeat', { mediaId, sessionId, occurredAt });
    expect(playbackSession.decide(story.state, told)[0]).toStrictEqual(event);
  });

  it('as media_registered is what its fixture of today holds', () => {
    const event = decodeFixture<MediaRegistered>(
      current.find(({ type }) => type === 'media_registered'),
    );
    const { mediaId, occurredAt: now, ...description } = event.data;
    new Story(media).when({ mediaId, description, now }).thenExactly(event);
  });

  it('as log_created has the fields of its fixture of today', async () => {
    const store = new MemoryEventStore();
    const clock = new SettableClock(5);
    await identifyLog({ store, stream: 'meta', identity: testIdentity, clock });
    const [written] = await store.readStream('meta');
    const fixture = current.find(({ type }) => type === 'log_created');
    expect(written).toMatchObject({ type: 'log_created', version: 1, data: {} });
    expect(Object.keys(written?.data ?? {})).toEqual([
      ...Object.keys(fixture?.data ?? {}),
      // What 0.1.0 did not write yet.
      'vocabulary',
    ]);
  });
});

function decodeFixture<Event>(fixture: (typeof current)[number] | undefined): Event {
  if (fixture === undefined) throw new Error('a fixture is missing');
  return decodedOf(fixture) as Event;
}

const decode = (type: string, version: number, data: StoredData = {}) =>
  decodeEvent({ type, version, recordedAt: NOON, data });

describe('a stored event', () => {
  it('is what was decided, after it went through JSON', () => {
    fc.assert(
      fc.property(recordedSessions, (sessions) => {
        for (const event of sessions.flat()) {
          const { type, recordedAt } = event;
          const data = JSON.parse(JSON.stringify(event.data)) as StoredData;
          const version = schemaVersionOf(type);
          expect(decodeEvent({ type, version, recordedAt, data })).toEqual(event);
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each(['', 'session_started', 'SESSION_START', 'constructor', '__proto__', 'hasOwnProperty'])(
    'of the unknown type %j cannot be read',
    (type) => {
      expect(() => decode(type, 1)).toThrow(UndecodableEvent);
    },
  );

  it.each(EVENT_TYPES)('%s of a newer schema version cannot be read', (type) => {
    const newer = schemaVersionOf(type) + 1;
    const message = `no way to read a stored ${type} of schema version ${String(newer)}`;
    expect(() => decode(type, newer)).toThrow(UndecodableEvent.unknown(type, newer));
    expect(() => decode(type, newer)).toThrow(message);
  });

  it.each(byFile)('like %s cannot be read without what says where it belongs', (_, fixture) => {
    const { data } = fixture;
    const essentials = ['mediaId', 'sessionId', 'occurredAt', 'storeId', 'vocabulary'].filter(
      (name) => name in data,
    );
    expect(essentials.length).toBeGreaterThan(0);
    for (const name of essentials) {
      const rest = Object.fromEntries(Object.entries(data).filter(([one]) => one !== name));
      expect(() => decodeEvent({ ...fixture, data: rest })).toThrow(`has no ${name}`);
      const bad = { ...data, [name]: true };
      expect(() => decodeEvent({ ...fixture, data: bad })).toThrow(`has a bad ${name}`);
    }
  });

  it('may lie anywhere within the limits of the edge', () => {
    const [start, end, quality, media] = [
      'session_start',
      'session_end',
      'quality_reported',
      'media_registered',
    ].map((type) => eventFixtures.find((one) => one.type === type));
    const long = '\u{1f600}'.repeat(200);
    const times = { occurredAt: DAY_MS, durationMs: DAY_MS, bytes: 2 ** 40 };
    const decomposed = 'Cafe\u0301';
    for (const [fixture, data] of [
      [start, { mediaId: long, sessionId: long, eventId: long, label: 'x'.repeat(40), ...times }],
      [start, { mediaId: decomposed, occurredAt: NOON + DAY_MS, later: { of: ['a', 'release'] } }],
      // Recorded by a clock that was put right after its session had begun.
      [end, { occurredAt: NOON, completesViewAt: NOON + 365 * DAY_MS }],
      [end, { occurredAt: NOON + 365 * DAY_MS, reason: 'TIMEOUT' }],
      [quality, { bufferingEvents: 10_000, durationMs: 0 }],
      [media, { title: 'x'.repeat(500), thumbnail: 'HTTP://x', durationMs: 31 * DAY_MS }],
    ] as const) {
      if (fixture === undefined) throw new Error('a fixture is missing');
      const event = { ...fixture, recordedAt: NOON, data: { ...fixture.data, ...data } };
      expect(decodeEvent(event).data).toEqual(event.data);
    }
  });

  it('of a schema version that never was cannot be read', () => {
    for (const version of [0, -1]) {
      expect(() => decode('heartbeat', version)).toThrow(UndecodableEvent);
    }
  });
});
