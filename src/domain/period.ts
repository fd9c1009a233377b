import { HOUR_MS, MINUTE_MS, minuteOf } from './time.js';

/** The windows that reports look back over. */
export const TIME_PERIODS = ['HOUR', 'DAY', 'WEEK', 'MONTH'] as const;
export type TimePeriod = (typeof TIME_PERIODS)[number];

/** The length of each period in minute buckets; the last is the current one. */
export const PERIOD_MINUTES: Readonly<Record<TimePeriod, number>> = {
  HOUR: 60,
  DAY: 1_440,
  WEEK: 10_080,
  MONTH: 43_200,
};

/** Returns the length of a period in milliseconds. */
export const periodMs = (period: TimePeriod): number => PERIOD_MINUTES[period] * MINUTE_MS;

/** Returns the time in which a view's weight halves, in milliseconds: a quarter of the period. */
export const halfLifeMs = (period: TimePeriod): number => periodMs(period) / 4;

/** Returns the first moment of the `minutes` minute buckets that end with the current one. */
export const windowStart = (minutes: number, now: number): number =>
  (minuteOf(now) - minutes + 1) * MINUTE_MS;

/**
 * Returns the first moment of the views counted for a period: exact to the minute for HOUR and DAY,
 * widened to a whole UTC hour for WEEK and MONTH, whose views are kept by the hour.
 */
export function viewsWindowStart(period: TimePeriod, now: number): number {
  const start = windowStart(PERIOD_MINUTES[period], now);
  const isByMinute = period === 'HOUR' || period === 'DAY';
  return isByMinute ? start : Math.floor(start / HOUR_MS) * HOUR_MS;
}
