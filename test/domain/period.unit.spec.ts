import {
  halfLifeMs,
  PERIOD_MINUTES,
  periodMs,
  TIME_PERIODS,
  viewsWindowStart,
  windowStart,
} from '../../src/domain/period.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import { at } from '../support/times.js';

const now = at('2026-03-18T14:37:12.345Z');

describe('a period', () => {
  it('lasts an hour, a day, a week or 30 days', () => {
    expect(TIME_PERIODS.map(periodMs)).toEqual([HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS]);
    expect(TIME_PERIODS.map((period) => PERIOD_MINUTES[period])).toEqual([
      60, 1_440, 10_080, 43_200,
    ]);
  });

  it('has a quarter of its length as half-life', () => {
    expect(halfLifeMs('HOUR')).toBe(15 * MINUTE_MS);
    expect(halfLifeMs('DAY')).toBe(6 * HOUR_MS);
    expect(halfLifeMs('WEEK')).toBe(42 * HOUR_MS);
    expect(halfLifeMs('MONTH')).toBe(7.5 * DAY_MS);
  });
});

describe('a window of minute buckets', () => {
  it('ends with the current minute, whatever its second', () => {
    const start = at('2026-03-18T13:38:00Z');
    expect(windowStart(60, now)).toBe(start);
    expect(windowStart(60, at('2026-03-18T14:37:00.000Z'))).toBe(start);
    expect(windowStart(60, at('2026-03-18T14:37:59.999Z'))).toBe(start);
    expect(windowStart(60, at('2026-03-18T14:38:00.000Z'))).toBe(start + MINUTE_MS);
  });

  it('of one minute is the current one', () => {
    expect(windowStart(1, now)).toBe(at('2026-03-18T14:37:00Z'));
  });
});

describe("the window of a stream's views", () => {
  it('is exact to the minute for HOUR and DAY', () => {
    expect(viewsWindowStart('HOUR', now)).toBe(at('2026-03-18T13:38:00Z'));
    expect(viewsWindowStart('DAY', now)).toBe(at('2026-03-17T14:38:00Z'));
  });

  it('is widened to whole UTC hours for WEEK and MONTH', () => {
    expect(viewsWindowStart('WEEK', now)).toBe(at('2026-03-11T14:00:00Z'));
    expect(viewsWindowStart('MONTH', now)).toBe(at('2026-02-16T14:00:00Z'));
  });

  it('stays where it is when it begins on the hour', () => {
    const lastMinute = at('2026-03-18T14:59:30Z');
    expect(viewsWindowStart('WEEK', lastMinute)).toBe(at('2026-03-11T15:00:00Z'));
  });
});
