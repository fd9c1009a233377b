import { bandwidth } from '../../projections/bandwidth.js';
import { MEDIA, popularity, type MediaDocument } from '../../projections/popularity.js';
import { sessions } from '../../projections/sessions.js';
import { SESSION } from '../../src/domain/figures/session-places.js';
import { streamingAnalytics } from '../../projections/streaming-analytics.js';
import { scoreWithoutView, scoreWithView } from '../../src/domain/decayed-score.js';
import type { Recorded } from '../../src/domain/event.js';
import type { PlaybackCommand } from '../../src/domain/playback-session.js';
import { streamedSession, type SessionCommand } from '../../src/domain/streamed-session.js';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.js';
import type { Projection } from '../../src/ports/projection.js';
import { Story } from '../support/given-when-then.js';
import { end, heartbeat, NOON, report, start, timeOut } from '../support/playback.js';
import { project } from '../support/project.js';

const story = new Story(streamedSession);
const eventsOf = (commands: readonly SessionCommand[]): readonly Recorded[] =>
  story.given(...commands).events;

const isFromCdn = true;
const shown: readonly PlaybackCommand[] = [
  report('session_start', { isFromCdn, label: '1080p' }),
  report('heartbeat', { isFromCdn, durationMs: 4_000, label: '1080p' }),
  report('heartbeat', { isFromCdn, durationMs: 4_000, occurredAt: NOON + HOUR_MS }),
  report('buffering', { isFromCdn, occurredAt: NOON + HOUR_MS }),
  report('playback_error', { isFromCdn, errorCode: 'HTTP 404' }),
];
const delivered = [
  report('delivered', { bytes: 1_000, label: '1080p' }),
  report('delivered', { bytes: 500, occurredAt: NOON + HOUR_MS }),
];
const logged = [...delivered, ...shown];
const told: Readonly<Record<string, readonly PlaybackCommand[]>> = {
  'a whole view': [
    start({ label: '720p', viewerId: 'q0Zc2l8mT1yRrWv9Xw3sNA', startupMs: 300 }),
    heartbeat({ durationMs: 40_000, occurredAt: NOON + 40_000 }),
    report('rebuffer_start', { occurredAt: NOON + 41_000 }),
    end({ occurredAt: NOON + 50_000 }),
  ],
  'a wish to play': [report('play_requested')],
  'a heartbeat': [heartbeat({ durationMs: 10_000, bytes: 99 })],
  'an end before the start': [end(), start()],
};
const other = (fields = {}) => start({ sessionId: 's2', label: '720p', ...fields });

/** What counts: a row or cell of zeros says as much as none. */
function counted(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value * 1e5) / 1e5;
  if (Array.isArray(value)) return value.some((one) => one !== 0 && one !== null) ? value : 0;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .map(([name, one]) => [name, counted(one)] as const)
    .filter(([, one]) => one !== 0);
  return members.length === 0 ? 0 : Object.fromEntries(members);
}
const countedOf = (projection: Projection, commands: readonly SessionCommand[]): unknown =>
  counted(project(projection, eventsOf(commands)));

describe.each(Object.entries(told))("a log's view before its player tells of %s", (_, reports) => {
  const orders = [
    [...logged, ...reports],
    [...logged.slice(0, 4), ...reports, ...logged.slice(4)],
    [...shown, ...delivered, timeOut(), ...reports],
    [...delivered, ...reports, ...shown],
  ] as const;
  const playersFirst = [...reports, ...logged].filter(
    ({ kind }) => kind === 'record',
  ) as readonly PlaybackCommand[];

  it.each([['streaming-analytics', streamingAnalytics] as const, ['bandwidth', bandwidth]])(
    'counts in %s what it counts after that',
    (_name, projection) => {
      const wanted = countedOf(projection, withoutBytes(playersFirst));
      for (const order of orders) {
        expect(countedOf(projection as Projection, withoutBytes(order))).toEqual(wanted);
      }
    },
  );

  it('counts in popularity what it counts after that', () => {
    const wanted = countedOf(popularity, [other(), ...withoutBytes(playersFirst)]);
    for (const order of orders) {
      expect(countedOf(popularity, [other(), ...withoutBytes(order)])).toEqual(wanted);
    }
  });

  it('counts in sessions what it counts after that', () => {
    const wanted = countedOf(sessions, withoutBytes(playersFirst));
    for (const order of orders) {
      const { [SESSION.key('m1', 's1', 0)]: row, ...sums } = project(
        sessions,
        eventsOf(withoutBytes(order)),
      ) as Record<string, object>;
      const { [SESSION.key('m1', 's1', 0)]: rowWanted, ...sumsWanted } = wanted as Record<
        string,
        object
      >;
      expect(counted(sums)).toEqual(sumsWanted);
      const timeless = { lastRecordedAt: 0, liveAt: 0, lastAt: 0 };
      expect(counted({ ...row, ...timeless })).toEqual(counted({ ...rowWanted, ...timeless }));
    }
  });
});

/** Bytes belong to who tells them first: here to the log. */
const withoutBytes = (commands: readonly SessionCommand[]): readonly SessionCommand[] =>
  commands.map((command) =>
    command.kind === 'record' && command.report.type !== 'delivered'
      ? { ...command, report: { ...command.report, bytes: 0 } }
      : command,
  );

describe('what is left of a title', () => {
  const mediaAfter = (commands: readonly SessionCommand[]): MediaDocument =>
    project(popularity, eventsOf(commands))[MEDIA.key('m1')] as MediaDocument;

  it('is nothing but its age where its only view was withdrawn', () => {
    const media = mediaAfter([...shown, report('play_requested', { occurredAt: NOON + 9 })]);
    expect(media).toStrictEqual({ mediaId: 'm1', createdAt: NOON });
  });

  it('is no later than its other views can be', () => {
    const early = NOON - 2 * DAY_MS;
    const media = mediaAfter([other({ occurredAt: early }), ...shown, heartbeat()]);
    expect(media.views).toBe(1);
    expect(media.lastViewAt).toBeGreaterThanOrEqual(early);
    expect(media.lastViewAt).toBeLessThan(early + 5_000);
  });

  it.each([0, 1, 4, 12])('is its score without the view, %d half-lives later', (lives) => {
    const halfLife = HOUR_MS;
    const one = scoreWithView(undefined, NOON, halfLife);
    const both = scoreWithView(one, NOON + lives * halfLife, halfLife);
    expect(scoreWithoutView(both, NOON + lives * halfLife, halfLife)).toBeCloseTo(one, 5);
  });
});
