import { SECOND_MS } from '../time.js';

/**
 * The number of times that each moment of a title was shown, as runs without a gap in rising order.
 * Each run is three numbers: its start and its end in the title, in milliseconds, and its times.
 * Moments that were not shown are left out.
 */
export type PlayedRuns = readonly number[];

/** The most runs of a row. If there are more, their ends are rounded until these are left. */
export const PLAYED_RUNS_MAX = 64;

/** The numbers of a run: its start, its end, its times. */
const RUN = 3;

/** Adds a stretch of a title, whose end is excluded. */
export function withPlayed(runs: PlayedRuns, fromMs: number, toMs: number): PlayedRuns {
  if (toMs <= fromMs) return runs;
  const made = new RunList();
  let from = fromMs;
  for (const [start, end, times] of playedRuns(runs)) {
    // What of the stretch lies before the run was shown for the first time.
    made.add(from, Math.min(toMs, start), 1);
    made.add(start, Math.min(end, fromMs), times);
    made.add(Math.max(start, fromMs), Math.min(end, toMs), times + 1);
    made.add(Math.max(start, toMs), end, times);
    from = Math.max(from, end);
  }
  made.add(from, toMs, 1);
  return bounded(made.runs);
}

/** Returns the runs one by one. */
export function* playedRuns(
  runs: PlayedRuns,
): Generator<readonly [fromMs: number, toMs: number, times: number]> {
  for (let at = 0; at < runs.length; at += RUN) {
    yield [runs[at] ?? 0, runs[at + 1] ?? 0, runs[at + 2] ?? 0];
  }
}

/** Rounds the ends of runs, more and more coarsely, until a row can keep them. */
function bounded(runs: PlayedRuns): PlayedRuns {
  let rounded = runs;
  for (let stepMs = SECOND_MS; rounded.length > RUN * PLAYED_RUNS_MAX; stepMs *= 2) {
    const made = new RunList();
    const round = (ms: number): number => Math.round(ms / stepMs) * stepMs;
    for (const [from, to, times] of playedRuns(rounded)) made.add(round(from), round(to), times);
    rounded = made.runs;
  }
  return rounded;
}

/** Runs in the making, from the first to the last. */
class RunList {
  readonly runs: number[] = [];

  /** Adds a run; extends the last run if that was shown as often. */
  add(from: number, to: number, times: number): void {
    if (to <= from) return;
    const { runs } = this;
    const goesOn = runs.at(-1) === times && runs.at(-2) === from;
    if (goesOn) runs[runs.length - 2] = to;
    else runs.push(from, to, times);
  }
}
