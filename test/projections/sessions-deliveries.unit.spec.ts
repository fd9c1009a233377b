import { bandwidth, BANDWIDTH } from '../../projections/bandwidth.js';
import { popularity, MEDIA } from '../../projections/popularity.js';
import { sessions } from '../../projections/sessions.js';
import { SESSION } from '../../src/domain/figures/session-places.js';
import { STATS, streamingAnalytics } from '../../projections/streaming-analytics.js';
import { HEARD_OF_IN } from '../../src/domain/figures/session-places.js';
import { PLACE, placeAtQuality } from '../../src/domain/figures/figure-counts.js';
import type { SessionRow } from '../../src/domain/figures/session-row.js';
import { playbackSession, type PlaybackCommand } from '../../src/domain/playback-session.js';
import { DAY_MS, hourOf } from '../../src/domain/time.js';
import { Story } from '../support/given-when-then.js';
import { end, heartbeat, NOON, report, start } from '../support/playback.js';
import { project } from '../support/project.js';

const key = SESSION.key('m1', 's1', 0);
const eventsOf = (...commands: readonly PlaybackCommand[]) =>
  new Story(playbackSession).given(...commands).events;
const rowAfter = (...commands: readonly PlaybackCommand[]): SessionRow => {
  const documents: Record<string, unknown> = project(sessions, eventsOf(...commands));
  return documents[key] as SessionRow;
};
const count = ({ counts }: SessionRow, name: keyof typeof PLACE): number =>
  counts[PLACE[name]] ?? 0;

const delivered = (label: string, bytes: number, occurredAt = NOON) =>
  report('delivered', { label, bytes, occurredAt });
const watched = heartbeat({ durationMs: 10_000, occurredAt: NOON + 10_000 });

describe('the row of a session', () => {
  it('gets the bytes that were delivered, at their qualities, and nothing else', () => {
    const before = rowAfter(start(), watched);
    const after = rowAfter(
      ...[start(), watched, delivered('540p', 1_000, NOON + DAY_MS)],
      delivered('1080p', 20, NOON + 3),
    );
    expect(count(after, 'bytes')).toBe(1_020);
    expect(after.counts[placeAtQuality('MEDIUM', 'bytes')]).toBe(1_000);
    expect(after.counts[placeAtQuality('HIGH', 'bytes')]).toBe(20);
    const { counts, recentBytes } = after;
    expect(after).toStrictEqual({ ...before, counts, recentBytes });
    expect(count(after, 'views')).toBe(1);
  });

  it('does not go on by them once it is over', () => {
    const row = rowAfter(start(), end(), delivered('540p', 5));
    expect(row).toMatchObject({ endReason: 'ENDED' });
    expect([count(row, 'open'), count(row, 'completedViews'), count(row, 'bytes')]).toEqual([
      0, 1, 5,
    ]);
  });

  it('is over where there is nothing else, and is kept for as long as what it counts', () => {
    const row = rowAfter(delivered('540p', 5), delivered('540p', 5, NOON + DAY_MS));
    expect(row).toMatchObject({ endReason: 'TIMEOUT', startedAt: NOON, lastAt: NOON + DAY_MS });
    expect([count(row, 'sessions'), count(row, 'open'), count(row, 'views')]).toEqual([1, 0, 0]);
    expect([count(row, 'attempts'), count(row, 'exitsBeforeStart')]).toEqual([0, 0]);
    expect(sessions.indexValuesOf(row, key)[HEARD_OF_IN]).toBeLessThan(0);
  });

  it('becomes that of a view once its player tells of one', () => {
    const row = rowAfter(delivered('540p', 5), start({ label: '1080p' }), watched);
    expect(row).toMatchObject({ endReason: '', quality: 'HIGH', state: 'PLAYING' });
    expect([count(row, 'views'), count(row, 'open'), count(row, 'bytes')]).toEqual([1, 1, 5]);
  });

  it('tells apart what a log shows to have been watched', () => {
    const isFromCdn = true;
    const row = rowAfter(
      report('session_start', { isFromCdn }),
      report('heartbeat', { isFromCdn, durationMs: 2_000 }),
      report('buffering', { isFromCdn }),
    );
    expect([count(row, 'views'), count(row, 'viewsWithoutStates')]).toEqual([1, 1]);
    expect([count(row, 'watchedMs'), count(row, 'deliveredMs')]).toEqual([2_000, 2_000]);
    expect([count(row, 'stalls'), count(row, 'deliveredStalls')]).toEqual([1, 1]);
  });
});

test('delivered bytes count in the minute and for the title, and make no view', () => {
  const events = eventsOf(delivered('540p', 1_000, NOON + 61_000));
  const hour = project(bandwidth, events)[BANDWIDTH.key(hourOf(NOON))];
  expect(hour).toMatchObject({ views: {} });
  expect(hour?.bytes.MEDIUM?.slice(0, 3)).toEqual([0, 1_000, 0]);
  const stats = project(streamingAnalytics, events)[STATS.key('m1', 'hour', hourOf(NOON))];
  const byQuality = { MEDIUM: { views: 0, bytes: 1_000, watchedMs: 0 } };
  expect(stats).toMatchObject({ views: 0, watchedMs: 0, bufferingEvents: 0, byQuality });
  const media = project(popularity, events)[MEDIA.key('m1')];
  expect(media).toStrictEqual({ mediaId: 'm1', createdAt: NOON + 61_000 });
});
