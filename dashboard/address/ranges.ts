import { asUtc, civilAt, instantOf, moved, startOfDay, type Civil } from './zone.js';

/** Ranges that move along with the clock. */
export const RANGE_WORDS = ['live', '1h', '24h', '7d', '28d', '12mo'] as const;
export type RangeWord = (typeof RANGE_WORDS)[number];

/** What an address asks for: a moving range, or one of the calendar of its zone. */
export type Range = { readonly word: RangeWord } | CalendarRange;

interface CalendarRange {
  readonly from: Civil;
  /** Exclusive: of `2026-11-01..20` it is the 21st. */
  readonly to: Civil;
  /** Of times in UTC, where clocks of the zone show them twice. */
  readonly isUtc?: boolean;
}

/** A range of time in epoch milliseconds, without its end. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const QUARTER_MS = 15 * MINUTE_MS;

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})Z?)?$/;

/** Reads a range, such as `7d`, `2026-11-28..2026-12-03`, `2026-11-01..20` or `2026-11-28`. */
export function readRange(text: string): Range | undefined {
  const word = RANGE_WORDS.find((one) => one === text);
  if (word !== undefined) return { word };
  const [first = '', second = first, ...more] = text.split('..');
  const from = civilOf(first);
  const last = civilOf(/^\d{2}$/.test(second) ? `${first.slice(0, 8)}${second}` : second);
  if (from === undefined || last === undefined || more.length > 0) return undefined;
  const isOfTimes = second.includes('T');
  if (['T', 'Z'].some((mark) => second.includes(mark) !== first.includes(mark))) return undefined;
  const to = isOfTimes ? last : moved(last, { days: 1 });
  if (asUtc(to) <= asUtc(from)) return undefined;
  return second.endsWith('Z') ? { from, to, isUtc: true } : { from, to };
}

/** Writes a range as `readRange` reads it, in its shorter form. */
export function writeRange(range: Range): string {
  if ('word' in range) return range.word;
  const { from, to } = range;
  const isOfDays = [from, to].every(({ hour, minute }) => hour === 0 && minute === 0);
  if (!isOfDays || range.isUtc) {
    return [from, to].map((one) => timeOf(one) + (range.isUtc ? 'Z' : '')).join('..');
  }
  const last = moved(to, { days: -1 });
  if (asUtc(last) === asUtc(from)) return dateOf(from);
  const isOneMonth = last.year === from.year && last.month === from.month;
  return `${dateOf(from)}..${isOneMonth ? pad(last.day) : dateOf(last)}`;
}

function civilOf(text: string): Civil | undefined {
  const [, ...digits] = DATE.exec(text) ?? [];
  if (digits.length === 0) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = digits.map((one) =>
    Number(one || 0),
  );
  const civil = { year, month, day, hour, minute };
  const isThere = DATE.test(text) && dateOf(civilAt(asUtc(civil), 'UTC')) === dateOf(civil);
  return isThere && hour < 24 && minute < 60 && year >= 1970 ? civil : undefined;
}

const pad = (digits: number): string => String(digits).padStart(2, '0');
export const dateOf = ({ year, month, day }: Civil): string =>
  `${String(year).padStart(4, '0')}-${pad(month)}-${pad(day)}`;
const timeOf = (civil: Civil): string => `${dateOf(civil)}T${pad(civil.hour)}:${pad(civil.minute)}`;

/** The minutes that `live` looks back. */
const LIVE_MINUTES = 30;

/**
 * Returns the times of a range now, widened to whole quarter hours as the API does for figures: so
 * cards and a chart by minute are of the same. Days are those of the zone; today is in it to its
 * end.
 */
export const spanOf = (range: Range, zone: string, nowMs: number): Span =>
  widened('word' in range ? spanOfWord(range.word, zone, nowMs) : spanOfDays(range, zone));

export const widened = ({ fromMs, toMs }: Span): Span => ({
  fromMs: Math.floor(fromMs / QUARTER_MS) * QUARTER_MS,
  toMs: Math.ceil(toMs / QUARTER_MS) * QUARTER_MS,
});

function spanOfDays({ from, to, isUtc = false }: CalendarRange, zone: string): Span {
  const of = isUtc ? 'UTC' : zone;
  return { fromMs: instantOf(from, of), toMs: instantOf(to, of) };
}

function spanOfWord(word: RangeWord, zone: string, nowMs: number): Span {
  const today = startOfDay(civilAt(nowMs, zone));
  const days = (count: number): Span => ({
    fromMs: instantOf(moved(today, { days: 1 - count }), zone),
    toMs: instantOf(moved(today, { days: 1 }), zone),
  });
  const lately = (lengthMs: number): Span => ({ fromMs: nowMs - lengthMs, toMs: nowMs });
  switch (word) {
    case 'live':
      return lately(LIVE_MINUTES * MINUTE_MS);
    case '1h':
      return lately(HOUR_MS);
    case '24h':
      return lately(24 * HOUR_MS);
    case '7d':
      return days(7);
    case '28d':
      return days(28);
    case '12mo': {
      const month = { ...today, day: 1 };
      const [from, to] = [moved(month, { months: -11 }), moved(month, { months: 1 })];
      return { fromMs: instantOf(from, zone), toMs: instantOf(to, zone) };
    }
  }
}

/** Returns the range before, or after: by its months if it is of months, else by its length. */
export function shifted(range: Range, by: -1 | 1, zone: string, nowMs: number): Range {
  const span = spanOf(range, zone, nowMs);
  const [from, to] = [civilAt(span.fromMs, zone), civilAt(span.toMs, zone)];
  const isOfMonths = [from, to].every(({ day, hour, minute }) => day === 1 && hour + minute === 0);
  if (isOfMonths) {
    const months = by * ((to.year - from.year) * 12 + to.month - from.month);
    return { from: moved(from, { months }), to: moved(to, { months }) };
  }
  const isOfDays = [from, to].every(({ hour, minute }) => hour === 0 && minute === 0);
  const lengthMs = asUtc(to) - asUtc(from);
  if (isOfDays) {
    const days = by * Math.round(lengthMs / (24 * HOUR_MS));
    return { from: moved(from, { days }), to: moved(to, { days }) };
  }
  const moveMs = by * (span.toMs - span.fromMs);
  return timesOf({ fromMs: span.fromMs + moveMs, toMs: span.toMs + moveMs }, zone);
}

/** Returns a stretch by the zone's clocks, or by those of UTC where these show its times twice. */
function timesOf({ fromMs, toMs }: Span, zone: string): Range {
  const [from, to] = [civilAt(fromMs, zone), civilAt(toMs, zone)];
  const isClear = instantOf(from, zone) === fromMs && instantOf(to, zone) === toMs;
  if (isClear) return { from, to };
  return { from: civilAt(fromMs, 'UTC'), to: civilAt(toMs, 'UTC'), isUtc: true };
}

/** Returns the range of the calendar that holds a stretch of time: whole days if it has several. */
export function rangeAround({ fromMs, toMs }: Span, zone: string): Range {
  const [from, to] = [civilAt(fromMs, zone), civilAt(toMs, zone)];
  if (toMs - fromMs < 48 * HOUR_MS) return timesOf({ fromMs, toMs }, zone);
  const isMidnight = to.hour + to.minute === 0;
  return { from: startOfDay(from), to: isMidnight ? to : moved(startOfDay(to), { days: 1 }) };
}
