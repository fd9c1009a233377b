import { DAY_MS, HOUR_MS, QUARTER_MS } from '../time.js';

export const FIGURE_SPANS = ['hour', 'day'] as const;
export const VIEWER_SPANS = ['quarter', 'hour', 'day'] as const;
/** The spans of sums: a UTC hour by its quarters, or a whole UTC day. */
export type FigureSpan = (typeof FIGURE_SPANS)[number];
/**
 * The spans of viewers. A union of viewers cannot be divided, so that each quarter of an hour has
 * one, too.
 */
export type ViewerSpan = (typeof VIEWER_SPANS)[number];
export const SPAN_MS: Readonly<Record<ViewerSpan, number>> = {
  quarter: QUARTER_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};
