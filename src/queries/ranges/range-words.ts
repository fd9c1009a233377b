/** The intervals of a series; weeks begin on Monday. */
export const INTERVALS = ['MINUTE', 'QUARTER_HOUR', 'HOUR', 'DAY', 'WEEK', 'MONTH'] as const;
export type Interval = (typeof INTERVALS)[number];

/** The earlier periods that a range may be compared with. */
export const COMPARISONS = ['PREVIOUS', 'SAME_WEEKDAYS', 'YEAR_BEFORE'] as const;
export type Comparison = (typeof COMPARISONS)[number];
