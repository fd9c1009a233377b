import fc from 'fast-check';
import {
  PLAYED_RUNS_MAX,
  playedRuns,
  withPlayed,
  type PlayedRuns,
} from '../../../src/domain/figures/played-runs.js';
import { SECOND_MS } from '../../../src/domain/time.js';

type Stretch = readonly [fromMs: number, toMs: number];

const END = 40;
const stretches = fc.array(
  fc.tuple(fc.nat(END), fc.nat(END)).map(([from, to]): Stretch => [from, Math.max(from, to)]),
  { maxLength: 30 },
);

const runsOf = (all: readonly Stretch[]): PlayedRuns =>
  all.reduce<PlayedRuns>((runs, [from, to]) => withPlayed(runs, from, to), []);

/** How often each millisecond was shown. */
const shownIn = (runs: PlayedRuns): readonly number[] =>
  Array.from({ length: END }, (_, ms) =>
    [...playedRuns(runs)].reduce(
      (sum, [from, to, times]) => sum + (from <= ms && ms < to ? times : 0),
      0,
    ),
  );

describe('what was shown of a title', () => {
  it('is how often each moment was, by any stretches in any order', () => {
    fc.assert(
      fc.property(stretches, (all) => {
        const counted = Array.from(
          { length: END },
          (_, ms) => all.filter(([from, to]) => from <= ms && ms < to).length,
        );
        expect(shownIn(runsOf(all))).toEqual(counted);
      }),
    );
  });

  it('has no two runs where one would do, and none of nothing', () => {
    fc.assert(
      fc.property(stretches, (all) => {
        const runs = [...playedRuns(runsOf(all))];
        for (const [i, [from, to, times]] of runs.entries()) {
          expect(to).toBeGreaterThan(from);
          expect(times).toBeGreaterThan(0);
          const before = runs[i - 1];
          if (before === undefined) continue;
          expect(from).toBeGreaterThanOrEqual(before[1]);
          if (from === before[1]) expect(times).not.toBe(before[2]);
        }
      }),
    );
  });

  it('is exact for as many runs as a row keeps, and bounded beyond', () => {
    const jumps = (count: number): readonly Stretch[] =>
      Array.from({ length: count }, (_, i) => {
        const from = i * 10 * SECOND_MS + 1;
        return [from, from + 4 * SECOND_MS];
      });
    const kept = runsOf(jumps(PLAYED_RUNS_MAX));
    expect([...playedRuns(kept)]).toEqual(
      jumps(PLAYED_RUNS_MAX).map(([from, to]) => [from, to, 1]),
    );
    const rounded = [...playedRuns(runsOf(jumps(10 * PLAYED_RUNS_MAX)))];
    expect(rounded.length).toBeLessThanOrEqual(PLAYED_RUNS_MAX);
    // All that was shown, about: rounded to steps that are small beside an hour and three quarters.
    const shownMs = rounded.reduce((sum, [from, to, times]) => sum + (to - from) * times, 0);
    expect(shownMs / (10 * PLAYED_RUNS_MAX * 4 * SECOND_MS)).toBeCloseTo(1, 0);
  });
});
