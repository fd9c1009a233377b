import { MINUTE_MS, minuteOf } from '../time.js';

/**
 * A set of minutes, numbered from the epoch, as runs without a gap: the first and the last minute
 * of each run, one after the other, in rising order.
 */
export type MinuteRuns = readonly number[];

/**
 * Adds the minutes that a stretch of time touches. The stretch's last moment is not part of it.
 * Returns the same runs if they hold all of them.
 */
export function withStretch(runs: MinuteRuns, fromMs: number, toMs: number): MinuteRuns {
  if (toMs <= fromMs) return runs;
  const first = minuteOf(fromMs);
  const last = Math.ceil(toMs / MINUTE_MS) - 1;
  // Nearly always a session goes on in its last run.
  const at = runs.length - 2;
  const [lastFirst = Infinity, lastLast = -Infinity] = runs.slice(at < 0 ? 0 : at);
  if (first >= lastFirst) {
    if (last <= lastLast) return runs;
    const isNext = first <= lastLast + 1;
    return isNext ? [...runs.slice(0, -1), last] : [...runs, first, last];
  }
  return merged(runs, first, last);
}

function merged(runs: MinuteRuns, first: number, last: number): MinuteRuns {
  const before: number[] = [];
  const after: number[] = [];
  let [from, to] = [first, last];
  for (const [runFirst, runLast] of pairsOf(runs)) {
    if (runFirst <= first && runLast >= last) return runs;
    if (runLast < first - 1) before.push(runFirst, runLast);
    else if (runFirst > last + 1) after.push(runFirst, runLast);
    else [from, to] = [Math.min(from, runFirst), Math.max(to, runLast)];
  }
  return [...before, from, to, ...after];
}

/** Says whether a minute is among some runs; it looks at the latest first. */
export function includesMinute(runs: MinuteRuns, minute: number): boolean {
  for (let at = runs.length - 2; at >= 0; at -= 2) {
    if (minute > (runs[at + 1] ?? 0)) return false;
    if (minute >= (runs[at] ?? 0)) return true;
  }
  return false;
}

/** Returns the minutes of some runs that others lack, in rising order. */
export function minutesAdded(before: MinuteRuns, after: MinuteRuns): readonly number[] {
  if (before === after) return [];
  const added: number[] = [];
  let at = 0;
  for (const [first, last] of pairsOf(after)) {
    for (let minute = first; minute <= last; minute += 1) {
      while (at < before.length && minute > (before[at + 1] ?? 0)) at += 2;
      const isKnown = at < before.length && minute >= (before[at] ?? 0);
      if (!isKnown) added.push(minute);
      // What was known already is passed in one step.
      else minute = Math.min(last, before[at + 1] ?? minute);
    }
  }
  return added;
}

function* pairsOf(runs: MinuteRuns): Generator<readonly [first: number, last: number]> {
  for (let at = 0; at < runs.length; at += 2) yield [runs[at] ?? 0, runs[at + 1] ?? 0];
}
