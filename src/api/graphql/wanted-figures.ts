import { checkRange } from '../../domain/checked-values.js';
import type { WantedBreakdown } from '../../queries/figures/breakdown.query.js';
import type { Comparison, Metric, WantedFigures } from '../../queries/figures/figures.query.js';
import { METRICS_MAX } from './document-limits.js';
import {
  checkValue,
  filtersOf,
  type BreakdownArgs,
  type FilterInput,
  type RangeInput,
} from './figure-inputs.js';

/** Checks the arguments of a query for figures; throws BAD_USER_INPUT. */
export const wantedFigures = (
  { from, to, timeZone }: RangeInput,
  filter: Optional<readonly FilterInput[]>,
  compare: Optional<Comparison>,
): WantedFigures => ({
  range: { from, to, timeZone },
  filters: filtersOf(filter ?? []),
  compare: compare ?? undefined,
});

type Optional<Value> = Value | null | undefined;

const VIEWS_MAX = 2 ** 31 - 1;

/** Checks the arguments of a table, but not those of its page. */
export const wantedTable = ({
  range,
  filter,
  compare,
  by,
  orderBy,
  minViews,
  minAttempts,
  search,
}: Omit<BreakdownArgs, 'first' | 'after'>): Omit<WantedBreakdown, 'first' | 'after'> => ({
  ...wantedFigures(range, filter, compare),
  by,
  orderBy,
  minViews: checkRange('minViews', minViews, 0, VIEWS_MAX),
  minAttempts: checkRange('minAttempts', minAttempts, 0, VIEWS_MAX),
  search: checkValue('search', search ?? ''),
});

/** Refuses an empty list of metrics, and one that is too long. */
export function checkMetrics(metrics: readonly Metric[]): readonly Metric[] {
  checkRange('metrics', metrics.length, 1, METRICS_MAX);
  return metrics;
}
