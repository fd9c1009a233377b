import { badInput } from '../../domain/errors.js';
import { HOUR_MS, MINUTE_MS, QUARTER_MS, type Stretch } from '../../domain/time.js';

/** A day of 25 hours by the minute: each of them is counted from sessions, not from figures. */
const MINUTES_RANGE_MS_MAX = 25 * HOUR_MS;

/**
 * Widens a range to whole quarter hours of UTC, by which figures are kept; refuses one that is
 * empty or upside down.
 */
export const byQuarterHours = (range: Stretch): Stretch => widened(range, QUARTER_MS);

/** Widens a range to whole minutes; refuses one of more than 25 hours, too. */
export function byMinutes(range: Stretch): Stretch {
  if (range.to - range.from > MINUTES_RANGE_MS_MAX) {
    throw badInput('interval', 'MINUTE is for ranges up to 25 hours');
  }
  return widened(range, MINUTE_MS);
}

function widened({ from, to }: Stretch, stepMs: number): Stretch {
  if (from >= to) throw badInput('range', 'from must lie before to');
  return { from: Math.floor(from / stepMs) * stepMs, to: Math.ceil(to / stepMs) * stepMs };
}
