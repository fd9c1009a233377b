import type { Comparison, Dimension, Interval, Metric } from '../api/schema.js';
import type { Column } from '../figures/metrics.js';
import { FILTERS_MAX, readFilter, writeFilter, type Filter } from './filters.js';
import { readRange, writeRange, type Range } from './ranges.js';
import { COLUMNS, COMPARE_WORDS, DIMENSIONS, INTERVALS, METRICS } from './words.js';
import { zoneNamed } from './zone.js';

const PAGES = {
  overview: '/',
  live: '/live',
  media: '/media',
  quality: '/quality',
  delivery: '/delivery',
  sessions: '/sessions',
  system: '/system',
} as const;
export type Page = keyof typeof PAGES;

/** All that a link says; what it leaves out has its usual value. */
export interface Address {
  readonly page: Page;
  /** A title's on its page, a session's on its; undefined: none is named. */
  readonly id: string | undefined;
  readonly range: Range;
  /** Undefined: that of the browser. */
  readonly zone: string | undefined;
  /** Undefined: one that suits the range. */
  readonly interval: Interval | undefined;
  readonly metric: Metric;
  /** Undefined: no comparison. */
  readonly compare: Comparison | undefined;
  readonly filters: readonly Filter[];
  /** What titles are listed by; on a title's page its second table. */
  readonly order: Column;
  /** Whether those that have least of it come first. */
  readonly ascending: boolean;
  /** What the second table is by. */
  readonly by: Dimension;
  /** Sessions that failed, alone. */
  readonly failed: boolean;
  /** Sessions that stalled for more than a twentieth, alone. */
  readonly stalled: boolean;
}

export const USUAL: Omit<Address, 'page'> = {
  id: undefined,
  range: { word: '7d' },
  zone: undefined,
  interval: undefined,
  metric: 'VIEWS',
  compare: 'PREVIOUS',
  filters: [],
  order: 'VIEWS',
  ascending: false,
  by: 'COUNTRY',
  failed: false,
  stalled: false,
};

export interface ReadAddress {
  readonly address: Address;
  /** The parts that say nothing here, as they stand in the address. */
  readonly ignored: readonly string[];
}

type Part = Partial<Address> | undefined;

/** Reads one part of an address; undefined where its value says nothing. */
const READERS: Readonly<Record<string, (value: string) => Part>> = {
  id: (value) => (value === '' ? undefined : { id: value }),
  r: (value) => part('range', readRange(value)),
  tz: (value) => part('zone', zoneNamed(value)),
  i: (value) => part('interval', INTERVALS.nameOf(value)),
  m: (value) =>
    part('metric', value === 'viewers' ? 'CONCURRENT_VIEWERS_PEAK' : METRICS.nameOf(value)),
  c: (value) =>
    value === 'none' ? { compare: undefined } : part('compare', COMPARE_WORDS.nameOf(value)),
  s: (value) => {
    const order = COLUMNS.nameOf(value.replace(/^-/, ''));
    return order === undefined ? undefined : { order, ascending: !value.startsWith('-') };
  },
  by: (value) => part('by', DIMENSIONS.nameOf(value)),
  failed: (value) => (value === '1' ? { failed: true } : undefined),
  stalled: (value) => (value === '1' ? { stalled: true } : undefined),
};

const part = <Name extends keyof Address>(name: Name, value: Address[Name] | undefined): Part =>
  value === undefined ? undefined : { [name]: value };

/** Reads an address of this server; undefined where it leads to no page. */
export function readAddress(path: string, search: string): ReadAddress | undefined {
  const page = (Object.keys(PAGES) as Page[]).find((name) => PAGES[name] === path);
  if (page === undefined) return undefined;
  let address: Address = { ...USUAL, page };
  const ignored: string[] = [];
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(search)) {
    const filter = name === 'f' ? readFilter(value) : undefined;
    const isKnown = Object.hasOwn(READERS, name) && !seen.has(name);
    const read = isKnown ? READERS[name]?.(value) : undefined;
    if (filter !== undefined && address.filters.length < FILTERS_MAX) {
      address = { ...address, filters: [...address.filters, filter] };
    } else if (read !== undefined) {
      seen.add(name);
      address = { ...address, ...read };
    } else ignored.push(`${name}=${value}`);
  }
  return { address, ignored };
}

/** Writes an address, without what is as usual. */
export function writeAddress(address: Address): string {
  const { page, id, range, zone, interval, metric, compare, filters, by } = address;
  const { order, ascending } = address;
  const has = (name: keyof typeof USUAL): boolean => address[name] !== USUAL[name];
  const rangeText = writeRange(range);
  const parts: readonly (readonly [string, string] | undefined)[] = [
    id === undefined ? undefined : ['id', id],
    rangeText === writeRange(USUAL.range) ? undefined : ['r', rangeText],
    zone === undefined ? undefined : ['tz', zone],
    interval === undefined ? undefined : ['i', INTERVALS.wordOf(interval)],
    has('metric') ? ['m', metricWord(metric)] : undefined,
    has('compare')
      ? ['c', compare === undefined ? 'none' : COMPARE_WORDS.wordOf(compare)]
      : undefined,
    ...filters.map((filter) => ['f', writeFilter(filter)] as const),
    has('order') || has('ascending')
      ? ['s', (ascending ? '' : '-') + COLUMNS.wordOf(order)]
      : undefined,
    has('by') ? ['by', DIMENSIONS.wordOf(by)] : undefined,
    has('failed') ? ['failed', '1'] : undefined,
    has('stalled') ? ['stalled', '1'] : undefined,
  ];
  const search = parts
    .filter((one) => one !== undefined)
    .map(([name, value]) => `${name}=${readable(value)}`)
    .join('&');
  return PAGES[page] + (search === '' ? '' : `?${search}`);
}

/** The word of the chart's metric; peaks of viewers go by the name of the card that shows them. */
const metricWord = (metric: Metric): string =>
  metric === 'CONCURRENT_VIEWERS_PEAK' ? 'viewers' : METRICS.wordOf(metric);

/** Encodes what has to be, and leaves what people can read. */
const readable = (value: string): string =>
  encodeURIComponent(value)
    .replace(/%(?:2C|3A|2F|21)/g, (code) => decodeURIComponent(code))
    .replaceAll('%20', '+');
