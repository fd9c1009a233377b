import fc from 'fast-check';
import { gibibytes, megabitsPerSecond, milliseconds, seconds } from '../../src/domain/units.js';

describe('units', () => {
  it('count 2^30 bytes as a GiB', () => {
    expect(gibibytes(2 ** 30)).toBe(1);
    expect(gibibytes(250 * 2 ** 20)).toBeCloseTo(0.2441, 4);
  });

  it('count 10^6 bits a second as an Mbps', () => {
    expect(megabitsPerSecond(1_250_000, 10_000)).toBe(1);
    expect(megabitsPerSecond(1, 1_000)).toBe(8e-6);
  });

  it('know no rate where no time is known', () => {
    expect(megabitsPerSecond(1_000, 0)).toBe(0);
  });

  it('keep durations to the millisecond', () => {
    expect(milliseconds(1.0004)).toBe(1_000);
    expect(milliseconds(1.0005)).toBe(1_001);
    expect(milliseconds(0.1 + 0.2)).toBe(300);
    expect(seconds(milliseconds(86_400))).toBe(86_400);
  });

  it('give back every duration that has whole milliseconds', () => {
    fc.assert(
      fc.property(fc.nat(31 * 86_400_000), (ms) => {
        expect(milliseconds(seconds(ms))).toBe(ms);
      }),
    );
  });
});
