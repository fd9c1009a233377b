import fc from 'fast-check';
import { popularityAt, rankOfScore, scoreWithView } from '../../src/domain/decayed-score.js';
import { halfLifeMs, TIME_PERIODS } from '../../src/domain/period.js';
import { DAY_MS } from '../../src/domain/time.js';
import { NOON } from '../support/playback.js';

const YEAR_MS = 365.25 * DAY_MS;
/** Scores differ by less than this however they are folded: a thousandth of a rank's step. */
const SCORE_TOLERANCE = 1e-9;

const scoreOf = (views: readonly number[], halfLife: number): number => {
  const score = views.reduce<number | undefined>(
    (sum, timeMs) => scoreWithView(sum, timeMs, halfLife),
    undefined,
  );
  if (score === undefined) throw new Error('a score needs a view');
  return score;
};

const viewTimes = (spanMs: number, maxLength = 30): fc.Arbitrary<readonly number[]> =>
  fc.array(
    fc.nat(spanMs).map((age) => NOON - age),
    { minLength: 1, maxLength },
  );
const periods = fc.constantFrom(...TIME_PERIODS);

describe('a decayed score', () => {
  it('is worth the sum of 2^(-age / half-life) over its views', () => {
    fc.assert(
      fc.property(periods, fc.array(fc.nat(400), { minLength: 1 }), (period, ages) => {
        const halfLife = halfLifeMs(period);
        // The plain sum loses what is older than some 500 half-lives.
        const views = ages.map((halfLives) => NOON - halfLives * halfLife);
        const naive = views.reduce((sum, timeMs) => sum + 2 ** (-(NOON - timeMs) / halfLife), 0);
        const worth = popularityAt(scoreOf(views, halfLife), NOON, halfLife);
        expect(worth / naive).toBeCloseTo(1, 6);
      }),
    );
  });

  it('halves in a half-life', () => {
    const halfLife = halfLifeMs('WEEK');
    const score = scoreOf([NOON, NOON], halfLife);
    expect(popularityAt(score, NOON, halfLife)).toBeCloseTo(2, 9);
    expect(popularityAt(score, NOON + halfLife, halfLife)).toBeCloseTo(1, 9);
    expect(popularityAt(score, NOON + 2 * halfLife, halfLife)).toBeCloseTo(0.5, 9);
  });

  it('does not depend on the order of its views', () => {
    const shuffled = viewTimes(3 * YEAR_MS).chain((views) =>
      fc.tuple(
        fc.constant(views),
        fc.shuffledSubarray([...views], { minLength: views.length, maxLength: views.length }),
      ),
    );
    for (const period of ['DAY', 'WEEK', 'MONTH'] as const) {
      fc.assert(
        fc.property(shuffled, ([views, others]) => {
          const halfLife = halfLifeMs(period);
          const difference = scoreOf(views, halfLife) - scoreOf(others, halfLife);
          expect(Math.abs(difference)).toBeLessThan(SCORE_TOLERANCE);
        }),
      );
    }
  });

  it('over an hour does not depend on the order by as much as a hundredth of a rank', () => {
    fc.assert(
      fc.property(viewTimes(DAY_MS, 40), (views) => {
        const halfLife = halfLifeMs('HOUR');
        const difference = scoreOf(views, halfLife) - scoreOf([...views].sort(), halfLife);
        expect(Math.abs(difference)).toBeLessThan(1e-8);
      }),
    );
  });

  it('keeps the order of two media items as time passes', () => {
    fc.assert(
      fc.property(
        periods,
        viewTimes(40 * DAY_MS),
        viewTimes(40 * DAY_MS),
        fc.nat(60 * DAY_MS),
        (period, some, others, laterMs) => {
          const halfLife = halfLifeMs(period);
          const [a, b] = [scoreOf(some, halfLife), scoreOf(others, halfLife)];
          const orderAt = (timeMs: number): number =>
            Math.sign(popularityAt(a, timeMs, halfLife) - popularityAt(b, timeMs, halfLife));
          const later = orderAt(NOON + laterMs);
          // Far away both may be too small to be told from 0, never the other way round.
          expect([orderAt(NOON), 0]).toContain(later);
        },
      ),
    );
  });

  it('neither overflows nor loses its old views when views lie years apart', () => {
    const halfLife = halfLifeMs('HOUR');
    const old = scoreOf([NOON - 30 * YEAR_MS], halfLife);
    const both = scoreWithView(old, NOON + 30 * YEAR_MS, halfLife);
    expect(Number.isFinite(both)).toBe(true);
    expect(both).toBeCloseTo((NOON + 30 * YEAR_MS) / halfLife, 9);
    expect(scoreWithView(both, NOON - 30 * YEAR_MS, halfLife)).toBe(both);
    expect(rankOfScore(both)).toBeLessThan(rankOfScore(old));
    expect(Number.isSafeInteger(rankOfScore(both))).toBe(true);
  });

  it('rises with every view that is not ages old', () => {
    fc.assert(
      fc.property(periods, viewTimes(DAY_MS), fc.nat(2 * 3_600_000), (period, views, ageMs) => {
        const halfLife = halfLifeMs(period);
        const score = scoreOf(views, halfLife);
        expect(scoreWithView(score, NOON - ageMs, halfLife)).toBeGreaterThan(score);
      }),
    );
  });

  it('of 100,000 views at once is worth as many', () => {
    const halfLife = halfLifeMs('DAY');
    const score = scoreOf(new Array<number>(100_000).fill(NOON), halfLife);
    expect(popularityAt(score, NOON, halfLife) / 100_000).toBeCloseTo(1, 4);
  });
});

describe('a rank', () => {
  it('is lower the higher the score is', () => {
    expect(rankOfScore(3)).toBeLessThan(rankOfScore(2.999));
  });

  it('is the same for scores that differ by rounding only', () => {
    expect(rankOfScore(1_234_567.000_000_1)).toBe(rankOfScore(1_234_567));
    expect(rankOfScore(1_234_567.000_001)).not.toBe(rankOfScore(1_234_567));
  });
});
