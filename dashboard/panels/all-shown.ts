import { signal } from '@preact/signals';
import type { Variables } from '../api/document.js';
import type { Dimension, Metric } from '../api/schema.js';
import type { Column } from '../figures/metrics.js';

/** The views and the attempts that a row must have to be listed. */
export interface Least {
  readonly minViews: number;
  readonly minAttempts: number;
}
export const NO_LEAST: Least = { minViews: 0, minAttempts: 0 };

/** A table of which all rows are shown. */
export interface AllOf {
  readonly by: Dimension;
  readonly metrics: readonly Column[];
  /** What the API lists them by. */
  readonly order: Metric;
  /** How many views and attempts a row must have. */
  readonly least: Least;
  /** Those of the first rows: the range does not move while somebody turns pages. */
  readonly variables: Variables;
}

/** The table whose rows are all shown in a dialog; undefined: none. */
export const allShown = signal<AllOf | undefined>(undefined);
