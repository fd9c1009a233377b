import type { BreakdownRow, Figures } from '../../dashboard/api/schema.js';
import { leftEarlyOf } from '../../dashboard/figures/completed.js';
import { askedFor, isListedInPart, listed } from '../../dashboard/figures/listing.js';

const row = (value: string, views: number, completionRate: number | null): BreakdownRow => ({
  ...{ value, label: value, share: 0, previous: null },
  figures: { views, completionRate, viewsWithoutStates: 0 } as Figures,
});
const names = (rows: readonly BreakdownRow[]): string => rows.map(({ value }) => value).join('');

it('views that were not completed have left early; of those without play states nobody knows', () => {
  const of = (views: number, viewsWithoutStates: number, completionRate: number | null) =>
    leftEarlyOf({ views, viewsWithoutStates, completionRate });
  expect([of(61, 0, 29 / 61), of(10, 2, 0.25), of(10, 10, null), of(0, 0, null)]).toEqual([
    ...[32, 6, null, 0],
  ]);
});

describe('rows', () => {
  const rows = [row('a', 90, 0.9), row('b', 60, 0.5), row('c', 30, null), row('d', 20, 0.1)];

  it('are listed by what was lost, both ways, and by rates from the lowest', () => {
    expect(names(listed(rows, { metric: 'LEFT_EARLY' }))).toBe('bdac');
    expect(names(listed(rows, { metric: 'LEFT_EARLY', isAscending: true }))).toBe('adbc');
    expect(names(listed(rows, { metric: 'COMPLETION_RATE', isAscending: true }))).toBe('dbac');
    expect(names(listed(rows, { metric: 'VIEWS' }))).toBe('abcd');
  });

  it('are asked for as the API lists them, else as many as it gives at once', () => {
    expect(askedFor({ metric: 'COST' })).toEqual({ order: 'COST', first: 10 });
    for (const listing of [
      { metric: 'LEFT_EARLY' } as const,
      { metric: 'COST', isAscending: true } as const,
    ]) {
      expect(askedFor(listing)).toEqual({ order: 'VIEWS', first: 100 });
    }
  });

  it('are told as a part where the next ones could come first', () => {
    const many = (completionRate: number) =>
      Array.from({ length: 100 }, (_, i) => row(`${String(i)} `, 200 - i, completionRate));
    const isPart = (of: readonly BreakdownRow[], totalCount: number, isAscending = false) =>
      isListedInPart(of, totalCount, { metric: 'LEFT_EARLY', isAscending });
    // The tenth has lost 95; those not asked for have 101 views at most, and may have lost them.
    expect(isPart(many(0.5), 101)).toBe(true);
    expect(isPart(many(0.1), 101)).toBe(false);
    expect(isPart(many(0.1), 101, true)).toBe(true);
    expect(isPart(many(0.5), 100)).toBe(false);
    expect(isListedInPart(rows, 200, { metric: 'COST' })).toBe(false);
  });
});
