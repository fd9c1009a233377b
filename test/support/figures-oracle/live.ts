import { MINUTE_MS, SECOND_MS } from '../../../src/domain/time.js';
import { isSlice, valueOf, type Dimension, type Filter } from './dimensions.js';
import type { StoredEvent } from './reports.js';
import type { Session } from './sessions.js';

export interface LiveQuestion {
  /** The moment that is asked about, epoch milliseconds; all of the log was recorded by then. */
  readonly at: number;
  readonly windowMs: number;
  readonly filter: readonly Filter[];
  readonly zone: string;
  readonly by: Dimension;
}

/** What is told of those who watch, in the words of the API; but titles by their ids. */
export interface Live {
  readonly viewers: number;
  readonly stalling: number;
  readonly mbps: number;
  readonly startsLastMinute: number;
  readonly failuresLastMinute: number;
  readonly perMinute: readonly number[];
  readonly peakToday: number;
  readonly peakTodayAt: number | null;
  readonly media: readonly (readonly [value: string, viewers: number])[];
  readonly by: readonly (readonly [value: string, viewers: number])[];
}

/** Who watched at a moment, as the definitions say it. */
export function liveOf(sessions: readonly Session[], question: LiveQuestion): Live {
  const { at, windowMs, filter, zone, by } = question;
  const slice = sessions.filter((session) => isSlice(session, filter));
  const isRecent = (timeMs: number): boolean => timeMs > at - 60 * SECOND_MS && timeMs <= at;
  // "a view under way, neither paused nor over (a stalled one is), with an event recorded in the
  // last LIVE_WINDOW_SECONDS that occurred in the last two windows"
  const viewers = slice.filter(
    ({ hasView, isOver, events }) =>
      hasView &&
      !isOver &&
      stateOf(events) !== 'paused' &&
      events.some((one) => one.recordedAt > at - windowMs && one.at > at - 2 * windowMs),
  );
  const minuteNow = Math.floor(at / MINUTE_MS);
  // "mbps: the last full minute"
  const loaded = slice
    .flatMap(({ events }) => events)
    .filter((event) => Math.floor(event.at / MINUTE_MS) === minuteNow - 1);
  const countIn = (minute: number): number =>
    slice.filter(({ minutes }) => minutes.includes(minute)).length;
  const today: { readonly minute: number; readonly count: number }[] = [];
  for (let minute = minuteNow; dateIn(zone, minute) === dateIn(zone, minuteNow); minute -= 1) {
    today.unshift({ minute, count: countIn(minute) });
  }
  const peakToday = Math.max(...today.map(({ count }) => count));
  const peakMinute = today.find(({ count }) => count === peakToday && count > 0)?.minute;
  return {
    viewers: viewers.length,
    stalling: viewers.filter(({ events }) => stateOf(events) === 'stalled').length,
    mbps: (loaded.reduce((sum, { bytes }) => sum + bytes, 0) * 8) / 60 / 1e6,
    startsLastMinute: slice.filter((one) => one.hasView && isRecent(one.startedAt)).length,
    failuresLastMinute: slice.filter(
      ({ isStartFailure, endReason, events }) =>
        (isStartFailure || endReason === 'FAILED') && isRecent(events.at(-1)?.at ?? NaN),
    ).length,
    // "60 values, the current minute last"
    perMinute: Array.from({ length: 60 }, (_, i) => countIn(minuteNow - 59 + i)),
    peakToday,
    peakTodayAt: peakMinute === undefined ? null : peakMinute * MINUTE_MS,
    media: countsOf(viewers, 'MEDIA'),
    by: countsOf(viewers, by),
  };
}

/** What a player does by the last of its events that says so, in the order of arrival. */
function stateOf(events: readonly StoredEvent[]): 'playing' | 'stalled' | 'paused' {
  return events.map(stateAfter).findLast((state) => state !== undefined) ?? 'playing';
}

/**
 * Time that was watched says that the player plays: a heartbeat without any, or an error, says
 * nothing ("an error alone changes no state").
 */
function stateAfter({ type, durationMs }: StoredEvent) {
  if (type === 'PAUSED') return 'paused';
  if (type === 'REBUFFER_START') return 'stalled';
  const isPlaying = ['SESSION_START', 'PLAY_REQUESTED', 'RESUMED', 'REBUFFER_END', 'BUFFERING'];
  if (isPlaying.includes(type)) return 'playing';
  const isWatched = !['SEEKED', 'PLAYBACK_ERROR'].includes(type) && durationMs > 0;
  return isWatched ? 'playing' : undefined;
}

/** Descending, equal ones by the value in UTF-8. */
function countsOf(viewers: readonly Session[], by: Dimension): Live['by'] {
  const counts = new Map<string, number>();
  for (const viewer of viewers) {
    const value = valueOf(viewer, by);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const inUtf8 = (a: string, b: string): number => Buffer.from(a).compare(Buffer.from(b));
  return [...counts].sort(([a, m], [b, n]) => n - m || inUtf8(a, b));
}

const dates = new Map<string, Intl.DateTimeFormat>();

/** The date that a zone's calendar shows in a minute. */
function dateIn(timeZone: string, minute: number): string {
  const format = dates.get(timeZone) ?? new Intl.DateTimeFormat('en', { timeZone });
  dates.set(timeZone, format);
  return format.format(minute * MINUTE_MS);
}
