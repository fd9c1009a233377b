import { STREAM_QUALITIES, type StreamQuality } from '../../../src/domain/quality.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js';
import { isSlice, type Filter } from './dimensions.js';
import type { QualityPart, Session } from './sessions.js';

/** What is asked: `from` (inclusive) and `to` (exclusive) are epoch milliseconds. */
export interface Question {
  /** Already widened to what the query is answered for. */
  readonly from: number;
  readonly to: number;
  readonly filter?: readonly Filter[];
  readonly egressPricePerGib: number;
  readonly qualifiedViewSeconds: number;
}

/** The smallest values with at least that share of the counts at or below; seconds. */
interface Percentiles {
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly count: number;
}

interface QualityFigures {
  readonly quality: StreamQuality;
  readonly watchTime: number;
  readonly bytes: number;
  readonly stalls: number;
}

/** The GraphQL type of that name: durations in seconds; but `peakAt` in epoch milliseconds. */
export interface Figures {
  readonly views: number;
  readonly qualifiedViews: number;
  readonly anonymousViews: number;
  readonly viewsWithoutStates: number;
  readonly open: number;
  readonly uniqueViewers: number;
  readonly uniqueViewersExact: boolean;
  readonly watchTime: number;
  readonly averageWatchTime: number | null;
  readonly completionRate: number | null;
  readonly attempts: number;
  readonly startFailureRate: number | null;
  readonly exitBeforeStartRate: number | null;
  readonly playbackFailureRate: number | null;
  readonly startupTime: Percentiles | null;
  readonly stalls: number;
  readonly stalledTime: number;
  readonly rebufferRatio: number | null;
  readonly stallsPerHour: number | null;
  readonly bytes: number;
  readonly averageMbps: number | null;
  readonly cost: number;
  readonly peakConcurrentViewers: number;
  readonly peakAt: number | null;
  readonly byQuality: readonly QualityFigures[];
}

type Sessions = readonly Session[];

/** "All figures [...] count at that time (but what is said to be by the clock)": at `startedAt` */
export const startedIn = (sessions: Sessions, from: number, to: number): Sessions =>
  sessions.filter(({ startedAt }) => startedAt >= from && startedAt < to);

/** "null, never 0, where there is nothing to divide by" */
const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const sumOf = <T>(rows: readonly T[], amountOf: (row: T) => number): number =>
  rows.reduce((sum, row) => sum + amountOf(row), 0);

/** The figures of a range, and of a slice of it. */
export function figuresOf(sessions: Sessions, question: Question): Figures {
  const slice = sessions.filter((session) => isSlice(session, question.filter ?? []));
  const counted = startedIn(slice, question.from, question.to);
  return {
    ...viewsOf(counted, question.qualifiedViewSeconds),
    // "sessions counted that are not over"
    open: counted.filter(({ isOver }) => !isOver).length,
    ...attemptsOf(counted),
    startupTime: percentilesOf(counted.flatMap(({ startupMs }) => startupMs ?? [])),
    ...timesOf(counted),
    // "GB means GiB (2^30); cost in USD"
    cost: (sumOf(counted, ({ bytes }) => bytes) / 2 ** 30) * question.egressPricePerGib,
    ...peakOf(slice, question.from, question.to),
    byQuality: byQualityOf(counted.flatMap(({ byQuality }) => byQuality)),
  };
}

function viewsOf(counted: Sessions, qualifiedViewSeconds: number) {
  const views = counted.filter(({ hasView }) => hasView);
  return {
    views: views.length,
    qualifiedViews: views.filter((view) => isQualified(view, qualifiedViewSeconds)).length,
    anonymousViews: views.filter(({ viewer }) => viewer === undefined).length,
    // Players that report no play states are such as send by CMCD, and no log here has them.
    viewsWithoutStates: 0,
    // "distinct viewers of views"; no log here has so many that they would be estimated.
    uniqueViewers: new Set(views.flatMap(({ viewer }) => viewer ?? [])).size,
    uniqueViewersExact: true,
    // "all watched seconds [...] / views"
    averageWatchTime: ratio(sumOf(counted, ({ watchedMs }) => watchedMs) / 1_000, views.length),
    // "views completed / views"
    completionRate: ratio(views.filter(({ isCompleted }) => isCompleted).length, views.length),
    playbackFailureRate: ratio(
      views.filter(({ isPlaybackFailure }) => isPlaybackFailure).length,
      views.length,
    ),
  };
}

/**
 * "qualified view: watched at least QUALIFIED_VIEW_SECONDS (30), or half of mediaDuration where
 * that is shorter"
 */
function isQualified({ watchedMs, mediaDurationMs }: Session, enoughSeconds: number): boolean {
  const enoughMs = enoughSeconds * SECOND_MS;
  const halfMs = mediaDurationMs === undefined ? enoughMs : mediaDurationMs / 2;
  return watchedMs >= Math.min(enoughMs, halfMs);
}

/** "attempts that are neither view, failure nor over are in no rate" */
function attemptsOf(counted: Sessions) {
  const attempts = counted.filter(({ isAttempt }) => isAttempt);
  const failures = attempts.filter(({ isStartFailure }) => isStartFailure).length;
  const exits = attempts.filter(({ isExitBeforeStart }) => isExitBeforeStart).length;
  const decided = attempts.filter(({ hasView }) => hasView).length + failures + exits;
  return {
    attempts: attempts.length,
    startFailureRate: ratio(failures, decided),
    exitBeforeStartRate: ratio(exits, decided),
  };
}

function timesOf(counted: Sessions) {
  const watchedMs = sumOf(counted, (session) => session.watchedMs);
  const stalledMs = sumOf(counted, (session) => session.stalledMs);
  const stalls = sumOf(counted, (session) => session.stalls);
  const bytes = sumOf(counted, (session) => session.bytes);
  return {
    watchTime: watchedMs / SECOND_MS,
    stalls,
    stalledTime: stalledMs / SECOND_MS,
    // "stalled / (stalled + watched), a ratio of sums"
    rebufferRatio: ratio(stalledMs, stalledMs + watchedMs),
    // "stalls per hour of watched time"
    stallsPerHour: ratio(stalls, watchedMs / HOUR_MS),
    bytes,
    // "averageMbps: bits / watched seconds"
    averageMbps: ratio((8 * bytes) / 1e6, watchedMs / SECOND_MS),
  };
}

/**
 * "the smallest value with at least p of the counts at or below; sessions without one are left
 * out, not 0". These are exact: an answer may be off by 1 %.
 */
function percentilesOf(valuesMs: readonly number[]): Percentiles | null {
  if (valuesMs.length === 0) return null;
  const ascending = [...valuesMs].sort((a, b) => a - b);
  const atLeast = (percent: number): number => {
    const isReached = (value: number): boolean =>
      100 * ascending.filter((other) => other <= value).length >= percent * ascending.length;
    return (ascending.find(isReached) ?? NaN) / SECOND_MS;
  };
  return { p50: atLeast(50), p75: atLeast(75), p95: atLeast(95), count: ascending.length };
}

/**
 * "concurrent viewers of a minute, by the clock: sessions with watched or stalled time in it; an
 * interval has the peak of its minutes", wherever these sessions started. Of several minutes with
 * the peak it is the first.
 */
function peakOf(slice: Sessions, from: number, to: number) {
  const viewersAt = new Map<number, number>();
  for (const minute of slice.flatMap(({ minutes }) => minutes)) {
    const at = minute * MINUTE_MS;
    if (at >= from && at < to) viewersAt.set(at, (viewersAt.get(at) ?? 0) + 1);
  }
  let peak = { peakConcurrentViewers: 0, peakAt: null as number | null };
  for (const [at, viewers] of [...viewersAt].sort(([a], [b]) => a - b)) {
    if (viewers > peak.peakConcurrentViewers) {
      peak = { peakConcurrentViewers: viewers, peakAt: at };
    }
  }
  return peak;
}

/**
 * "byQuality splits watch time, bytes and stalls by each event's quality". A row for each quality
 * that has any of them, the most watched first, "ties in enum order".
 */
function byQualityOf(parts: readonly QualityPart[]): readonly QualityFigures[] {
  const rows = STREAM_QUALITIES.map((quality) => {
    const own = parts.filter((part) => part.quality === quality);
    return {
      quality,
      watchTime: sumOf(own, ({ watchedMs }) => watchedMs) / SECOND_MS,
      bytes: sumOf(own, ({ bytes }) => bytes),
      stalls: sumOf(own, ({ stalls }) => stalls),
    };
  });
  return rows
    .filter(({ watchTime, bytes, stalls }) => watchTime + bytes + stalls > 0)
    .sort((a, b) => b.watchTime - a.watchTime);
}
