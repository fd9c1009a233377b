import { bucketRanges, hoursOf } from '../../src/queries/bucket-ranges.js';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.js';

const DAY = 20_000;
const NOW = DAY * DAY_MS + 15.5 * HOUR_MS;
const rangesOf = (range: { from?: number; to?: number }, earliest = 0) =>
  bucketRanges(hoursOf({ from: range.from, to: range.to }, earliest, NOW));
const hour = (day: number, of: number): number => day * 24 + of;

describe('the buckets of a range', () => {
  it('are today and the days before it, and the hours of its first day, up to now', () => {
    expect(rangesOf({ from: NOW - 2 * DAY_MS })).toEqual([
      { granularity: 'hour', first: hour(DAY - 2, 15), last: hour(DAY - 2, 23) },
      { granularity: 'day', first: DAY - 1, last: DAY },
    ]);
  });

  it('are whole days and the hours before and after them', () => {
    const to = NOW - 10 * HOUR_MS;
    expect(rangesOf({ from: NOW - 2 * DAY_MS, to })).toEqual([
      { granularity: 'hour', first: hour(DAY - 2, 15), last: hour(DAY - 2, 23) },
      { granularity: 'day', first: DAY - 1, last: DAY - 1 },
      { granularity: 'hour', first: hour(DAY, 0), last: hour(DAY, 5) },
    ]);
  });

  it('are hours alone within a day, the first and the last of them whole', () => {
    const from = DAY * DAY_MS + 2.5 * HOUR_MS;
    expect(rangesOf({ from, to: from + HOUR_MS })).toEqual([
      { granularity: 'hour', first: hour(DAY, 2), last: hour(DAY, 3) },
    ]);
  });

  it('are none before what may be read', () => {
    expect(rangesOf({}, DAY * DAY_MS)).toEqual([{ granularity: 'day', first: DAY, last: DAY }]);
  });
});
