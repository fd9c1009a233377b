import fc from 'fast-check';
import { ClockEstimate } from '../../../src/adapters/system/clock-estimate.js';

const estimateOf = (...readings: readonly (readonly [number, number])[]): ClockEstimate => {
  const estimate = new ClockEstimate();
  for (const [earliest, latest] of readings) estimate.take({ earliest, latest }, 0);
  return estimate;
};

describe('an estimate of a clock', () => {
  it('knows nothing before the first reading', () => {
    expect(new ClockEstimate().at(0)).toBeUndefined();
  });

  it('is what all readings allow', () => {
    expect(estimateOf([0, 2_000], [-500, 1_500], [700, 2_700]).at(0)).toEqual({
      earliest: 700,
      latest: 1_500,
    });
  });

  it('becomes less certain as time passes without a reading', () => {
    const estimate = estimateOf([0, 10]);
    expect(estimate.at(100_000)).toEqual({ earliest: -50, latest: 60 });
    estimate.take({ earliest: -30, latest: 5 }, 100_000);
    expect(estimate.at(100_000)).toEqual({ earliest: -30, latest: 5 });
  });

  it('is not moved by one reading that contradicts the others', () => {
    expect(estimateOf([0, 10], [5_000, 5_010], [0, 20]).at(0)).toEqual({ earliest: 0, latest: 10 });
  });

  it('is not moved by two that contradict each other too', () => {
    const estimate = estimateOf([0, 10], [5_000, 5_010], [9_000, 9_010]);
    expect(estimate.at(0)).toEqual({ earliest: 0, latest: 10 });
  });

  it('is moved by two in a row that agree', () => {
    expect(estimateOf([0, 10], [5_000, 5_010], [5_005, 5_020]).at(0)).toEqual({
      earliest: 5_005,
      latest: 5_010,
    });
  });

  it('that is outdated holds until the next reading, which counts alone', () => {
    const estimate = estimateOf([0, 10]);
    estimate.outdate();
    expect(estimate.at(0)).toEqual({ earliest: 0, latest: 10 });
    estimate.take({ earliest: 5_000, latest: 5_010 }, 0);
    expect(estimate.at(0)).toEqual({ earliest: 5_000, latest: 5_010 });
  });

  it('never leaves the true value, whatever sound readings come, and ends within each', () => {
    const reading = fc.record({
      afterMs: fc.nat(5_000),
      below: fc.nat(3_000),
      above: fc.nat(3_000),
    });
    const property = fc.property(
      fc.integer(),
      fc.array(reading, { minLength: 1 }),
      (truth, readings) => {
        const estimate = new ClockEstimate();
        let now = 0;
        for (const { afterMs, below, above } of readings) {
          now += afterMs;
          estimate.take({ earliest: truth - below, latest: truth + above }, now);
          const { earliest, latest } = estimate.at(now) ?? { earliest: NaN, latest: NaN };
          expect(earliest).toBeLessThanOrEqual(truth);
          expect(latest).toBeGreaterThanOrEqual(truth);
          expect(latest - earliest).toBeLessThanOrEqual(below + above);
        }
      },
    );
    fc.assert(property);
  });
});
