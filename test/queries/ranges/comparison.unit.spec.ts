import fc from 'fast-check';
import { DAY_MS, HOUR_MS, QUARTER_MS, type Stretch } from '../../../src/domain/time.js';
import { bucketsOf } from '../../../src/queries/ranges/buckets.js';
import { comparedPeriod, moverOf } from '../../../src/queries/ranges/comparison.js';
import {
  COMPARISONS,
  type Comparison,
  type Interval,
} from '../../../src/queries/ranges/range-words.js';
import { at, shown, zonedTimes } from '../../support/zoned-times.js';

const BERLIN = 'Europe/Berlin';

/** Reads a time of a zone's clocks, "2024-05-01" or "2024-05-01 12:00", as epoch milliseconds. */
const local = (text: string, zone: string) =>
  at(
    shown(0, zone)
      .with({ year: Number(text.slice(0, 4)), month: 1, day: 1 })
      .with({ month: Number(text.slice(5, 7)) })
      .with({ day: Number(text.slice(8, 10)) })
      .withPlainTime(text.slice(11) || '00:00')
      .toInstant()
      .toString(),
  );
const read = ([from, to]: readonly [string, string], zone: string): Stretch => ({
  from: local(from, zone),
  to: local(to, zone),
});
const write = ({ from, to }: Stretch, zone: string): readonly string[] =>
  [from, to].map((timeMs) =>
    shown(timeMs, zone).toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' '),
  );

/** Returns what a range is compared with, as far as it is complete. */
function other(
  comparison: Comparison,
  range: readonly [string, string],
  zone = BERLIN,
  completeUntil = range[1],
): readonly string[] {
  const stretch = read(range, zone);
  const compared = comparedPeriod(comparison, stretch, zone, local(completeUntil, zone));
  return write(compared.period, zone);
}

/** Returns what each bucket is compared with, by the start of the bucket. */
function otherBuckets(
  comparison: Comparison,
  range: readonly [string, string],
  interval: Interval,
  completeUntil = range[1],
): ReadonlyMap<string, readonly string[] | undefined> {
  const stretch = read(range, BERLIN);
  const buckets = bucketsOf(stretch, interval, BERLIN, 2_000);
  const compared = comparedPeriod(comparison, stretch, BERLIN, local(completeUntil, BERLIN));
  const others = compared.bucketsFor(buckets);
  return new Map(
    buckets.map((bucket, index) => [
      write(bucket, BERLIN)[0] ?? '',
      others[index] && write(others[index], BERLIN),
    ]),
  );
}

describe('the previous period', () => {
  it('of whole months is as many months, whatever their length', () => {
    expect(other('PREVIOUS', ['2024-03-01', '2024-04-01'])).toEqual([
      '2024-02-01 00:00',
      '2024-03-01 00:00',
    ]);
    expect(other('PREVIOUS', ['2024-01-01', '2024-04-01'])).toEqual([
      '2023-10-01 00:00',
      '2024-01-01 00:00',
    ]);
    expect(other('PREVIOUS', ['2024-01-01', '2025-01-01'])).toEqual([
      '2023-01-01 00:00',
      '2024-01-01 00:00',
    ]);
  });

  it('of whole days is as many days, also of 23 and 25 hours', () => {
    expect(other('PREVIOUS', ['2024-03-31', '2024-04-01'])).toEqual([
      '2024-03-30 00:00',
      '2024-03-31 00:00',
    ]);
    expect(other('PREVIOUS', ['2024-10-27', '2024-10-28'])).toEqual([
      '2024-10-26 00:00',
      '2024-10-27 00:00',
    ]);
    expect(other('PREVIOUS', ['2024-04-01', '2024-04-03'])).toEqual([
      '2024-03-30 00:00',
      '2024-04-01 00:00',
    ]);
  });

  it('ends with the day before one that begins at one, as midnight is skipped', () => {
    expect(other('PREVIOUS', ['2018-11-03', '2018-11-04 01:00'], 'America/Sao_Paulo')).toEqual([
      '2018-11-02 00:00',
      '2018-11-03 00:00',
    ]);
    expect(other('PREVIOUS', ['2018-11-04 01:00', '2018-11-05'], 'America/Sao_Paulo')).toEqual([
      '2018-11-03 00:00',
      '2018-11-04 01:00',
    ]);
  });

  it('of a day that follows one that never was is the one that never was: nothing', () => {
    expect(other('PREVIOUS', ['2011-12-31', '2012-01-01'], 'Pacific/Apia')).toEqual([
      '2011-12-31 00:00',
      '2011-12-31 00:00',
    ]);
  });

  it('of anything else is as long, by the clock on the wall or not', () => {
    expect(other('PREVIOUS', ['2024-05-01 06:00', '2024-05-02 12:00'])).toEqual([
      '2024-04-30 00:00',
      '2024-05-01 06:00',
    ]);
    expect(other('PREVIOUS', ['2024-03-31 00:00', '2024-03-31 12:00'])).toEqual([
      '2024-03-30 13:00',
      '2024-03-31 00:00',
    ]);
  });

  it('is by the calendar of the zone that was asked for', () => {
    const may = ['2024-05-01', '2024-06-01'] as const;
    expect(other('PREVIOUS', may, 'Asia/Kathmandu')).toEqual([
      '2024-04-01 00:00',
      '2024-05-01 00:00',
    ]);
  });
});

describe('the same weekdays before', () => {
  it.each([
    ['an hour', '2024-05-15 10:00', '2024-05-15 11:00', '2024-05-08 10:00', '2024-05-08 11:00'],
    ['seven days', '2024-05-15', '2024-05-22', '2024-05-08 00:00', '2024-05-15 00:00'],
    ['eight days', '2024-05-15', '2024-05-23', '2024-05-01 00:00', '2024-05-09 00:00'],
    ['a month', '2024-05-01', '2024-06-01', '2024-03-27 00:00', '2024-04-27 00:00'],
    ['a week of 167 hours', '2024-03-25', '2024-04-01', '2024-03-18 00:00', '2024-03-25 00:00'],
    ['a week of 169 hours', '2024-10-21', '2024-10-28', '2024-10-14 00:00', '2024-10-21 00:00'],
  ])('of %s are the fewest weeks that clear it', (_, from, to, ...weeksBefore) => {
    expect(other('SAME_WEEKDAYS', [from, to])).toEqual(weeksBefore);
  });
});

describe('the year before', () => {
  it('has the same dates and local times, whatever the offset', () => {
    expect(other('YEAR_BEFORE', ['2024-03-31 12:00', '2024-04-02 18:00'])).toEqual([
      '2023-03-31 12:00',
      '2023-04-02 18:00',
    ]);
    expect(other('YEAR_BEFORE', ['2024-02-01', '2024-03-01'])).toEqual([
      '2023-02-01 00:00',
      '2023-03-01 00:00',
    ]);
    expect(other('YEAR_BEFORE', ['2025-02-01', '2025-03-01'])).toEqual([
      '2024-02-01 00:00',
      '2024-03-01 00:00',
    ]);
  });

  it('of a range that begins on 29 February begins on the 28th', () => {
    const range = ['2024-02-29', '2024-03-02'] as const;
    expect(other('YEAR_BEFORE', range)).toEqual(['2023-02-28 00:00', '2023-03-02 00:00']);
    expect([...otherBuckets('YEAR_BEFORE', range, 'DAY').values()]).toEqual([
      ['2023-02-28 00:00', '2023-03-01 00:00'],
      ['2023-03-01 00:00', '2023-03-02 00:00'],
    ]);
    expect([...otherBuckets('YEAR_BEFORE', range, 'MONTH').values()]).toEqual([
      ['2023-02-28 00:00', '2023-03-01 00:00'],
      ['2023-03-01 00:00', '2023-03-02 00:00'],
    ]);
    expect(other('YEAR_BEFORE', ['2024-02-29 06:00', '2024-02-29 18:00'])).toEqual([
      '2023-02-28 06:00',
      '2023-02-28 18:00',
    ]);
  });

  it('has no day for 29 February where its 28th is compared with the 28th', () => {
    const range = ['2024-02-28', '2024-03-02'] as const;
    expect(other('YEAR_BEFORE', range)).toEqual(['2023-02-28 00:00', '2023-03-02 00:00']);
    expect([...otherBuckets('YEAR_BEFORE', range, 'DAY').values()]).toEqual([
      ['2023-02-28 00:00', '2023-03-01 00:00'],
      undefined,
      ['2023-03-01 00:00', '2023-03-02 00:00'],
    ]);
    expect(other('YEAR_BEFORE', ['2024-02-27', '2024-02-29'])).toEqual([
      '2023-02-27 00:00',
      '2023-03-01 00:00',
    ]);
  });
});

describe('buckets compared', () => {
  it('are none for the days that the month before lacks', () => {
    const days = otherBuckets('PREVIOUS', ['2023-03-01', '2023-04-01'], 'DAY');
    expect(days.get('2023-03-01 00:00')).toEqual(['2023-02-01 00:00', '2023-02-02 00:00']);
    expect(days.get('2023-03-28 00:00')).toEqual(['2023-02-28 00:00', '2023-03-01 00:00']);
    expect([29, 30, 31].map((day) => days.get(`2023-03-${String(day)} 00:00`))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('take in what their month lacks at its end', () => {
    const days = otherBuckets('PREVIOUS', ['2023-02-01', '2023-03-01'], 'DAY');
    expect(days.get('2023-02-27 00:00')).toEqual(['2023-01-27 00:00', '2023-01-28 00:00']);
    expect(days.get('2023-02-28 00:00')).toEqual(['2023-01-28 00:00', '2023-02-01 00:00']);
  });

  it('take in the hour that a day of 23 skips', () => {
    const hours = otherBuckets('PREVIOUS', ['2024-03-31', '2024-04-01'], 'HOUR');
    expect(hours.get('2024-03-31 00:00')).toEqual(['2024-03-30 00:00', '2024-03-30 01:00']);
    expect(hours.get('2024-03-31 01:00')).toEqual(['2024-03-30 01:00', '2024-03-30 03:00']);
    expect(hours.get('2024-03-31 03:00')).toEqual(['2024-03-30 03:00', '2024-03-30 04:00']);
    expect(hours.get('2024-03-31 23:00')).toEqual(['2024-03-30 23:00', '2024-03-31 00:00']);
  });

  it('are none for the second pass of an hour', () => {
    const range = read(['2024-10-27', '2024-10-28'], BERLIN);
    const buckets = bucketsOf(range, 'HOUR', BERLIN, 25);
    const { bucketsFor } = comparedPeriod('PREVIOUS', range, BERLIN, range.to);
    const hours = bucketsFor(buckets).map((bucket) => bucket && write(bucket, BERLIN));
    expect(hours.slice(1, 5)).toEqual([
      ['2024-10-26 01:00', '2024-10-26 02:00'],
      ['2024-10-26 02:00', '2024-10-26 03:00'],
      undefined,
      ['2024-10-26 03:00', '2024-10-26 04:00'],
    ]);
  });

  it('lie within the range, as the first and the last bucket do', () => {
    const range = ['2024-05-01 12:00', '2024-05-03 06:00'] as const;
    expect([...otherBuckets('SAME_WEEKDAYS', range, 'DAY').values()]).toEqual([
      ['2024-04-24 12:00', '2024-04-25 00:00'],
      ['2024-04-25 00:00', '2024-04-26 00:00'],
      ['2024-04-26 00:00', '2024-04-26 06:00'],
    ]);
  });
});

describe('a range that is not over', () => {
  const today = ['2024-05-15', '2024-05-16'] as const;

  it('is compared as far as it is complete: half a day with half a day', () => {
    const noon = '2024-05-15 12:00';
    expect(other('PREVIOUS', today, BERLIN, noon)).toEqual([
      '2024-05-14 00:00',
      '2024-05-14 12:00',
    ]);
    expect(other('SAME_WEEKDAYS', today, BERLIN, noon)).toEqual([
      '2024-05-08 00:00',
      '2024-05-08 12:00',
    ]);
    expect(other('YEAR_BEFORE', today, BERLIN, noon)).toEqual([
      '2023-05-15 00:00',
      '2023-05-15 12:00',
    ]);
    expect(other('YEAR_BEFORE', ['2024-02-29', '2024-03-01'], BERLIN, '2024-02-29 12:00')).toEqual([
      '2023-02-28 00:00',
      '2023-02-28 12:00',
    ]);
  });

  it('is compared with the whole month before once that has no such day', () => {
    const march = ['2023-03-01', '2023-04-01'] as const;
    expect(other('PREVIOUS', march, BERLIN, '2023-03-15 12:00')).toEqual([
      '2023-02-01 00:00',
      '2023-02-15 12:00',
    ]);
    expect(other('PREVIOUS', march, BERLIN, '2023-03-30 12:00')).toEqual([
      '2023-02-01 00:00',
      '2023-03-01 00:00',
    ]);
  });

  it('has nothing to compare with in the buckets ahead', () => {
    const hours = otherBuckets('PREVIOUS', today, 'HOUR', '2024-05-15 11:30');
    expect(hours.get('2024-05-15 11:00')).toEqual(['2024-05-14 11:00', '2024-05-14 11:30']);
    expect(hours.get('2024-05-15 12:00')).toBeUndefined();
    expect(hours.size).toBe(24);
  });

  it('is compared with nothing before it has begun', () => {
    expect(other('PREVIOUS', today, BERLIN, '2024-05-14 12:00')).toEqual([
      '2024-05-14 00:00',
      '2024-05-14 00:00',
    ]);
    const days = otherBuckets('PREVIOUS', today, 'DAY', '2024-05-14 12:00');
    expect([...days.values()]).toEqual([undefined]);
  });
});

describe('whatever the zone, the range and the comparison', () => {
  /** Ranges of whole months or days, whose ends may be off by some hours, or of some hours. */
  const ranges = fc
    .record({
      start: zonedTimes,
      count: fc.integer({ min: 1, max: 20 }),
      kind: fc.constantFrom('hours', 'days', 'months', 'days and hours'),
    })
    .map(({ start: { timeMs, timeZone }, count, kind }) => {
      const quarter = Math.floor(timeMs / QUARTER_MS) * QUARTER_MS;
      const day = shown(timeMs, timeZone).toPlainDate();
      const startOf = (date: typeof day) => date.toZonedDateTime(timeZone).epochMilliseconds;
      const [first, end] =
        kind === 'months'
          ? [day.with({ day: 1 }), day.with({ day: 1 }).add({ months: count })]
          : [day, day.add({ days: count })];
      const from = kind === 'hours' ? quarter : startOf(first);
      const to = kind === 'hours' ? quarter + count * HOUR_MS : startOf(end);
      const isLonger = kind === 'days and hours' || from === to;
      return { timeZone, timeMs: quarter, from, to: to + (isLonger ? count * HOUR_MS : 0) };
    });

  it('movers keep the order of times and quarter hours, and clear the range', () => {
    fc.assert(
      fc.property(ranges, fc.constantFrom(...COMPARISONS), (range, comparison) => {
        const move = moverOf(comparison, range, range.timeZone);
        const times = Array.from(
          { length: 200 },
          (_, index) => range.timeMs + (index - 100) * QUARTER_MS,
        ).filter((time) => range.from < time && time < range.to);
        const moved = [range.from, ...times, range.to].map(move);
        expect(moved).toEqual([...moved].sort((a, b) => a - b));
        expect(moved.filter((time) => time % QUARTER_MS !== 0)).toEqual([]);
        if (comparison === 'PREVIOUS') expect(move(range.to)).toBe(range.from);
        if (comparison === 'SAME_WEEKDAYS') expect(move(range.to)).toBeLessThanOrEqual(range.from);
        if (comparison === 'YEAR_BEFORE')
          expect(range.from - move(range.from)).toBeGreaterThan(360 * DAY_MS);
      }),
      { numRuns: 300 },
    );
  });

  it('buckets compared make up the period compared', () => {
    fc.assert(
      fc.property(
        ranges,
        fc.constantFrom(...COMPARISONS),
        fc.constantFrom('HOUR', 'DAY', 'WEEK', 'MONTH'),
        fc.integer({ min: -2, max: 30 }),
        (range, comparison, interval, days) => {
          const until = range.from + days * DAY_MS;
          const buckets = bucketsOf(range, interval, range.timeZone, 20_000);
          const { period, bucketsFor } = comparedPeriod(comparison, range, range.timeZone, until);
          const others = bucketsFor(buckets);
          const some = others.filter((bucket) => bucket !== undefined);
          expect(others).toHaveLength(buckets.length);
          expect(some.slice(1).map(({ from }) => from)).toEqual(
            some.slice(0, -1).map(({ to }) => to),
          );
          const total = {
            from: some.at(0)?.from ?? period.from,
            to: some.at(-1)?.to ?? period.from,
          };
          expect(total).toEqual(period);
        },
      ),
    );
  });
});
