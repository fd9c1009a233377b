import { CLOCK, DAY, timeIn } from '../figures/format.js';

const DAY_SECONDS = 86_400;
const TIME_STEPS = [
  ...[60, 300, 600, 900, 1_800, 3_600, 10_800, 21_600, 43_200],
  ...[1, 2, 3, 7, 14, 28, 91, 182, 365].map((days) => days * DAY_SECONDS),
];

/** The steps of the axis of time, in seconds: none shorter than a bucket. */
export function timeSteps([first = 0, second = first]: readonly number[]): readonly number[] {
  const bucket = (second - first) / 1_000;
  return TIME_STEPS.filter((step) => step >= Math.min(bucket * 0.9, 25 * DAY_SECONDS));
}

const MONTH = { month: 'short', year: 'numeric' } as const;

/** Writes the times of the axis: the clock within days, else the date, and of years the month. */
export function timesOf(splits: readonly number[], zone: string): string[] {
  const [first = 0, second = first] = splits;
  const length = (splits.at(-1) ?? first) - first;
  const isOfDays = second - first >= DAY_SECONDS * 0.9;
  const isOfMonths = isOfDays && length > 300 * DAY_SECONDS;
  let before = '';
  return splits.map((seconds) => {
    const at = seconds * 1_000;
    const month = timeIn(at, zone, MONTH);
    // Where two points of the axis are in one month, the first one names it.
    if (isOfMonths && month === before) return '';
    before = month;
    if (isOfDays) return isOfMonths ? month : timeIn(at, zone, DAY);
    const clock = timeIn(at, zone, CLOCK);
    return clock === '00:00' ? timeIn(at, zone, DAY) : clock;
  });
}
