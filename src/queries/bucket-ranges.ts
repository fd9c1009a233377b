import type { Granularity } from '../../projections/streaming-analytics.js';
import { badInput } from '../domain/errors.js';
import { DAY_MS, HOUR_MS } from '../domain/time.js';

/** Buckets of one granularity, from the first to the last, both inclusive. */
export interface BucketRange {
  readonly granularity: Granularity;
  readonly first: number;
  readonly last: number;
}

/** UTC hours, the last exclusive. */
export interface HourRange {
  readonly first: number;
  readonly end: number;
}

/** The length of a range without a `from`. */
const DEFAULT_RANGE_MS = 30 * DAY_MS;
const HOURS_PER_DAY = 24;

/** Returns the whole UTC hours that hold a range, none of them before the earliest. */
export function hoursOf(
  range: { readonly from: number | undefined; readonly to: number | undefined },
  earliest: number,
  now: number,
): HourRange {
  const to = range.to ?? now;
  const from = range.from ?? to - DEFAULT_RANGE_MS;
  if (from > to) throw badInput('from', 'must not lie after to');
  const first = Math.floor(Math.max(from, earliest, 0) / HOUR_MS);
  // A range up to now takes the rest of today: nothing is later, and a day is a single bucket.
  const endOfToday = (Math.floor(to / DAY_MS) + 1) * HOURS_PER_DAY;
  const end = range.to === undefined ? endOfToday : Math.ceil(to / HOUR_MS);
  return { first, end };
}

/** Finds the fewest buckets that make up some hours: whole days, and hours before and after. */
export function bucketRanges({ first, end }: HourRange): readonly BucketRange[] {
  const firstDay = Math.ceil(first / HOURS_PER_DAY);
  const endDay = Math.floor(end / HOURS_PER_DAY);
  const hours = (from: number, until: number): BucketRange => ({
    granularity: 'hour',
    first: from,
    last: until - 1,
  });
  const ranges: readonly BucketRange[] =
    firstDay >= endDay
      ? [hours(first, end)]
      : [
          hours(first, firstDay * HOURS_PER_DAY),
          { granularity: 'day', first: firstDay, last: endDay - 1 },
          hours(endDay * HOURS_PER_DAY, end),
        ];
  return ranges.filter((range) => range.first <= range.last);
}
