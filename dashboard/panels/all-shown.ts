import { signal } from '@preact/signals';
import type { Variables } from '../api/document.js';
import type { Dimension, Metric } from '../api/schema.js';

/** A table of which all rows are shown. */
export interface AllOf {
  readonly by: Dimension;
  readonly metrics: readonly Metric[];
  readonly order: Metric;
  readonly minViews: number;
  /** Those of the first rows: the range does not move while somebody turns pages. */
  readonly variables: Variables;
}

/** The table whose rows are all shown in a dialog; undefined: none. */
export const allShown = signal<AllOf | undefined>(undefined);
