import {
  STATS,
  streamingAnalytics,
  VIEWERS,
  type StatsDocument,
} from '../../projections/streaming-analytics.js';
import type { PlaybackEvent, Recorded } from '../../src/domain/event.js';
import { playbackSession } from '../../src/domain/playback-session.js';
import { DAY_MS, dayOf, HOUR_MS, hourOf } from '../../src/domain/time.js';
import { RETIRES_AT } from '../../src/ports/projection.js';
import { Story } from '../support/given-when-then.js';
import { end, NOON, report, start } from '../support/playback.js';
import { logCreated, project, registered, stored } from '../support/project.js';

const hourKey = (timeMs: number): string => STATS.key('m1', 'hour', hourOf(timeMs));
const dayKey = (timeMs: number): string => STATS.key('m1', 'day', dayOf(timeMs));
const hourViewers = (timeMs: number): string => VIEWERS.key('m1', 'hour', hourOf(timeMs));
const dayViewers = (timeMs: number): string => VIEWERS.key('m1', 'day', dayOf(timeMs));

const documentsOf = (...events: readonly Recorded[]) => project(streamingAnalytics, events);
const noonOf = (...events: readonly Recorded[]) =>
  documentsOf(...events)[hourKey(NOON)] as StatsDocument | undefined;

const VIEWER = 'q0Zc2l8mT1yRrWv9Xw3sNA';

describe('a start', () => {
  it('counts as a view of its quality, in its hour and in its day', () => {
    const stats = {
      views: 1,
      completedViews: 0,
      watchedMs: 0,
      bufferingEvents: 0,
      byQuality: { HIGH: { views: 1, bytes: 0, watchedMs: 0 } },
    };
    expect(documentsOf(stored('session_start', { quality: 'HIGH' }))).toEqual({
      [hourKey(NOON)]: stats,
      [dayKey(NOON)]: stats,
    });
  });

  it('counts its viewer, once however often they come', () => {
    const view = stored('session_start', { viewerId: VIEWER });
    const documents = documentsOf(view, view);
    expect(documents[hourViewers(NOON)]).toEqual({ hashes: VIEWER.slice(0, 10) });
    expect(documents[dayViewers(NOON)]).toEqual({ hashes: VIEWER.slice(0, 10) });
  });

  it('without a viewer counts nobody', () => {
    expect(Object.keys(documentsOf(stored('session_start')))).toEqual([
      hourKey(NOON),
      dayKey(NOON),
    ]);
  });
});

describe('the viewers', () => {
  it.each(['session_end', 'heartbeat', 'quality_changed', 'rebuffer_start'] as const)(
    'are not those of a %s',
    (type) => {
      const documents = documentsOf(stored(type, { viewerId: VIEWER }));
      expect(documents[hourViewers(NOON)]).toBeUndefined();
    },
  );
});

describe('watched time', () => {
  it.each([
    'session_start',
    'session_end',
    'quality_changed',
    'heartbeat',
    'playback_error',
    'manifest_generated',
    'quality_reported',
  ] as const)('is the duration of a %s', (type) => {
    const stats = noonOf(stored(type, { durationMs: 1_500, quality: 'LOW' }));
    expect(stats?.watchedMs).toBe(1_500);
    expect(stats?.byQuality.LOW?.watchedMs).toBe(1_500);
  });

  it.each(['rebuffer_start', 'rebuffer_end', 'buffering'] as const)(
    'is not the duration of a %s, which is a stall',
    (type) => {
      const stats = noonOf(stored(type, { durationMs: 1_500, bytes: 7 }));
      expect(stats?.watchedMs).toBe(0);
      expect(stats?.byQuality.MEDIUM).toEqual({ views: 0, bytes: 7, watchedMs: 0 });
    },
  );
});

describe('stalls', () => {
  it('are the starts of rebuffering, the finished ones, and those of quality reports', () => {
    const stats = noonOf(
      stored('rebuffer_start'),
      stored('rebuffer_end'),
      stored('buffering'),
      stored('quality_reported', { bufferingEvents: 5 }),
      stored('heartbeat'),
    );
    expect(stats?.bufferingEvents).toBe(7);
  });
});

describe('a quality report', () => {
  it('is no view', () => {
    const stats = noonOf(stored('quality_reported', { durationMs: 60_000, bufferingEvents: 1 }));
    expect(stats).toEqual({
      views: 0,
      completedViews: 0,
      watchedMs: 60_000,
      bufferingEvents: 1,
      byQuality: { MEDIUM: { views: 0, bytes: 0, watchedMs: 60_000 } },
    });
  });
});

describe('bytes', () => {
  it('count for the quality of the event that states them', () => {
    const stats = noonOf(
      stored('heartbeat', { quality: 'HIGH', bytes: 10 }),
      stored('heartbeat', { quality: 'LOW', bytes: 5 }),
      stored('session_end', { quality: 'HIGH', bytes: 2 ** 40 }),
    );
    expect(stats?.byQuality.HIGH?.bytes).toBe(2 ** 40 + 10);
    expect(stats?.byQuality.LOW?.bytes).toBe(5);
  });
});

describe('a completed view', () => {
  it('counts where it started, not where it ended', () => {
    const startedAt = NOON - 13 * HOUR_MS;
    const documents = documentsOf(
      stored('session_start', { occurredAt: startedAt }),
      stored('session_end', { completesViewAt: startedAt, durationMs: 9 }),
    ) as Record<string, StatsDocument>;
    const figures = Object.entries(documents).map(([key, { views, completedViews, watchedMs }]) => [
      key,
      { views, completedViews, watchedMs },
    ]);
    expect(Object.fromEntries(figures)).toEqual({
      [hourKey(startedAt)]: { views: 1, completedViews: 1, watchedMs: 0 },
      [dayKey(startedAt)]: { views: 1, completedViews: 1, watchedMs: 0 },
      [hourKey(NOON)]: { views: 0, completedViews: 0, watchedMs: 9 },
      [dayKey(NOON)]: { views: 0, completedViews: 0, watchedMs: 9 },
    });
  });

  it('counts once where start and end lie in the same hour', () => {
    const stats = noonOf(stored('session_start'), stored('session_end', { completesViewAt: NOON }));
    expect(stats).toMatchObject({ views: 1, completedViews: 1 });
  });

  it('counts also when its start itself completes it', () => {
    const stats = noonOf(stored('session_start', { completesViewAt: NOON }));
    expect(stats).toMatchObject({ views: 1, completedViews: 1 });
  });
});

describe('a bucket', () => {
  it('holds its first moment, and not the one after its last', () => {
    const documents = documentsOf(
      stored('session_start', { occurredAt: NOON - 1 }),
      stored('session_start', { occurredAt: NOON }),
      stored('session_start', { occurredAt: NOON + HOUR_MS - 1 }),
    );
    expect(documents[hourKey(NOON - 1)]).toMatchObject({ views: 1 });
    expect(documents[hourKey(NOON)]).toMatchObject({ views: 2 });
    expect(documents[dayKey(NOON)]).toMatchObject({ views: 3 });
  });

  it('takes an event that comes late, into where it belongs', () => {
    const late = NOON - 30 * DAY_MS;
    const documents = documentsOf(
      stored('session_start', { occurredAt: NOON }),
      stored('session_start', { occurredAt: late }),
    );
    expect(documents[hourKey(late)]).toMatchObject({ views: 1 });
    expect(documents[dayKey(late)]).toMatchObject({ views: 1 });
    expect(documents[hourKey(NOON)]).toMatchObject({ views: 1 });
  });

  it('is one media item', () => {
    const documents = documentsOf(
      stored('session_start', { mediaId: 'm1' }),
      stored('session_start', { mediaId: 'm2' }),
    );
    expect(documents[hourKey(NOON)]).toMatchObject({ views: 1 });
    expect(documents[STATS.key('m2', 'hour', hourOf(NOON))]).toMatchObject({ views: 1 });
  });

  it('may be forgotten once it is over', () => {
    const values = (key: string) =>
      streamingAnalytics.indexValuesOf({ hashes: '' }, key)[RETIRES_AT];
    expect(values(hourKey(NOON))).toBe(NOON + HOUR_MS);
    expect(values(dayViewers(NOON))).toBe(NOON + 12 * HOUR_MS);
  });
});

describe('what is not about playback', () => {
  it('makes no document', () => {
    expect(documentsOf(registered('m1', 'A title'), logCreated)).toEqual({});
  });
});

describe("the seed's own figures", () => {
  const watched = (seconds: number) => ({ durationMs: seconds * 1_000 });
  const [u1, u2] = [{ viewerId: 'u1-0123456789' }, { viewerId: 'u2-0123456789' }];
  const at = (sessionId: string, isImplicit: boolean) => ({ sessionId, isImplicit });

  /** 3 starts, 2 ends, 1 stall; each session's commands apart. */
  const sessions = (a: object, b: object, c: object) => [
    [start({ ...a, ...u1, label: '720p', ...watched(120) }), end({ ...a, ...u1, ...watched(110) })],
    [
      start({ ...b, ...u2, label: '1080p', ...watched(180) }),
      report('rebuffer_start', { ...b, ...u2 }),
      end({ ...b, ...u2, ...watched(170) }),
    ],
    [start({ ...c, ...u1, label: '720p', ...watched(90) })],
  ];
  const eventsOf = (commands: readonly Parameters<typeof playbackSession.decide>[1][][]) =>
    commands.flatMap(
      (one): readonly Recorded<PlaybackEvent>[] => new Story(playbackSession).given(...one).events,
    );
  const [own, second, third] = sessions(at('s1', false), at('s2', false), at('s3', false));
  const [implicit1, implicit2, again] = sessions(at('i1', true), at('i2', true), at('i1', true));

  it.each([
    ['with session ids', eventsOf([own ?? [], second ?? [], third ?? []])],
    ['without', eventsOf([[...(implicit1 ?? []), ...(again ?? [])], implicit2 ?? []])],
  ])('%s come out as they should', (_, events) => {
    const stats = noonOf(...events);
    expect(stats).toEqual({
      views: 3,
      completedViews: 2,
      watchedMs: 670_000,
      bufferingEvents: 1,
      byQuality: {
        MEDIUM: { views: 2, bytes: 0, watchedMs: 320_000 },
        HIGH: { views: 1, bytes: 0, watchedMs: 350_000 },
      },
    });
    expect(documentsOf(...events)[hourViewers(NOON)]).toEqual({
      hashes: 'u1-0123456u2-0123456',
    });
    expect(670_000 / 1_000 / 3).toBeCloseTo(223.3, 1);
  });
});
