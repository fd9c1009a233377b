import { checkRange } from '../../domain/text.js';
import type { WantedBreakdown } from '../../queries/figures/breakdown.query.js';
import type { Comparison, Metric, WantedFigures } from '../../queries/figures/figures.query.js';
import {
  checkValue,
  filtersOf,
  type BreakdownArgs,
  type FilterInput,
  type RangeInput,
} from './figure-inputs.js';

const VIEWS_MAX = 2 ** 31 - 1;
const METRICS_MAX = 6;

type Optional<Value> = Value | null | undefined;

/** Checks what figures are wanted of; BAD_USER_INPUT for what none may be. */
export const wantedFigures = (
  { from, to, timeZone }: RangeInput,
  filter: Optional<readonly FilterInput[]>,
  compare: Optional<Comparison>,
): WantedFigures => ({
  range: { from, to, timeZone },
  filters: filtersOf(filter ?? []),
  compare: compare ?? undefined,
});

/** Checks what a table is wanted of, but for the page of it. */
export const wantedTable = ({
  range,
  filter,
  compare,
  by,
  orderBy,
  minViews,
  search,
}: Omit<BreakdownArgs, 'first' | 'after'>): Omit<WantedBreakdown, 'first' | 'after'> => ({
  ...wantedFigures(range, filter, compare),
  by,
  orderBy,
  minViews: checkRange('minViews', minViews, 0, VIEWS_MAX),
  search: checkValue('search', search ?? ''),
});

/** Refuses none and too many metrics. */
export function checkMetrics(metrics: readonly Metric[]): readonly Metric[] {
  checkRange('metrics', metrics.length, 1, METRICS_MAX);
  return metrics;
}
