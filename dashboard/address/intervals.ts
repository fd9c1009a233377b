import type { Interval } from '../api/schema.js';
import type { Span } from './ranges.js';
import { INTERVALS } from './words.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The API gives no more in one series. */
const BUCKETS_MAX = 2_000;
const MINUTES_SPAN_MAX = 25 * HOUR_MS;

/** The shortest that a bucket of an interval gets. */
const LENGTHS: Readonly<Record<Interval, number>> = {
  MINUTE: MINUTE_MS,
  QUARTER_HOUR: 15 * MINUTE_MS,
  HOUR: HOUR_MS,
  DAY: 23 * HOUR_MS,
  WEEK: 7 * DAY_MS - HOUR_MS,
  MONTH: 28 * DAY_MS - HOUR_MS,
};

/** The intervals that a range can be shown by: not too many buckets, and more than one. */
export function intervalsFor({ fromMs, toMs }: Span): readonly Interval[] {
  const lengthMs = toMs - fromMs;
  return INTERVALS.names.filter(
    (name) =>
      (name !== 'MINUTE' || lengthMs <= MINUTES_SPAN_MAX - 2 * MINUTE_MS) &&
      lengthMs / LENGTHS[name] <= BUCKETS_MAX - 2 &&
      (lengthMs > LENGTHS[name] || name === 'MINUTE'),
  );
}

/**
 * Returns the interval that was asked for, or one that suits the range. Rates want more than a
 * minute, in which there is seldom anything to divide by.
 */
export function intervalFor(
  span: Span,
  asked: Interval | undefined,
  shortest: Interval = 'MINUTE',
): Interval {
  const possible = intervalsFor(span);
  if (asked !== undefined && possible.includes(asked)) return asked;
  const days = (span.toMs - span.fromMs) / DAY_MS;
  if (days <= 0.2) return possible.includes(shortest) ? shortest : 'MINUTE';
  if (days <= 3) return 'HOUR';
  if (days <= 95) return 'DAY';
  return days <= 400 ? 'WEEK' : 'MONTH';
}
