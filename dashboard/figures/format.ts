import type { Period } from '../api/schema.js';
import { NOT_KNOWN, SAYS, WORDS } from '../texts.js';
import type { Unit } from './unit.js';

export type { Unit } from './unit.js';

const GIB = 2 ** 30;
const MIB = 2 ** 20;
const COMPACT_FROM = 100_000;
const NOTHING = '–';

const numbers = new Map<string, Intl.NumberFormat>();
function format(value: number, options: Intl.NumberFormatOptions): string {
  const name = JSON.stringify(options);
  const found = numbers.get(name) ?? new Intl.NumberFormat('en', options);
  numbers.set(name, found);
  return found.format(value);
}

const digits = (maximumFractionDigits: number): Intl.NumberFormatOptions => ({
  maximumFractionDigits,
  minimumFractionDigits: maximumFractionDigits,
});

/** Large numbers in four digits, others as they are. */
const counted = (value: number): string =>
  Math.abs(value) < COMPACT_FROM
    ? format(value, { maximumFractionDigits: 0 })
    : format(value, { notation: 'compact', maximumSignificantDigits: 4 });

/** Digits after the point such that three figures count. */
const fine = (value: number): string => {
  const size = Math.abs(value);
  return size >= 100 ? counted(value) : least(value, size >= 10 ? 1 : 2);
};

/** Writes a number with digits after the point: what rounds to nothing as less than the last. */
function least(value: number, places: number, sign = ''): string {
  const last = 10 ** -places;
  const isLess = value > 0 && value < last / 2;
  return (isLess ? '< ' : '') + sign + format(isLess ? last : value, digits(places));
}

/** Writes a value with its unit, as short as it can be read. */
export function short(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return NOTHING;
  switch (unit) {
    case 'count':
      return counted(value);
    case 'seconds':
      return duration(value);
    case 'moment':
      return `${least(value, value < 10 ? 2 : 1)} s`;
    case 'rate':
      return percent(value);
    case 'mbps':
      return `${fine(value)} Mbps`;
    case 'bytes':
      return loaded(value);
    case 'usd':
      return money(value);
    case 'perHour':
      return fine(value);
  }
}

/** Bytes are told in GiB, and what would be none of them in MiB. */
const loaded = (value: number): string =>
  value > 0 && value < GIB / 100 ? `${fine(value / MIB)} MiB` : `${fine(value / GIB)} GiB`;

/** Writes a round value of an axis: without the digits that would be zeros. */
export function tick(value: number, unit: Unit): string {
  const number = (shown: number): string => format(shown, { maximumSignificantDigits: 4 });
  if (Math.abs(value) >= COMPACT_FROM && unit === 'count') return counted(value);
  switch (unit) {
    case 'count':
    case 'perHour':
      return number(value);
    case 'seconds':
      return value < HOUR ? duration(value) : `${number(value / HOUR)} h`;
    case 'moment':
      return `${number(value)} s`;
    case 'rate':
      return `${number(value * 100)} %`;
    case 'mbps':
      return `${number(value)} Mbps`;
    case 'bytes':
      return `${number(value / GIB)} GiB`;
    case 'usd':
      return `$${number(value)}`;
  }
}

const DECADES = Array.from({ length: 22 }, (_, i) => 10 ** (i - 6));
const ROUND = DECADES.flatMap((ten) => [ten, 2 * ten, 5 * ten]);
const CLOCKLIKE = [1, 5, 10, 30, 60, 120, 300, 600, 1_800];

/** The steps between round values of an axis, in the unit that they are told in. */
export function steps(unit: Unit): readonly number[] {
  if (unit === 'bytes') return ROUND.map((step) => step * GIB);
  if (unit === 'rate') return ROUND.map((step) => step / 100);
  if (unit === 'count') return ROUND.filter((step) => step >= 1);
  if (unit !== 'seconds') return ROUND;
  return [...CLOCKLIKE, ...ROUND.filter((step) => step >= 1).map((step) => step * HOUR)];
}

/** Less than all, and more than nothing, are not told as such. */
const percent = (rate: number): string => {
  const size = Math.abs(rate * 100);
  if (rate < 1 && size >= 99.95) return '> 99.9 %';
  return `${least(rate * 100, size >= 10 || size === 0 ? 1 : 2)} %`;
};

const money = (value: number): string =>
  value >= COMPACT_FROM
    ? `$${counted(value)}`
    : least(value, value > 0 && value < 0.1 ? 4 : 2, '$');

const HOUR = 3_600;
const MINUTE = 60;

/** Writes seconds as people say them: 45 s, 12:05, 3 h 20 min, 26.8 h, 1,781 h. */
export function duration(seconds: number): string {
  if (seconds > 0 && seconds < 0.05) return '< 0.1 s';
  if (seconds < MINUTE)
    return `${format(seconds, { maximumFractionDigits: seconds < 10 ? 1 : 0 })} s`;
  const whole = Math.round(seconds);
  if (whole < HOUR) return `${String(Math.floor(whole / MINUTE))}:${two(whole % MINUTE)} min`;
  const hours = Math.floor(whole / HOUR);
  if (hours >= 10) return `${fine(whole / HOUR)} h`;
  return `${String(hours)} h ${String(Math.floor((whole % HOUR) / MINUTE))} min`;
}

/** Writes a place in a title: 1:02:03. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  const hours = Math.floor(whole / HOUR);
  const rest = two(whole % MINUTE);
  return hours > 0 ? `${String(hours)}:${two(minutes)}:${rest}` : `${String(minutes)}:${rest}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

const EXACT_UNITS: Readonly<Record<Unit, string>> = {
  count: '',
  seconds: ' seconds',
  moment: ' seconds',
  rate: '',
  mbps: ' Mbps',
  bytes: ' bytes',
  usd: ' USD',
  perHour: ' an hour',
};

/** Writes a value with all of its digits, and what it means that there is none. */
export function exact(
  value: number | null | undefined,
  unit: Unit,
  missing: string = unit === 'count' ? NOT_KNOWN : WORDS.noDivisor,
): string {
  if (value === null || value === undefined) return missing;
  if (unit === 'rate') return `${format(value * 100, { maximumFractionDigits: 6 })} %`;
  return `${format(value, { maximumFractionDigits: 9 })}${EXACT_UNITS[unit]}`;
}

/** Writes how a figure differs from the one before; undefined where that says nothing. */
export function change(
  now: number | null,
  before: number | null | undefined,
  unit: Unit,
): string | undefined {
  if (now === null || before === null || before === undefined) return undefined;
  if (unit === 'rate') {
    const points = (now - before) * 100;
    return `${signed(points, Math.abs(points) < 10 ? placesFor(Math.max(now, before)) : 0)} pp`;
  }
  if (before === 0) return now === 0 ? '0 %' : undefined;
  const ratio = (now / before - 1) * 100;
  if (Math.abs(ratio) >= 1_000) return '> 999 %';
  // What is not gone did not fall by all.
  return now > 0 && ratio <= -99.5 ? '< −99 %' : `${signed(ratio, 0)} %`;
}

/** Digits after the point, so that rates of less than a per cent do not differ by 0.0. */
const placesFor = (rate: number): number =>
  rate >= 0.01 || rate === 0 ? 1 : rate >= 0.001 ? 2 : 3;

/** What a figure is compared with, and what is better. */
export interface Compared {
  readonly value: number | null;
  readonly previous?: number | null | undefined;
  readonly unit: Unit;
  readonly better?: 'more' | 'less' | undefined;
  /** Of how many a rate or an average is, now or before, whichever is less. */
  readonly ofCount?: number | undefined;
}

/** One attempt more or less of fewer than these says nothing. */
const FEW = 30;

/**
 * Says whether a figure got better or worse, or that it is of too few to say so; empty where it did
 * neither, nobody can say, or the change is too small to be told.
 */
export function judged(compared: Compared): 'good' | 'bad' | 'few' | '' {
  const { value, previous: before, unit, better, ofCount = FEW } = compared;
  if (value === null || before == null || better === undefined || value === before) return '';
  const told = change(value, before, unit);
  if (told !== undefined && !/[1-9]/.test(told)) return '';
  if (ofCount < FEW) return 'few';
  return value > before === (better === 'more') ? 'good' : 'bad';
}

const signed = (value: number, places: number): string =>
  format(Math.abs(value) < 0.5 * 10 ** -places ? 0 : value, {
    ...digits(places),
    signDisplay: 'exceptZero',
  }).replace('-', '−');

const times = new Map<string, Intl.DateTimeFormat>();

/** Writes a time in a zone; `options` say how much of it. */
export function timeIn(
  time: string | number,
  zone: string,
  options: Intl.DateTimeFormatOptions,
): string {
  const name = zone + JSON.stringify(options);
  const found = times.get(name) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
  times.set(name, found);
  return found.format(typeof time === 'number' ? time : new Date(time));
}

export const CLOCK = { hour: '2-digit', minute: '2-digit' } as const;
export const CLOCK_SECONDS = { ...CLOCK, second: '2-digit' } as const;
export const DAY = { day: 'numeric', month: 'short' } as const;
export const WEEKDAY = { weekday: 'short', ...DAY } as const;
export const DAY_CLOCK = { ...DAY, ...CLOCK } as const;
export const MONTH = { month: 'long', year: 'numeric' } as const;
/** A minute of a day of whatever year. */
const MINUTE_OF = { ...DAY, year: 'numeric', ...CLOCK } as const;
export const FULL = { ...DAY, year: 'numeric', ...CLOCK_SECONDS } as const;

/** Writes a period from its start to where it is complete, to the minute. */
export const periodIn = (
  { from, to, completeUntil }: Pick<Period, 'from' | 'to' | 'completeUntil'>,
  zone: string,
): string => {
  const isOver = Date.parse(to) <= Date.parse(completeUntil);
  const told = (at: string): string => timeIn(at, zone, MINUTE_OF);
  return isOver
    ? SAYS.fromTo(told(from), told(to))
    : SAYS.fromNow(told(from), timeIn(completeUntil, zone, CLOCK));
};
