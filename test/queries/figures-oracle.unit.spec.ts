import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/time.js';
import { figuresOf, type Figures } from '../support/figures-oracle/figures.js';
import { implicit, RECORDED_AT, report, WHOLE } from '../support/figures-oracle/made-reports.js';
import {
  sessionNameOf,
  type EventType,
  type LogEntry,
  type SentReport,
} from '../support/figures-oracle/reports.js';
import { sessionsOf, type Session } from '../support/figures-oracle/sessions.js';
import { NOON } from '../support/playback.js';

/** A timeout of that session. */
const timeout: LogEntry = {
  mediaId: 'm1',
  session: sessionNameOf(report('HEARTBEAT', 0), 0),
  recordedAt: RECORDED_AT,
};

const figures = (log: readonly LogEntry[], range: object = {}): Figures =>
  figuresOf(sessionsOf(log), { ...WHOLE, ...range });

/** The one session of a log. */
function session(...log: readonly LogEntry[]): Session {
  const [only, ...others] = sessionsOf(log);
  if (only === undefined || others.length > 0) throw new Error('not one session');
  return only;
}

describe('when a session begins and ends', () => {
  test('what comes before the start counts at its own time, with all of the session', () => {
    const log = [report('HEARTBEAT', -20, { duration: 5 }), report('SESSION_START', 0)];
    expect(session(...log)).toMatchObject({ startedAt: NOON - 20 * MINUTE_MS, hasView: true });
    const from = NOON - 20 * MINUTE_MS;
    expect(figures(log, { from, to: from + 1 })).toMatchObject({ views: 1, watchTime: 5 });
    expect(figures(log, { to: from })).toMatchObject({ views: 0, watchTime: 0 });
    expect(figures(log, { from: from + 1 })).toMatchObject({ views: 0, watchTime: 0 });
  });

  test('an earlier event that is stored later does not move it', () => {
    const log = [report('SESSION_START', 0), report('PLAY_REQUESTED', -1)];
    expect(session(...log).startedAt).toBe(NOON);
  });

  test('a time ahead of the clock is stored as now', () => {
    const ahead = report('SESSION_START', 4, { recordedAt: NOON });
    expect(session(ahead).startedAt).toBe(NOON);
  });

  test('an end ends it, and a late heartbeat counts but does not reopen it', () => {
    const log = [
      report('SESSION_START', 0),
      report('SESSION_END', 2, { duration: 60, endReason: 'QUIT' }),
      report('HEARTBEAT', 1, { duration: 60 }),
    ];
    const expected = { isOver: true, endReason: 'QUIT', watchedMs: 120_000, isCompleted: false };
    expect(session(...log)).toMatchObject(expected);
    expect(figures(log).open).toBe(0);
  });

  test.each<EventType>(['RESUMED', 'PLAY_REQUESTED'])('%s reopens it after an end', (type) => {
    const log = [report('SESSION_START', 0), report('SESSION_END', 2), report(type, 3)];
    expect(session(...log)).toMatchObject({ isOver: false, endReason: '', isCompleted: true });
    expect(figures(log)).toMatchObject({ open: 1, completionRate: 1 });
  });

  test('any event reopens it after a timeout', () => {
    const log = [report('SESSION_START', 0), timeout];
    expect(session(...log)).toMatchObject({ isOver: true, endReason: 'TIMEOUT' });
    expect(session(...log, report('SEEKED', 1))).toMatchObject({ isOver: false, endReason: '' });
    const ended = session(...log, report('SESSION_END', 1, { endReason: 'QUIT' }));
    expect(ended).toMatchObject({ isOver: true, endReason: 'QUIT' });
  });

  test('an ENDED before the start completes the view, which is over', () => {
    const log = [report('SESSION_END', 5), report('SESSION_START', 0)];
    const expected = { isOver: true, endReason: 'ENDED', isCompleted: true };
    expect(session(...log)).toMatchObject(expected);
  });

  test.each([
    [['ENDED', 'FAILED'], 'ENDED'],
    [['QUIT', 'FAILED'], 'FAILED'],
    [['FAILED', 'QUIT'], 'QUIT'],
  ] as const)('of the ends %p it is %s', (reasons, expected) => {
    const ends = reasons.map((endReason) => report('SESSION_END', 1, { endReason }));
    expect(session(...ends).endReason).toBe(expected);
  });

  test('an end that a player stated goes before a timeout', () => {
    const quit = report('SESSION_END', 1, { endReason: 'QUIT' });
    expect(session(quit, report('RESUMED', 2), timeout).endReason).toBe('QUIT');
  });
});

describe('attempts', () => {
  const request = report('PLAY_REQUESTED', 0);
  const error = report('PLAYBACK_ERROR', 1, { errorCode: 'E1' });
  const quit = report('SESSION_END', 2, { endReason: 'QUIT' });
  const failed = report('SESSION_END', 2, { endReason: 'FAILED' });

  test.each([
    ['a request alone', [request], {}],
    ['a request that is over', [request, quit], { isExitBeforeStart: true }],
    ['a request that timed out', [request, timeout], { isExitBeforeStart: true }],
    ['a request and an error', [request, error], { isStartFailure: true }],
    ['a request, an error and an end', [request, error, quit], { isStartFailure: true }],
    ['a request that failed', [request, failed], { isStartFailure: true }],
    ['a view that failed', [report('SESSION_START', 1), failed], { isPlaybackFailure: true }],
    ['a view with an error that ended', [report('SESSION_START', 1), error, quit], {}],
    ['errors without a request', [error, failed], { isAttempt: false }],
  ])('%s', (_, log, expected) => {
    const none = { isStartFailure: false, isExitBeforeStart: false, isPlaybackFailure: false };
    expect(session(...log)).toMatchObject({ isAttempt: true, ...none, ...expected });
  });

  test('those that are neither view, failure nor over are in no rate', () => {
    const of = (sessionId: string, ...log: readonly SentReport[]): readonly SentReport[] =>
      log.map((one) => ({ ...one, sessionId }));
    const log = [
      ...of('under way', request),
      ...of('left', request, quit),
      ...of('failing', request, error),
      ...of('view', report('SESSION_START', 0)),
      ...of('failed view', request, report('SESSION_START', 0), failed),
    ];
    expect(figures(log)).toMatchObject({
      attempts: 5,
      views: 2,
      startFailureRate: 1 / 4,
      exitBeforeStartRate: 1 / 4,
      playbackFailureRate: 1 / 2,
    });
  });
});

describe('which session a report belongs to', () => {
  const viewer = { userId: 'u1' };

  test('each start of a viewer on a day is a session, with what follows it by arrival', () => {
    const log = [
      implicit('SESSION_START', 0, { ...viewer, context: { country: 'DE' } }),
      implicit('SESSION_START', 60, { ...viewer, quality: '4k' }),
      implicit('HEARTBEAT', 1, { ...viewer, duration: 7 }),
    ];
    const first = { startedAt: NOON, watchedMs: 0, context: { country: 'DE' }, isOver: false };
    const second = { startedAt: NOON + HOUR_MS, watchedMs: 7_000, context: {}, quality: 'ULTRA' };
    expect(sessionsOf(log)).toMatchObject([first, second]);
    expect(sessionsOf(log)[1]?.byQuality[4]).toMatchObject({ quality: 'ULTRA', watchedMs: 7_000 });
  });

  test('the first start of a day joins what came before it', () => {
    const log = [implicit('PLAY_REQUESTED', -1, viewer), implicit('SESSION_START', 0, viewer)];
    expect(session(...log).startedAt).toBe(NOON - MINUTE_MS);
  });

  test('days, viewers, titles and anonymous event ids are apart', () => {
    const log = [
      implicit('HEARTBEAT', 0, viewer),
      implicit('HEARTBEAT', 12 * 60, viewer),
      implicit('HEARTBEAT', 0, { userId: 'u2' }),
      implicit('HEARTBEAT', 0, { ...viewer, mediaId: 'm2' }),
      implicit('HEARTBEAT', 0, { eventId: 'e1' }),
      implicit('SESSION_END', 0, { eventId: 'e1' }),
      implicit('HEARTBEAT', 0),
      implicit('HEARTBEAT', 0),
    ];
    expect(sessionsOf(log)).toHaveLength(7);
  });

  test('spellings of a title, a session, a viewer and an event id are one', () => {
    const [nfd, nfc] = ['u\u0301', '\u00fa'];
    const spelled = (id: string): SentReport =>
      report('HEARTBEAT', 0, { mediaId: id, sessionId: id, eventId: id, bytesLoaded: 1 });
    expect(session(spelled(nfd), spelled(nfc))).toMatchObject({ mediaId: nfc, bytes: 1 });
    expect(
      sessionsOf([nfd, nfc].map((userId) => implicit('HEARTBEAT', 0, { userId }))),
    ).toHaveLength(1);
  });

  test('nothing follows from a second start or a second event of one id', () => {
    const log = [
      report('SESSION_START', 0, { eventId: 'e1', bytesLoaded: 1, userId: 'u1' }),
      report('SESSION_START', 1, { eventId: 'e2', bytesLoaded: 2, quality: '4k', userId: 'u2' }),
      report('HEARTBEAT', 2, { eventId: 'e1', bytesLoaded: 4, context: { country: 'DE' } }),
      report('HEARTBEAT', 3, { eventId: 'e3', bytesLoaded: 8 }),
    ];
    expect(session(...log)).toMatchObject({ bytes: 9, quality: 'MEDIUM', context: {} });
    expect(figures(log)).toMatchObject({ views: 1, uniqueViewers: 1, anonymousViews: 0 });
    expect(figures(log).byQuality.map(({ quality }) => quality)).toEqual(['MEDIUM']);
  });
});

describe('what a session says', () => {
  test('its own time is watched, stalled, or neither', () => {
    const types: [EventType, number][] = [
      ['SESSION_START', 1],
      ['PAUSED', 2],
      ['QUALITY_CHANGED', 4],
      ['REBUFFER_END', 8],
      ['BUFFERING', 16],
      ['REBUFFER_START', 32],
      ['RESUMED', 64],
      ['SEEKED', 128],
    ];
    const log = types.map(([type, duration]) => report(type, 0, { duration }));
    expect(session(...log)).toMatchObject({ watchedMs: 7_000, stalledMs: 24_000, stalls: 2 });
    expect(figures(log).rebufferRatio).toBe(24 / 31);
    expect(figures(log).stallsPerHour).toBeCloseTo((2 * 3_600) / 7);
  });

  test('each event counts at its own quality, which lasts until another is named', () => {
    const log = [
      report('PLAY_REQUESTED', 0, { bytesLoaded: 1 }),
      report('SESSION_START', 0, { quality: '1080p', bytesLoaded: 2 }),
      report('HEARTBEAT', 1, { quality: 'nonsense', duration: 3, bytesLoaded: 4 }),
      report('BUFFERING', 2, { quality: '360p', duration: 5 }),
    ];
    expect(session(...log).quality).toBe('HIGH');
    expect(session(...log.slice(2)).quality).toBe('MEDIUM');
    expect(figures(log).byQuality).toEqual([
      { quality: 'HIGH', watchTime: 3, bytes: 6, stalls: 0 },
      { quality: 'LOW', watchTime: 0, bytes: 0, stalls: 1 },
      { quality: 'MEDIUM', watchTime: 0, bytes: 1, stalls: 0 },
    ]);
  });

  test('of each circumstance and the length the first good value holds', () => {
    const log = [
      report('SESSION_START', 0, { context: { country: 'XX1', os: 'Tizen' } }),
      report('HEARTBEAT', 9, { context: { country: 'de', os: 'Android' }, mediaDuration: 50 }),
      report('HEARTBEAT', 1, { context: { country: 'BR', live: false }, mediaDuration: 60 }),
    ];
    expect(session(...log).context).toEqual({ country: 'DE', os: 'Tizen', live: false });
    expect(session(...log).mediaDurationMs).toBe(50_000);
  });

  test('the code of the end that failed goes before the first error', () => {
    const log = [
      report('PLAYBACK_ERROR', 0, { errorCode: 'first' }),
      report('PLAYBACK_ERROR', 1, { errorCode: 'second' }),
      report('SESSION_END', 2, { endReason: 'FAILED', errorCode: 'last' }),
    ];
    expect(session(...log.slice(0, 2)).errorCode).toBe('first');
    expect(session(...log).errorCode).toBe('last');
  });

  test.each([
    [30, undefined, 1],
    [29.999, undefined, 0],
    [20, 40, 1],
    [19.999, 40, 0],
    [30, 3_600, 1],
  ])('%p s watched of %p s are %p qualified views', (duration, mediaDuration, expected) => {
    const length = mediaDuration === undefined ? {} : { mediaDuration };
    expect(figures([report('SESSION_START', 0, { duration, ...length })])).toMatchObject({
      views: 1,
      qualifiedViews: expected,
    });
  });

  test.each([
    ['half past the minute', 30 * SECOND_MS, 21, 0],
    ['on the minute', 0, 20, -1],
  ])('20 minutes that end at midnight, %s', (_, afterMs, count, last) => {
    const midnight = NOON + 12 * HOUR_MS;
    const occurredAt = midnight + afterMs;
    const { minutes } = session(report('HEARTBEAT', 0, { occurredAt, duration: 1_200 }));
    expect(minutes).toHaveLength(count);
    expect(minutes.at(-1)).toBe(midnight / MINUTE_MS + last);
  });
});

describe('figures', () => {
  const start = (sessionId: string, minute: number, more: Partial<SentReport> = {}): SentReport =>
    report('SESSION_START', minute, { sessionId, ...more });

  test('there is no figure where there is nothing to divide by', () => {
    expect(figures([])).toMatchObject({
      averageWatchTime: null,
      completionRate: null,
      startFailureRate: null,
      playbackFailureRate: null,
      startupTime: null,
      rebufferRatio: null,
      stallsPerHour: null,
      averageMbps: null,
      cost: 0,
      peakConcurrentViewers: 0,
      peakAt: null,
    });
  });

  test('viewers are those who started views, each once', () => {
    const users = [{ userId: 'u1' }, { userId: 'u1' }, { userId: 'u2' }, {}];
    const log = [
      ...users.map((user, i) => start(`s${String(i)}`, i, user)),
      report('HEARTBEAT', 0, { sessionId: 's3', userId: 'u3' }),
    ];
    expect(figures(log)).toMatchObject({ views: 4, uniqueViewers: 2, anonymousViews: 1 });
  });

  test('percentiles are values that occur, and nobody without one counts', () => {
    const log = [5, 1, 4, 2].map((startupTime) =>
      start(`s${String(startupTime)}`, 0, { startupTime }),
    );
    const expected = { p50: 2, p75: 4, p95: 5, count: 4 };
    expect(figures([...log, start('without', 0)]).startupTime).toEqual(expected);
  });

  test('watch time and bytes are averaged over views and watched time', () => {
    const log = [
      start('s1', 0, { duration: 10, bytesLoaded: 2 ** 30 }),
      start('s2', 0),
      report('HEARTBEAT', 0, { sessionId: 'no view', duration: 20, bytesLoaded: 2 ** 30 }),
    ];
    expect(figures(log)).toMatchObject({
      views: 2,
      watchTime: 30,
      averageWatchTime: 15,
      cost: 0.2,
    });
    expect(figures(log).averageMbps).toBeCloseTo((8 * 2 ** 31) / 1e6 / 30);
  });

  test('the peak is by the clock, whenever its sessions started', () => {
    const log = [
      start('s1', -60),
      report('HEARTBEAT', 10, { sessionId: 's1', duration: 4_200 }),
      start('s2', 1),
      report('BUFFERING', 3, { sessionId: 's2', duration: 60 }),
    ];
    const inside = { from: NOON, to: NOON + HOUR_MS };
    const peakAt = NOON + 2 * MINUTE_MS;
    expect(figures(log, inside)).toMatchObject({ views: 1, peakConcurrentViewers: 2, peakAt });
    const before = { peakConcurrentViewers: 1, peakAt: NOON - HOUR_MS };
    expect(figures(log, { to: NOON })).toMatchObject({ views: 1, ...before });
  });
});
