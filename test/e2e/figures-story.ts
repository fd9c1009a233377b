/** The hour of the story below, on a day of the past. */
export const STORY_HOUR = {
  from: '2025-03-11T12:00:00.000Z',
  to: '2025-03-11T13:00:00.000Z',
};

const MEGABYTE = 1_000_000;

/** An event of a session: `a PLAY_REQUESTED` at 12:01:00. */
const event =
  (mediaId: string) =>
  (sessionId: string, time: string, eventType: string, members: object = {}): object => ({
    ...{ mediaId, sessionId, eventType, eventId: `${time} ${eventType}` },
    ...{ occurredAt: `2025-03-11T${time}.000Z`, ...members },
  });
/** An event of the title that the figures below are of. */
export const harbour = event('harbour');
const river = event('river');

/** What viewers of two titles did; the test has every figure of it worked out by hand. */
export const STORY: readonly object[] = [
  // Ann waits 2 s, watches 80 s at two qualities, and stalls once for 5 s.
  harbour('a', '12:01:00', 'PLAY_REQUESTED', {
    ...{ userId: 'ann', mediaDuration: 600, context: { country: 'DE', device: 'PHONE' } },
  }),
  harbour('a', '12:01:02', 'SESSION_START', { userId: 'ann', startupTime: 2, quality: '1080p' }),
  harbour('a', '12:01:42', 'HEARTBEAT', { duration: 40, bytesLoaded: 30 * MEGABYTE }),
  harbour('a', '12:01:47', 'BUFFERING', { duration: 5 }),
  harbour('a', '12:02:17', 'HEARTBEAT', {
    ...{ duration: 30, bytesLoaded: 20 * MEGABYTE, quality: '480p' },
  }),
  harbour('a', '12:02:27', 'SESSION_END', { duration: 10 }),
  // Bob's player gives up after 20 s.
  harbour('b', '12:02:30', 'SESSION_START', {
    ...{ userId: 'bob', startupTime: 4, quality: '720p', context: { country: 'de' } },
  }),
  harbour('b', '12:02:50', 'HEARTBEAT', { duration: 20, bytesLoaded: 10 * MEGABYTE }),
  harbour('b', '12:02:51', 'SESSION_END', { endReason: 'FAILED', errorCode: 'E1' }),
  // Somebody watches 50 s and says no goodbye.
  harbour('c', '12:31:00', 'SESSION_START', { quality: '720p', context: { country: 'FR' } }),
  harbour('c', '12:31:50', 'HEARTBEAT', { duration: 50 }),
  // A start fails, a viewer does not wait, and an attempt is under way.
  harbour('d', '12:40:00', 'PLAY_REQUESTED', { context: { country: 'DE' } }),
  harbour('d', '12:40:03', 'PLAYBACK_ERROR', { errorCode: 'E2' }),
  harbour('d', '12:40:04', 'SESSION_END', { endReason: 'QUIT' }),
  harbour('e', '12:41:00', 'PLAY_REQUESTED'),
  harbour('e', '12:41:10', 'SESSION_END', { endReason: 'QUIT' }),
  harbour('f', '12:50:00', 'PLAY_REQUESTED', { context: { country: 'FR', device: 'TV' } }),
  // Ann watches all of a title of 20 s, with a pause, a seek and a stall that are not watched.
  river('g', '12:10:00', 'SESSION_START', {
    ...{ userId: 'ann', startupTime: 8, mediaDuration: 20, quality: '720p' },
  }),
  river('g', '12:10:10', 'HEARTBEAT', { duration: 10 }),
  river('g', '12:10:12', 'PAUSED', { duration: 2 }),
  river('g', '12:11:12', 'RESUMED', { duration: 60 }),
  river('g', '12:11:15', 'SEEKED', { duration: 3 }),
  river('g', '12:11:16', 'REBUFFER_START', { duration: 1 }),
  river('g', '12:11:20', 'REBUFFER_END', { duration: 4 }),
  river('g', '12:11:30', 'SESSION_END', { duration: 8, endReason: 'QUIT' }),
  // The hour before, Dan watched a minute.
  harbour('h', '11:20:00', 'SESSION_START', { userId: 'dan', quality: '720p' }),
  harbour('h', '11:21:00', 'SESSION_END', { duration: 60, endReason: 'QUIT' }),
];

/** The figures of the title "harbour" in that hour; startup times are told within 1 %. */
export const OF_HARBOUR = {
  views: 3,
  // Ann and the one without a name; Bob saw 20 s.
  qualifiedViews: 2,
  anonymousViews: 1,
  viewsWithoutStates: 0,
  open: 2,
  uniqueViewers: 2,
  uniqueViewersExact: true,
  // 80 + 20 + 50.
  watchTime: 150,
  averageWatchTime: 50,
  completionRate: 1 / 3,
  attempts: 6,
  // Of five: the attempt under way has not turned out in any way.
  startFailureRate: 1 / 5,
  exitBeforeStartRate: 1 / 5,
  playbackFailureRate: 1 / 3,
  stalls: 1,
  stalledTime: 5,
  rebufferRatio: 5 / 155,
  // One in 150 s.
  stallsPerHour: 24,
  bytes: 60 * MEGABYTE,
  // 480 megabits in 150 s.
  averageMbps: 3.2,
  cost: ((60 * MEGABYTE) / 2 ** 30) * 0.085,
  // Ann and Bob in the minute in which she ends and he begins.
  peakConcurrentViewers: 2,
  peakAt: '2025-03-11T12:02:00.000Z',
  byQuality: [
    { quality: 'MEDIUM', watchTime: 70, bytes: 10 * MEGABYTE, stalls: 0 },
    { quality: 'LOW', watchTime: 40, bytes: 20 * MEGABYTE, stalls: 0 },
    { quality: 'HIGH', watchTime: 40, bytes: 30 * MEGABYTE, stalls: 1 },
  ],
};

/** The figures of all titles in that hour. */
export const OF_ALL = {
  ...OF_HARBOUR,
  views: 4,
  // Half of 20 s is enough.
  qualifiedViews: 3,
  // Ann watched both.
  uniqueViewers: 2,
  watchTime: 170,
  averageWatchTime: 42.5,
  completionRate: 1 / 4,
  attempts: 7,
  startFailureRate: 1 / 6,
  exitBeforeStartRate: 1 / 6,
  playbackFailureRate: 1 / 4,
  stalls: 2,
  stalledTime: 9,
  rebufferRatio: 9 / 179,
  stallsPerHour: 2 / (170 / 3_600),
  averageMbps: 480 / 170,
  byQuality: [
    { quality: 'MEDIUM', watchTime: 90, bytes: 10 * MEGABYTE, stalls: 1 },
    ...OF_HARBOUR.byQuality.slice(1),
  ],
};
