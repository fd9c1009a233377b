import { badInput } from '../../domain/errors.js';
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  QUARTER_MS,
  WEEK_MS,
  type Stretch,
} from '../../domain/time.js';
import type { Interval } from './range-words.js';
import { startOfDay, ZoneClock } from './zone-clock.js';

/**
 * Returns the buckets of a zone's calendar that cover a stretch, in order and without a gap: the
 * first may begin before it, and the last end after it. Refuses to make more than `bucketsMax`.
 */
export function bucketsOf(
  stretch: Stretch,
  interval: Interval,
  timeZone: string,
  bucketsMax: number,
): readonly Stretch[] {
  const buckets: Stretch[] = [];
  for (const bucket of bucketsFrom(stretch.from, interval, timeZone)) {
    if (bucket.from >= stretch.to) break;
    if (buckets.length === bucketsMax) {
      throw badInput(
        'interval',
        `${interval} makes more than ${String(bucketsMax)} buckets of the range`,
      );
    }
    buckets.push(bucket);
  }
  return buckets;
}

/** The most buckets of one answer. */
export const BUCKETS_MAX = 2_000;
/** The buckets that a unit of cost pays for. */
export const BUCKETS_PER_UNIT = 20;

/**
 * Returns the time up to which the read models know all of a range: its end, or else the start of
 * the bucket that the read models are in. Figures have buckets of a quarter hour.
 */
export function completeUntil(
  asOf: number,
  to: number,
  interval: Interval,
  timeZone: string,
): number {
  if (to <= asOf) return to;
  return bucketsFrom(asOf, interval, timeZone).next().value.from;
}

/** Yields the bucket that holds a time, and those that follow it without end. */
function* bucketsFrom(timeMs: number, interval: Interval, timeZone: string): Endless<Stretch> {
  const starts = startsFrom(timeMs, interval, new ZoneClock(timeZone));
  for (let from = starts.next().value; ;) {
    const to = starts.next().value;
    if (from < to && timeMs < to) yield { from, to };
    from = to;
  }
}

type Endless<T> = Generator<T, never>;

/**
 * Yields the starts of buckets, from one at or shortly before a time. A day that the clocks skip
 * starts with the next one, so that a start may come twice.
 */
function startsFrom(timeMs: number, interval: Interval, clock: ZoneClock): Endless<number> {
  const day = startOfDay(clock.shownAt(timeMs));
  switch (interval) {
    case 'MINUTE':
      return gridStarts(timeMs, MINUTE_MS);
    case 'QUARTER_HOUR':
      return gridStarts(timeMs, QUARTER_MS);
    case 'HOUR':
      return rising(clock.timeOf(day), (start) => nextHour(start, clock));
    case 'DAY':
      return dateStarts(clock, day, (date) => date + DAY_MS);
    case 'WEEK':
      return dateStarts(clock, mondayOf(day), (date) => date + WEEK_MS);
    case 'MONTH':
      return dateStarts(clock, new Date(day).setUTCDate(1), nextMonth);
  }
}

/** Returns the Monday on or before a day. */
const mondayOf = (day: number): number => day - ((new Date(day).getUTCDay() + 6) % 7) * DAY_MS;

const nextMonth = (month: number): number =>
  new Date(month).setUTCMonth(new Date(month).getUTCMonth() + 1);

const gridStarts = (timeMs: number, stepMs: number): Endless<number> =>
  rising(Math.floor(timeMs / stepMs) * stepMs, (start) => start + stepMs);

function* dateStarts(
  clock: ZoneClock,
  first: number,
  next: (date: number) => number,
): Endless<number> {
  for (const dates = rising(first, next); ;) yield clock.timeOf(dates.next().value);
}

function* rising(first: number, next: (start: number) => number): Endless<number> {
  for (let start = first; ; start = next(start)) yield start;
}

/** Returns the next time at which clocks show a full hour, or skip one. */
function nextHour(timeMs: number, clock: ZoneClock): number {
  const hour = Math.floor(clock.shownAt(timeMs) / HOUR_MS);
  const next = timeMs + (hour + 1) * HOUR_MS - clock.shownAt(timeMs);
  const change = clock.nextChange(timeMs);
  if (next < change) return next;
  const shown = clock.shownAt(change);
  const beginsHour = shown >= (hour + 1) * HOUR_MS || shown % HOUR_MS === 0;
  return beginsHour ? change : nextHour(change, clock);
}
