import type { BreakdownRow, Metric } from '../api/schema.js';
import { METRIC, type Column } from './metrics.js';

/** What rows are listed by. */
export interface Listing {
  readonly metric: Column;
  /** Whether the rows that have least of it come first. */
  readonly isAscending?: boolean | undefined;
}

const ROWS_SHOWN = 10;
const ROWS_RANKED = 100;

/**
 * Says which rows to ask for: the API lists by its metrics and descending alone. For what it does
 * not list it is asked for the rows with the most views, which `listed` puts in order.
 */
export const askedFor = (listing: Listing): { readonly order: Metric; readonly first: number } =>
  listing.metric === 'LEFT_EARLY' || listing.isAscending === true
    ? { order: 'VIEWS', first: ROWS_RANKED }
    : { order: listing.metric, first: ROWS_SHOWN };

/** Puts rows in order, those without a value last, and keeps the first ones. */
export function listed(rows: readonly BreakdownRow[], listing: Listing): readonly BreakdownRow[] {
  const { of } = METRIC[listing.metric];
  const sign = listing.isAscending === true ? 1 : -1;
  const ranked = rows.map((row) => ({ row, value: of(row.figures) }));
  ranked.sort((one, other) => {
    if (one.value === null || other.value === null) {
      return Number(one.value === null) - Number(other.value === null);
    }
    return sign * (one.value - other.value);
  });
  return ranked.slice(0, ROWS_SHOWN).map(({ row }) => row);
}

/**
 * Says whether rows that were not asked for could come before those that are shown. No row has
 * left more viewers early than it has views, so that the next ones cannot once they have too few.
 */
export function isListedInPart(
  rows: readonly BreakdownRow[],
  totalCount: number,
  listing: Listing,
): boolean {
  if (rows.length >= totalCount || askedFor(listing).first === ROWS_SHOWN) return false;
  const last = rows.at(-1);
  if (listing.isAscending === true || last === undefined) return true;
  const least = listed(rows, listing).at(-1);
  return least === undefined || (METRIC.LEFT_EARLY.of(least.figures) ?? 0) < last.figures.views;
}
