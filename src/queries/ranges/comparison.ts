import { DAY_MS, WEEK_MS, type Stretch } from '../../domain/time.js';
import type { Comparison } from './range-words.js';
import { startOfDay, ZoneClock } from './zone-clock.js';

/** The period that a range is compared with. */
export interface ComparedPeriod {
  /**
   * The earlier period, as long as the complete part of the range; empty if none of it is complete.
   */
  readonly period: Stretch;
  /** Returns the earlier stretch for each bucket of the range; undefined if it has none. */
  readonly bucketsFor: (buckets: readonly Stretch[]) => readonly (Stretch | undefined)[];
}

/** Compares a range of a zone's calendar, as far as it is complete, with an earlier one. */
export function comparedPeriod(
  comparison: Comparison,
  range: Stretch,
  timeZone: string,
  completeUntil: number,
): ComparedPeriod {
  const move = moverOf(comparison, range, timeZone);
  const end = Math.max(range.from, Math.min(range.to, completeUntil));
  const moved = ({ from, to }: Stretch): Stretch => ({
    from: move(Math.min(Math.max(from, range.from), end)),
    to: move(Math.max(Math.min(to, end), range.from)),
  });
  return {
    period: moved(range),
    bucketsFor: (buckets) =>
      buckets.map(moved).map((bucket) => (bucket.from < bucket.to ? bucket : undefined)),
  };
}

/**
 * Returns the function that moves each time of a range to the compared range. It keeps the order of
 * times, though two may become one.
 */
export function moverOf(
  comparison: Comparison,
  range: Stretch,
  timeZone: string,
): (timeMs: number) => number {
  const clock = new ZoneClock(timeZone);
  switch (comparison) {
    case 'PREVIOUS':
      return previousMover(range, clock);
    case 'SAME_WEEKDAYS':
      return weeksMover(range, clock);
    case 'YEAR_BEFORE':
      return byMonths(MONTHS_PER_YEAR, range, clock);
  }
}

const MONTHS_PER_YEAR = 12;

type Mover = (timeMs: number) => number;

function previousMover(range: Stretch, clock: ZoneClock): Mover {
  const [from, to] = [clock.latestAt(range.from), clock.latestAt(range.to)];
  const areMidnights = isMidnight(range.from, clock) && isMidnight(range.to, clock);
  if (!areMidnights) return (timeMs) => timeMs - (range.to - range.from);
  const [first, end] = [new Date(from), new Date(to)];
  if (first.getUTCDate() === 1 && end.getUTCDate() === 1) {
    return byMonths(monthOf(end) - monthOf(first), range, clock);
  }
  return (timeMs) => clock.timeOf(clock.latestAt(timeMs) - (to - from));
}

/** Says whether a time is the first moment of a day. */
const isMidnight = (timeMs: number, clock: ZoneClock): boolean =>
  clock.timeOf(startOfDay(clock.shownAt(timeMs))) === timeMs;

const monthOf = (date: Date): number =>
  date.getUTCFullYear() * MONTHS_PER_YEAR + date.getUTCMonth();

function weeksMover(range: Stretch, clock: ZoneClock): Mover {
  // Changes of the clocks make a week up to a day longer than it looks, or shorter.
  const estimate = Math.floor((range.to - range.from - 2 * DAY_MS) / WEEK_MS);
  for (let weeks = Math.max(1, estimate); ; weeks += 1) {
    const move: Mover = (timeMs) => clock.timeOf(clock.latestAt(timeMs) - weeks * WEEK_MS);
    if (move(range.to) <= range.from) return move;
  }
}

/**
 * Moves times by calendar months. A date that the earlier month lacks, such as 31 February for 31
 * March, becomes the time after that month's end. So the month's last day is compared with one day
 * only. But a range that begins on 29 February begins on the 28th a year before.
 */
function byMonths(months: number, range: Stretch, clock: ZoneClock): Mover {
  const first = startOfDay(clock.latestAt(range.from));
  return (timeMs) => {
    const local = clock.latestAt(timeMs);
    const earlier = new Date(local);
    const date = earlier.getUTCDate();
    earlier.setUTCMonth(earlier.getUTCMonth() - months);
    // JavaScript counts the dates that a month lacks on into the next month.
    const datesTooMany = earlier.getUTCDate() === date ? 0 : earlier.getUTCDate();
    if (datesTooMany === 0 || startOfDay(local) === first) {
      return clock.timeOf(earlier.getTime() - datesTooMany * DAY_MS);
    }
    return clock.timeOf(startOfDay(earlier.setUTCDate(1)));
  };
}
