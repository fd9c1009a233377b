import fc from 'fast-check';
import { readAddress, USUAL, writeAddress, type Address } from '../../dashboard/address/address.js';
import { readFilter, withValue, writeFilter } from '../../dashboard/address/filters.js';
import { intervalFor, intervalsFor } from '../../dashboard/address/intervals.js';
import {
  rangeAround,
  readRange,
  shifted,
  spanOf,
  writeRange,
} from '../../dashboard/address/ranges.js';
import {
  COLUMNS,
  COMPARE_WORDS,
  DIMENSIONS,
  INTERVALS,
  METRICS,
} from '../../dashboard/address/words.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const isoOf = ({ fromMs, toMs }: { fromMs: number; toMs: number }): readonly string[] =>
  [fromMs, toMs].map((timeMs) => new Date(timeMs).toISOString());
const NOW = Date.parse('2026-11-29T17:05:12.345Z');

const spanAt = (text: string, zone: string, nowMs = NOW): readonly string[] => {
  const range = readRange(text);
  if (range === undefined) throw new Error(`${text} is no range`);
  return isoOf(spanOf(range, zone, nowMs));
};

const filters = fc.record({
  dimension: fc.constantFrom(...DIMENSIONS.names),
  // Words of one case are written in it.
  anyOf: fc.uniqueArray(
    fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.toUpperCase()),
    { minLength: 1, maxLength: 5 },
  ),
  exclude: fc.boolean(),
});

describe('a filter in an address', () => {
  it('comes back as it was written, whatever its values hold', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        if (filter.dimension === 'LIVE') return;
        expect(readFilter(writeFilter(filter))).toEqual(filter);
      }),
    );
  });

  it.each([
    ['country:DE,AT', { dimension: 'COUNTRY', anyOf: ['DE', 'AT'], exclude: false }],
    ['!device:tv', { dimension: 'DEVICE', anyOf: ['TV'], exclude: true }],
    ['page:a.example/x:y', { dimension: 'PAGE', anyOf: ['a.example/x:y'], exclude: false }],
    [String.raw`media:a\,b,c\\`, { dimension: 'MEDIA', anyOf: ['a,b', 'c\\'], exclude: false }],
    ['errorCode:', { dimension: 'ERROR_CODE', anyOf: [''], exclude: false }],
    ['live:TRUE', { dimension: 'LIVE', anyOf: ['true'], exclude: false }],
    ['custom1:x', { dimension: 'CUSTOM_1', anyOf: ['x'], exclude: false }],
  ])('reads %s', (text, filter) => {
    expect(readFilter(text)).toEqual(filter);
  });

  it.each(['', 'country', 'planet:x', ':x', 'COUNTRY:DE'])('takes %j for no filter', (text) => {
    expect(readFilter(text)).toBeUndefined();
  });

  it('gains and loses values', () => {
    const once = withValue([], { dimension: 'COUNTRY', value: 'DE', exclude: false });
    const twice = withValue(once, { dimension: 'COUNTRY', value: 'AT', exclude: false });
    expect(twice).toEqual([{ dimension: 'COUNTRY', anyOf: ['DE', 'AT'], exclude: false }]);
    const others = withValue(twice, { dimension: 'COUNTRY', value: 'FR', exclude: true });
    expect(others).toHaveLength(2);
    expect(withValue(once, { dimension: 'COUNTRY', value: 'DE', exclude: false })).toEqual([]);
  });

  it('leaves other filters of the same dimension as they are', () => {
    const both = ['country:DE,AT', 'country:AT,FR'].flatMap((text) => readFilter(text) ?? []);
    const more = withValue(both, { dimension: 'COUNTRY', value: 'BR', exclude: false });
    expect(more.map(writeFilter)).toEqual(['country:DE,AT,BR', 'country:AT,FR']);
    const less = withValue(both, { dimension: 'COUNTRY', value: 'AT', exclude: false });
    expect(less.map(writeFilter)).toEqual(['country:DE', 'country:AT,FR']);
  });
});

describe('a range in an address', () => {
  it.each([
    ['7d', 'UTC', ['2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z']],
    ['28d', 'Europe/Berlin', ['2026-11-01T23:00:00.000Z', '2026-11-29T23:00:00.000Z']],
    ['12mo', 'UTC', ['2025-12-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z']],
    ['24h', 'UTC', ['2026-11-28T17:00:00.000Z', '2026-11-29T17:15:00.000Z']],
    // Of whole quarter hours, as the API has them for figures.
    ['1h', 'UTC', ['2026-11-29T16:00:00.000Z', '2026-11-29T17:15:00.000Z']],
    ['live', 'UTC', ['2026-11-29T16:30:00.000Z', '2026-11-29T17:15:00.000Z']],
    [
      '2026-10-25T01:10Z..2026-10-25T01:40Z',
      'Europe/Berlin',
      ['2026-10-25T01:00:00.000Z', '2026-10-25T01:45:00.000Z'],
    ],
    ['2026-11-28..2026-12-03', 'UTC', ['2026-11-28T00:00:00.000Z', '2026-12-04T00:00:00.000Z']],
    ['2026-11-01..20', 'UTC', ['2026-11-01T00:00:00.000Z', '2026-11-21T00:00:00.000Z']],
    ['2026-11-28', 'Asia/Kathmandu', ['2026-11-27T18:15:00.000Z', '2026-11-28T18:15:00.000Z']],
    // The day on which clocks are put back has 25 hours, and the one before summer 23.
    ['2026-10-25', 'Europe/Berlin', ['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z']],
    ['2026-03-29', 'Europe/Berlin', ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z']],
    // In Cairo midnight itself is left out: the day begins at one.
    ['2026-04-24', 'Africa/Cairo', ['2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z']],
    [
      '2026-11-28T10:00..2026-11-28T12:30',
      'UTC',
      ['2026-11-28T10:00:00.000Z', '2026-11-28T12:30:00.000Z'],
    ],
  ])('%s in %s', (text, zone, span) => {
    expect(spanAt(text, zone)).toEqual(span);
  });

  it.each([
    '',
    '8d',
    '2026-02-30',
    '2026-11-20..01',
    '2026-11-01..x',
    '2026-11-01T10:00..20',
    '2026-11-01Z',
    '2026-11-01T10:00..2026-11-01T11:00Z',
  ])('takes %j for none', (text) => {
    expect(readRange(text)).toBeUndefined();
  });

  it.each(['live', '12mo', '2026-11-01..20', '2026-11-28..2026-12-03', '2026-11-28'])(
    'writes %s as it was read',
    (text) => {
      const range = readRange(text);
      expect(range && writeRange(range)).toBe(text);
    },
  );

  it('moves by its months, its days or its length', () => {
    const before = (text: string): string => {
      const range = readRange(text);
      return range === undefined ? '' : writeRange(shifted(range, -1, 'Europe/Berlin', NOW));
    };
    expect(before('2026-10-01..31')).toBe('2026-09-01..30');
    expect(before('7d')).toBe('2026-11-16..22');
    expect(before('2026-10-25')).toBe('2026-10-24');
    expect(before('2026-11-28T10:00..2026-11-28T12:00')).toBe('2026-11-28T08:00..2026-11-28T10:00');
  });

  it('holds a stretch that is dragged over: whole days of several', () => {
    const [fromMs, toMs] = [Date.parse('2026-11-03T05:10Z'), Date.parse('2026-11-06T01:00Z')];
    expect(writeRange(rangeAround({ fromMs, toMs }, 'UTC'))).toBe('2026-11-03..06');
    expect(writeRange(rangeAround({ fromMs, toMs: fromMs + HOUR_MS }, 'UTC'))).toBe(
      '2026-11-03T05:10..2026-11-03T06:10',
    );
  });

  it('is by the clocks of UTC where those of the zone show its times twice', () => {
    const whole = {
      fromMs: Date.parse('2026-10-25T01:00Z'),
      toMs: Date.parse('2026-10-25T01:30Z'),
    };
    const text = writeRange(rangeAround(whole, 'Europe/Berlin'));
    expect(text).toBe('2026-10-25T01:00Z..2026-10-25T01:30Z');
    expect(spanAt(text, 'Europe/Berlin')).toEqual(isoOf(whole));
    const range = readRange(text);
    const before = range && shifted(range, -1, 'Europe/Berlin', NOW);
    expect(before && writeRange(before)).toBe('2026-10-25T00:30Z..2026-10-25T01:00Z');
  });

  it('is shown by intervals that the API takes', () => {
    const days = (count: number) => ({ fromMs: NOW, toMs: NOW + count * DAY_MS });
    expect(intervalsFor(days(7))).toEqual(['QUARTER_HOUR', 'HOUR', 'DAY', 'WEEK']);
    expect(intervalsFor(days(800))).not.toContain('HOUR');
    expect(intervalFor(days(0.05), undefined)).toBe('MINUTE');
    expect(intervalFor(days(0.05), undefined, 'QUARTER_HOUR')).toBe('QUARTER_HOUR');
    expect(intervalFor(days(0.01), undefined, 'QUARTER_HOUR')).toBe('MINUTE');
    expect(intervalFor(days(7), undefined, 'QUARTER_HOUR')).toBe('DAY');
    expect(intervalFor(days(7), undefined)).toBe('DAY');
    expect(intervalFor(days(7), 'HOUR')).toBe('HOUR');
    expect(intervalFor(days(365), 'MINUTE')).toBe('WEEK');
  });
});

describe('an address', () => {
  const addresses: fc.Arbitrary<Address> = fc.record({
    page: fc.constantFrom('overview', 'live', 'media', 'quality', 'delivery', 'sessions', 'system'),
    id: fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: undefined }),
    range: fc
      .constantFrom('live', '1h', '24h', '7d', '28d', '12mo', '2026-11-01..20', '2026-01-31')
      .map((text) => readRange(text) ?? USUAL.range),
    zone: fc.option(fc.constantFrom('Europe/Berlin', 'UTC', 'America/Sao_Paulo'), {
      nil: undefined,
    }),
    interval: fc.option(fc.constantFrom(...INTERVALS.names), { nil: undefined }),
    metric: fc.constantFrom(...METRICS.names),
    compare: fc.option(fc.constantFrom(...COMPARE_WORDS.names), { nil: undefined }),
    filters: fc.array(
      filters.filter(({ dimension }) => dimension !== 'LIVE'),
      { maxLength: 5 },
    ),
    order: fc.constantFrom(...COLUMNS.names),
    ascending: fc.boolean(),
    by: fc.constantFrom(...DIMENSIONS.names),
    failed: fc.boolean(),
    stalled: fc.boolean(),
  });

  it('is the view: what is written is read again', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        const { pathname, search } = new URL(writeAddress(address), 'http://localhost');
        expect(readAddress(pathname, search)).toEqual({ address, ignored: [] });
      }),
    );
  });

  it('is read as docs/dashboard.md writes it', () => {
    const read = readAddress(
      '/',
      '?r=28d&tz=Europe/Berlin&i=day&m=watchTime&c=prev&f=country:DE,AT&f=!device:tv&s=-views',
    );
    expect(read?.ignored).toEqual([]);
    expect(read?.address).toMatchObject({
      range: { word: '28d' },
      zone: 'Europe/Berlin',
      interval: 'DAY',
      metric: 'WATCH_TIME',
      compare: 'PREVIOUS',
      filters: [{ anyOf: ['DE', 'AT'] }, { dimension: 'DEVICE', anyOf: ['TV'], exclude: true }],
      order: 'VIEWS',
    });
  });

  it('lists both ways: what has most first, or with no sign before it what has least', () => {
    const of = (search: string) => readAddress('/', search)?.address;
    expect(of('?s=-leftEarly')).toMatchObject({ order: 'LEFT_EARLY', ascending: false });
    expect(of('?s=views')).toMatchObject({ order: 'VIEWS', ascending: true });
    expect(of('?')).toMatchObject({ order: 'VIEWS', ascending: false });
  });

  it('leaves out what it does not understand, and says so', () => {
    const read = readAddress('/', '?r=soon&tz=Mars/Base&x=1&m=joy&f=planet:x&s=-joy&r=28d');
    expect(read?.ignored).toEqual([
      ...['r=soon', 'tz=Mars/Base', 'x=1', 'm=joy', 'f=planet:x', 's=-joy'],
    ]);
    expect(read?.address.range).toEqual({ word: '28d' });
  });

  it('leads to no page where there is none', () => {
    for (const path of ['/x', '/live/', '/x.y']) expect(readAddress(path, '')).toBeUndefined();
  });
});
