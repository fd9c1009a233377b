import fc from 'fast-check';
import { DEVICE_TYPES } from '../../../src/domain/session-context.js';
import type { StatedContext } from '../../../src/domain/stated-context.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/time.js';
import { EVENT_TYPES, isTimeout, type LogEntry, type SentReport } from './reports.js';
import { sessionsOf } from './sessions.js';

/** More than a session may be idle before the rollup ends it. */
const ROLLUP_GAP_MIN_MS = 10 * MINUTE_MS;
const STEPS_MAX = 40;
const FIRST_BEFORE_NOON_MS = 14 * HOUR_MS;

type Owner = Pick<SentReport, 'mediaId' | 'sessionId' | 'userId'>;

/** Whose report it is: of an explicit session, of a viewer's day, or of nobody known. */
const owners = fc.oneof(
  ...(
    [
      [4, { mediaId: 'm1', sessionId: 's1', userId: 'u1' }],
      [1, { mediaId: 'm1', sessionId: 's1' }],
      [4, { mediaId: 'm1', userId: 'u1' }],
      [2, { mediaId: 'm1', sessionId: 's2' }],
      // One title in two spellings, and one viewer.
      [2, { mediaId: 'm\u0301', sessionId: 's1', userId: 'u1' }],
      [2, { mediaId: '\u1e3f', sessionId: 's1' }],
      [2, { mediaId: 'm\u0301', userId: 'u\u0301' }],
      [2, { mediaId: '\u1e3f', userId: '\u00fa' }],
      [2, { mediaId: 'channel', sessionId: 's3', userId: 'u2' }],
      [1, { mediaId: 'channel' }],
    ] as const
  ).map(([weight, owner]) => ({ weight, arbitrary: fc.constant<Owner>(owner) })),
);
const isLiveTitle = (mediaId: string): boolean => mediaId === 'channel';

/** Starts, ends and heartbeats are as frequent as all the others together. */
const types = fc.oneof(
  fc.constantFrom('PLAY_REQUESTED', 'SESSION_START', 'SESSION_END', 'HEARTBEAT'),
  fc.constantFrom(...EVENT_TYPES),
);

/** Seconds with milliseconds, up to so many milliseconds. */
const secondsUpTo = (maxMs: number): fc.Arbitrary<number> => fc.nat(maxMs).map((ms) => ms / 1_000);

const durations = fc.oneof(
  fc.constantFrom(0, 10, 30, 60, 900),
  secondsUpTo(2 * MINUTE_MS),
  secondsUpTo(5 * HOUR_MS),
);

/** Values that hold, values that are tidied, and values that are none. */
const contexts: fc.Arbitrary<StatedContext> = fc.record(
  {
    device: fc.constantFrom(...DEVICE_TYPES),
    os: fc.constantFrom('Tizen', 'Android', '\u0007'),
    browser: fc.constantFrom('Firefox', ' Safari ', ''),
    player: fc.constantFrom('hls.js 1.7.4', 'MyApp 2.3'),
    app: fc.constantFrom('web', 'kiosk'),
    cdn: fc.constantFrom('a', 'b'),
    country: fc.constantFrom('DE', 'br', 'XX1', ''),
    referrer: fc.constantFrom('News.Example', 'https://news.example/a?b=c', '::'),
    page: fc.constantFrom('https://video.example/watch?v=1', 'video.example/watch', '??'),
    live: fc.boolean(),
    custom1: fc.constantFrom('sport', 'e\u0301', '\u00e9'),
    custom2: fc.constantFrom('free', 'x'.repeat(300)),
    custom3: fc.constantFrom('A', 'B'),
  },
  { requiredKeys: [] },
);

/** Most reports arrive soon, some late, and a few after days. */
const delays = fc.oneof(
  { weight: 10, arbitrary: fc.nat(20_000) },
  { weight: 3, arbitrary: fc.nat(30 * MINUTE_MS) },
  { weight: 1, arbitrary: fc.nat(2 * DAY_MS) },
);

/** How long nothing is recorded: hardly at all, some minutes, or hours. */
const gaps = fc.oneof(
  { weight: 5, arbitrary: fc.nat(60_000) },
  { weight: 3, arbitrary: fc.nat(20 * MINUTE_MS) },
  { weight: 2, arbitrary: fc.nat(5 * HOUR_MS) },
);

const details = fc.record(
  {
    eventId: fc.constantFrom(...Array.from({ length: 30 }, (_, i) => `e${String(i)}`)),
    endReason: fc.constantFrom('ENDED' as const, 'QUIT' as const, 'FAILED' as const),
    quality: fc.constantFrom('360p', '720p', '1080p60 HDR', '4k', 'auto', 'nonsense'),
    duration: durations,
    bytesLoaded: fc.oneof(fc.nat(1_000), fc.nat(2 ** 31 - 1)),
    context: contexts,
    mediaDuration: fc.constantFrom(20, 59.999, 100, 100, 3_600, 7_200),
    startupTime: fc.oneof(fc.constant(0), secondsUpTo(5_000), secondsUpTo(600_000)),
    errorCode: fc.constantFrom('E1', 'E2', 'E3'),
    stretch: fc.oneof(
      fc.tuple(secondsUpTo(120_000), secondsUpTo(60_000)),
      fc.tuple(secondsUpTo(7_200_000), fc.oneof(fc.constant(0), secondsUpTo(7_200_000))),
    ),
  },
  { requiredKeys: [] },
);

const reportSteps = fc.record({
  gapMs: gaps,
  delayMs: delays,
  eventType: types,
  owner: owners,
  details,
});
type ReportStep = typeof reportSteps extends fc.Arbitrary<infer Step> ? Step : never;

/** A new report, an earlier one again, or a run of the rollup. */
const steps = fc.oneof(
  { weight: 16, arbitrary: reportSteps },
  { weight: 1, arbitrary: fc.record({ gapMs: gaps, stepsBack: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.record({ gapMs: gaps, isRollup: fc.constant(true as const) }) },
);

/** What a player may say in a report of that type, recorded at that time. */
function reportOf(step: ReportStep, recordedAt: number): SentReport {
  const { eventType, owner, delayMs } = step;
  const { endReason, duration, mediaDuration, startupTime, errorCode, stretch, ...rest } =
    step.details;
  const isEnd = eventType === 'SESSION_END';
  const mayFail = eventType === 'PLAYBACK_ERROR' || (isEnd && endReason === 'FAILED');
  const isStart = eventType === 'SESSION_START';
  const hasDuration = eventType !== 'PLAY_REQUESTED' && duration !== undefined;
  const hasLength = mediaDuration !== undefined && !isLiveTitle(owner.mediaId);
  const isStretch = stretch !== undefined;
  return {
    ...rest,
    ...owner,
    eventType,
    occurredAt: recordedAt - delayMs,
    recordedAt,
    ...(isEnd && endReason !== undefined && { endReason }),
    ...(hasDuration && { duration }),
    ...(hasLength && { mediaDuration }),
    ...(isStart && startupTime !== undefined && { startupTime }),
    ...(mayFail && errorCode !== undefined && { errorCode }),
    ...(isStretch && { playedFrom: stretch[0], playedTo: inMs(stretch[0] + stretch[1]) }),
  };
}

const inMs = (durationSeconds: number): number => Math.round(durationSeconds * 1_000) / 1_000;

/** The ends that a rollup records: of every session of which a part is not over. */
function timeoutsOf(log: readonly LogEntry[], recordedAt: number): readonly LogEntry[] {
  const ends = new Map<string, LogEntry>();
  for (const { mediaId, name, isOver } of sessionsOf(log)) {
    if (!isOver) ends.set(`${mediaId} ${name}`, { mediaId, session: name, recordedAt });
  }
  return [...ends.values()];
}

/**
 * Logs of up to 40 reports, and the timeouts of some runs of the rollup among them, recorded from
 * the evening before a noon on: over midnight, and for days where gaps are long. No report is ahead
 * of the server's clock, and the API takes all of them.
 */
export const randomLogs = (noon: number): fc.Arbitrary<readonly LogEntry[]> =>
  fc.array(steps, { maxLength: STEPS_MAX, size: 'max' }).map((some) => {
    const log: LogEntry[] = [];
    let now = noon - FIRST_BEFORE_NOON_MS;
    for (const step of some) {
      now += step.gapMs;
      if ('isRollup' in step) {
        now += ROLLUP_GAP_MIN_MS;
        log.push(...timeoutsOf(log, now));
      } else if ('stepsBack' in step) {
        const earlier = log.filter((entry) => !isTimeout(entry));
        const again = earlier[earlier.length - 1 - step.stepsBack];
        if (again !== undefined) log.push({ ...again, recordedAt: now });
      } else {
        log.push(reportOf(step, now));
      }
    }
    return log;
  });
