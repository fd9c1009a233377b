import { badInput } from '../../domain/errors.js';
import { HOUR_MS, MINUTE_MS, QUARTER_MS, type Stretch } from '../../domain/time.js';

/**
 * Widens a range to whole UTC quarter hours, by which figures are kept. Throws BAD_USER_INPUT for
 * an empty or reversed range.
 */
export const byQuarterHours = (range: Stretch): Stretch => widened(range, QUARTER_MS);

/** The longest range by minutes, a day of 25 hours: minutes are counted from sessions. */
const MINUTES_RANGE_MS_MAX = 25 * HOUR_MS;

/** Widens a range to whole minutes; also throws BAD_USER_INPUT for more than 25 hours. */
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
