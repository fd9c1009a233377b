import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS } from '../../../src/domain/time.js';
import { bucketsOf, completeUntil } from '../../../src/queries/ranges/buckets.js';
import { INTERVALS, type Interval } from '../../../src/queries/ranges/range-words.js';
import { at, shown, startsShown, zonedTimes } from '../../support/zoned-times.js';

const BUCKETS_MAX = 2_000;

const startsOf = (interval: Interval, timeZone: string, from: string, to: string) =>
  startsShown(bucketsOf({ from: at(from), to: at(to) }, interval, timeZone, BUCKETS_MAX), timeZone);
const hoursOf = (starts: readonly string[]) => starts.map((start) => start.slice(11));

describe('buckets', () => {
  it('of minutes and quarter hours hold the ends of the stretch', () => {
    const [from, to] = ['2024-05-01T10:14:30Z', '2024-05-01T10:15:01Z'];
    expect(hoursOf(startsOf('MINUTE', 'UTC', from, to))).toEqual([
      '10:14+00:00',
      '10:15+00:00',
      '10:16+00:00',
    ]);
    expect(hoursOf(startsOf('QUARTER_HOUR', 'Asia/Kathmandu', from, to))).toEqual([
      '15:45+05:45',
      '16:00+05:45',
      '16:15+05:45',
    ]);
  });

  it('of hours follow clocks that are 45 minutes off', () => {
    const starts = startsOf('HOUR', 'Asia/Kathmandu', '2024-05-01T10:00Z', '2024-05-01T11:15Z');
    expect(hoursOf(starts)).toEqual(['15:00+05:45', '16:00+05:45', '17:00+05:45']);
  });

  it('of hours are 23 on the day that skips one', () => {
    const starts = startsOf(
      'HOUR',
      'Europe/Berlin',
      '2024-03-31T00:00+01:00',
      '2024-04-01T00:00+02:00',
    );
    expect(starts).toHaveLength(23 + 1);
    expect(hoursOf(starts.slice(0, 4))).toEqual([
      '00:00+01:00',
      '01:00+01:00',
      '03:00+02:00',
      '04:00+02:00',
    ]);
  });

  it('of hours are 25 on the day that repeats one', () => {
    const starts = startsOf(
      'HOUR',
      'Europe/Berlin',
      '2024-10-27T00:00+02:00',
      '2024-10-28T00:00+01:00',
    );
    expect(starts).toHaveLength(25 + 1);
    expect(hoursOf(starts.slice(1, 5))).toEqual([
      '01:00+02:00',
      '02:00+02:00',
      '02:00+01:00',
      '03:00+01:00',
    ]);
  });

  it('of hours are shorter or longer where clocks change by half an hour', () => {
    const spring = ['2024-10-06T01:00+10:30', '2024-10-06T04:00+11:00'] as const;
    expect(hoursOf(startsOf('HOUR', 'Australia/Lord_Howe', ...spring))).toEqual([
      '01:00+10:30',
      '02:30+11:00',
      '03:00+11:00',
      '04:00+11:00',
    ]);
    const autumn = ['2024-04-07T00:00+11:00', '2024-04-07T03:00+10:30'] as const;
    expect(hoursOf(startsOf('HOUR', 'Australia/Lord_Howe', ...autumn))).toEqual([
      '00:00+11:00',
      '01:00+11:00',
      '02:00+10:30',
      '03:00+10:30',
    ]);
  });

  it('of days begin at midnight, also of days of 23 and 25 hours', () => {
    expect(
      startsOf('DAY', 'Europe/Berlin', '2024-03-30T12:00+01:00', '2024-04-01T12:00+02:00'),
    ).toEqual([
      '2024-03-30T00:00+01:00',
      '2024-03-31T00:00+01:00',
      '2024-04-01T00:00+02:00',
      '2024-04-02T00:00+02:00',
    ]);
    expect(
      startsOf('DAY', 'Europe/Berlin', '2024-10-27T00:00+02:00', '2024-10-28T00:00+01:00'),
    ).toEqual(['2024-10-27T00:00+02:00', '2024-10-28T00:00+01:00']);
  });

  it('of days leave out a day that never was', () => {
    expect(
      startsOf('DAY', 'Pacific/Apia', '2011-12-29T00:00-10:00', '2012-01-01T00:00+14:00'),
    ).toEqual(['2011-12-29T00:00-10:00', '2011-12-31T00:00+14:00', '2012-01-01T00:00+14:00']);
  });

  it('of days begin with the first moment where midnight is skipped', () => {
    expect(
      startsOf('DAY', 'America/Sao_Paulo', '2018-11-03T00:00-03:00', '2018-11-05T00:00-02:00'),
    ).toEqual(['2018-11-03T00:00-03:00', '2018-11-04T01:00-02:00', '2018-11-05T00:00-02:00']);
    expect(
      startsOf('DAY', 'Africa/Cairo', '2024-04-25T00:00+02:00', '2024-04-27T00:00+03:00'),
    ).toEqual(['2024-04-25T00:00+02:00', '2024-04-26T01:00+03:00', '2024-04-27T00:00+03:00']);
  });

  it('of days begin with the first of two midnights', () => {
    expect(
      startsOf('DAY', 'America/Havana', '2024-11-02T00:00-04:00', '2024-11-03T12:00-05:00'),
    ).toEqual(['2024-11-02T00:00-04:00', '2024-11-03T00:00-04:00', '2024-11-04T00:00-05:00']);
  });

  it('of weeks begin on Mondays, of months on the first', () => {
    const leap = ['2024-02-29T00:00Z', '2024-03-04T00:01Z'] as const;
    expect(startsOf('WEEK', 'UTC', ...leap)).toEqual([
      '2024-02-26T00:00+00:00',
      '2024-03-04T00:00+00:00',
      '2024-03-11T00:00+00:00',
    ]);
    expect(startsOf('MONTH', 'UTC', ...leap)).toEqual([
      '2024-02-01T00:00+00:00',
      '2024-03-01T00:00+00:00',
      '2024-04-01T00:00+00:00',
    ]);
  });

  it.each(INTERVALS)('of a %s are refused when they are too many, however many', (interval) => {
    const all = { from: at('0001-01-01T00:00Z'), to: at('9999-12-31T00:00Z') };
    expect(() => bucketsOf(all, interval, 'Europe/Berlin', BUCKETS_MAX)).toThrow(
      `interval: ${interval} makes more than 2000 buckets of the range`,
    );
  });

  it('are as many as may be, and not one more', () => {
    const from = at('2024-01-01T00:00Z');
    const hours = (count: number) =>
      bucketsOf({ from, to: from + count * HOUR_MS }, 'HOUR', 'UTC', BUCKETS_MAX);
    expect(hours(BUCKETS_MAX)).toHaveLength(BUCKETS_MAX);
    expect(() => hours(BUCKETS_MAX + 1)).toThrow('interval: ');
  });
});

describe('a range is complete', () => {
  const until = (asOf: string, to: string, interval: Interval) =>
    shown(completeUntil(at(asOf), at(to), interval, 'Europe/Berlin'), 'UTC')
      .toInstant()
      .toString();

  it('until the bucket that is still going on', () => {
    const [asOf, to] = ['2024-05-15T10:44Z', '2024-06-01T00:00Z'];
    expect(until(asOf, to, 'QUARTER_HOUR')).toBe('2024-05-15T10:30:00Z');
    expect(until(asOf, to, 'DAY')).toBe('2024-05-14T22:00:00Z');
    expect(until(asOf, to, 'WEEK')).toBe('2024-05-12T22:00:00Z');
    expect(until(asOf, to, 'MONTH')).toBe('2024-04-30T22:00:00Z');
  });

  it('until its end once the read models have come to that, within whatever bucket', () => {
    expect(until('2024-05-15T10:44Z', '2024-05-15T10:44Z', 'DAY')).toBe('2024-05-15T10:44:00Z');
    expect(until('2024-05-15T10:44Z', '2024-05-15T10:45Z', 'QUARTER_HOUR')).toBe(
      '2024-05-15T10:30:00Z',
    );
  });
});

describe('whatever the zone and the time', () => {
  const anyBuckets = fc.record({
    start: zonedTimes,
    interval: fc.constantFrom(...INTERVALS),
    length: fc.integer({ min: 1, max: 60 * MINUTE_MS }),
  });
  /** About how long a bucket is, as a multiple of a minute: a range has some tens of them. */
  const scale: Readonly<Record<Interval, number>> = {
    MINUTE: 1,
    QUARTER_HOUR: 15,
    HOUR: 60,
    DAY: 1_440,
    WEEK: 10_080,
    MONTH: 43_200,
  };
  const begins: Readonly<Record<Interval, (timeMs: number, timeZone: string) => boolean>> = {
    MINUTE: (timeMs) => timeMs % MINUTE_MS === 0,
    QUARTER_HOUR: (timeMs) => timeMs % QUARTER_MS === 0,
    HOUR: (timeMs, zone) =>
      shown(timeMs, zone).minute === 0 ||
      shown(timeMs, zone).hour !== shown(timeMs - QUARTER_MS, zone).hour,
    DAY: (timeMs, zone) => shown(timeMs, zone).startOfDay().epochMilliseconds === timeMs,
    WEEK: (timeMs, zone) => begins.DAY(timeMs, zone) && shown(timeMs, zone).dayOfWeek === 1,
    MONTH: (timeMs, zone) => begins.DAY(timeMs, zone) && shown(timeMs, zone).day === 1,
  };

  it('buckets cover a stretch without a gap and begin as the interval says', () => {
    fc.assert(
      fc.property(anyBuckets, ({ start: { timeMs, timeZone }, interval, length }) => {
        const stretch = { from: timeMs, to: timeMs + length * scale[interval] };
        const buckets = bucketsOf(stretch, interval, timeZone, BUCKETS_MAX);
        const [first, last] = [buckets.at(0), buckets.at(-1)];
        expect(first?.from).toBeLessThanOrEqual(stretch.from);
        expect(first?.to).toBeGreaterThan(stretch.from);
        expect(last?.from).toBeLessThan(stretch.to);
        expect(last?.to).toBeGreaterThanOrEqual(stretch.to);
        expect(buckets.slice(1).map(({ from }) => from)).toEqual(
          buckets.slice(0, -1).map(({ to }) => to),
        );
        const isRight = buckets.every(
          ({ from, to }) => from < to && begins[interval](from, timeZone),
        );
        expect(isRight).toBe(true);
        expect(completeUntil(timeMs, Infinity, interval, timeZone)).toBe(first?.from);
      }),
    );
  });

  it('no hour or day is left out, and hours and days lie on quarter hours', () => {
    fc.assert(
      fc.property(zonedTimes, ({ timeMs, timeZone }) => {
        const stretch = { from: timeMs - 2 * DAY_MS, to: timeMs + 2 * DAY_MS };
        const hours = bucketsOf(stretch, 'HOUR', timeZone, BUCKETS_MAX).map(({ from }) => from);
        const days = bucketsOf(stretch, 'DAY', timeZone, BUCKETS_MAX).map(({ from }) => from);
        expect([...hours, ...days].filter((start) => start % QUARTER_MS !== 0)).toEqual([]);
        expect(hours).toEqual(expect.arrayContaining(days.slice(1)));
        for (let time = stretch.from; time < stretch.to; time += QUARTER_MS) {
          const day = shown(time, timeZone).startOfDay().epochMilliseconds;
          if (day >= stretch.from) expect(days).toContain(day);
        }
      }),
      { numRuns: 30 },
    );
  });
});
