import fc from 'fast-check';
import { bucketOf, percentilesOf, timeOf } from '../../../src/domain/figures/startup-buckets.js';

const times = fc.oneof(fc.nat(30), fc.nat(600_000));

function countsOf(all: readonly number[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const time of all) counts[bucketOf(time)] = (counts[bucketOf(time)] ?? 0) + 1;
  return counts;
}

/** The smallest time with at least so many percent of all at or below. */
const exact = (all: readonly number[], percent: number): number =>
  [...all].sort((a, b) => a - b)[Math.ceil((percent * all.length) / 100) - 1] ?? NaN;

describe('startup times in buckets', () => {
  it('are told with an error of 1 % at most', () => {
    fc.assert(
      fc.property(times, (time) => {
        expect(Math.abs(timeOf(bucketOf(time)) - time)).toBeLessThanOrEqual(time * 0.01 + 1e-9);
      }),
    );
  });

  it('have percentiles that are those of the times, but for that error', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 50 }), (all) => {
        const found = percentilesOf(countsOf(all));
        expect(found?.count).toBe(all.length);
        for (const [percent, value = NaN] of [
          [50, found?.p50],
          [75, found?.p75],
          [95, found?.p95],
        ] as const) {
          const wanted = exact(all, percent);
          expect(Math.abs(value - wanted)).toBeLessThanOrEqual(wanted * 0.01 + 1e-9);
        }
      }),
    );
  });

  it('have none where there are none', () => {
    expect(percentilesOf({})).toBeUndefined();
  });
});
