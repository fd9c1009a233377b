import fc from 'fast-check';
import { dayOf, hourOf, isoDayOf, minuteOf, parseTime } from '../../src/domain/time.js';

const iso = (timeMs: number | undefined): string | undefined =>
  timeMs === undefined ? undefined : new Date(timeMs).toISOString();

describe('a time', () => {
  it.each([
    ['2026-03-18T14:37:12Z', '2026-03-18T14:37:12.000Z'],
    ['2026-03-18T14:37:12.5Z', '2026-03-18T14:37:12.500Z'],
    ['2026-03-18T14:37:12.345Z', '2026-03-18T14:37:12.345Z'],
    ['2026-03-18t14:37:12z', '2026-03-18T14:37:12.000Z'],
    ['2026-03-18T14:37:12+00:00', '2026-03-18T14:37:12.000Z'],
    ['2026-03-18T14:37:12-00:00', '2026-03-18T14:37:12.000Z'],
    ['2026-03-18T14:37:12+05:30', '2026-03-18T09:07:12.000Z'],
    ['2026-03-18T14:37:12-09:45', '2026-03-19T00:22:12.000Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
    ['2025-12-31T23:30:00-23:59', '2026-01-01T23:29:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0099-06-01T00:00:00Z', '0099-06-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, expected) => {
    expect(iso(parseTime(text))).toBe(expected);
  });

  it.each([
    ['2026-03-18T14:37:12.3456789Z', '2026-03-18T14:37:12.345Z'],
    ['2026-03-18T14:37:12.0009Z', '2026-03-18T14:37:12.000Z'],
    ['2026-03-18T14:37:12.9999Z', '2026-03-18T14:37:12.999Z'],
    ['2026-03-18T14:37:12.99999999999999999999Z', '2026-03-18T14:37:12.999Z'],
    ['2026-03-18T23:59:59.99999999999999999999Z', '2026-03-18T23:59:59.999Z'],
  ])('%s is cut to the millisecond', (text, expected) => {
    expect(iso(parseTime(text))).toBe(expected);
  });

  it.each([
    ['a day that the month does not have', '2026-04-31T00:00:00Z'],
    ['29 February of a common year', '2026-02-29T00:00:00Z'],
    ['29 February of a century that is no leap year', '1900-02-29T00:00:00Z'],
    ['day 0', '2026-01-00T00:00:00Z'],
    ['month 0', '2026-00-01T00:00:00Z'],
    ['month 13', '2026-13-01T00:00:00Z'],
    ['hour 24', '2026-01-01T24:00:00Z'],
    ['minute 60', '2026-01-01T00:60:00Z'],
    ['a leap second, since no clock here has any', '2016-12-31T23:59:60Z'],
    ['second 60', '2026-01-01T00:00:60Z'],
    ['an offset of 24 hours', '2026-01-01T00:00:00+24:00'],
    ['an offset of 60 minutes', '2026-01-01T00:00:00+00:60'],
    ['an offset without its colon', '2026-01-01T00:00:00+0100'],
    ['no offset', '2026-01-01T00:00:00'],
    ['no seconds', '2026-01-01T00:00Z'],
    ['a date alone', '2026-01-01'],
    ['a blank in place of the T', '2026-01-01 00:00:00Z'],
    ['a fraction without digits', '2026-01-01T00:00:00.Z'],
    ['a comma before the fraction', '2026-01-01T00:00:00,5Z'],
    ['a year of five digits', '12026-01-01T00:00:00Z'],
    ['a year with a sign', '+2026-01-01T00:00:00Z'],
    ['single digits', '2026-1-1T0:0:0Z'],
    ['blanks around it', ' 2026-01-01T00:00:00Z '],
    ['a line after it', '2026-01-01T00:00:00Z\n'],
    ['digits of another script', '２０２６-01-01T00:00:00Z'],
    ['words', 'yesterday'],
    ['nothing', ''],
  ])('is refused with %s', (_, text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it('that ISO 8601 writes as UTC with milliseconds is read back, at every fraction', () => {
    for (let ms = 0; ms < 1_000; ms += 1) {
      expect(parseTime(new Date(ms).toISOString())).toBe(ms);
    }
  });

  it('is read back whenever it is', () => {
    const years = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z') };
    fc.assert(
      fc.property(fc.date({ ...years, noInvalidDate: true }), (date) => {
        expect(parseTime(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});

describe('a bucket', () => {
  it('begins with its first millisecond and ends before the next one', () => {
    const minute = Date.UTC(2026, 2, 18, 14, 37);
    expect(minuteOf(minute)).toBe(minute / 60_000);
    expect(minuteOf(minute + 59_999)).toBe(minute / 60_000);
    expect(minuteOf(minute + 60_000)).toBe(minute / 60_000 + 1);
    const hour = Date.UTC(2026, 2, 18, 14);
    expect(hourOf(hour + 3_599_999)).toBe(hour / 3_600_000);
    const day = Date.UTC(2026, 2, 18);
    expect(dayOf(day + 86_399_999)).toBe(day / 86_400_000);
    expect(dayOf(day - 1)).toBe(day / 86_400_000 - 1);
  });

  it('of a day is named by its UTC date', () => {
    expect(isoDayOf(Date.UTC(2026, 2, 18, 23, 59, 59, 999))).toBe('2026-03-18');
    expect(isoDayOf(Date.UTC(2026, 2, 19))).toBe('2026-03-19');
  });
});
