/** Times are milliseconds since the Unix epoch, UTC; buckets are numbered from the epoch. */

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
/** The time in milliseconds over which rates are averaged to bill transit. */
export const SLOT_MS = 5 * MINUTE_MS;
export const QUARTER_MS = 15 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

export const MINUTES_PER_HOUR = HOUR_MS / MINUTE_MS;
export const MINUTES_PER_DAY = DAY_MS / MINUTE_MS;
export const QUARTERS_PER_HOUR = HOUR_MS / QUARTER_MS;

/** The times from one to another: `from` inclusive, `to` exclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The last moment that RFC 3339 can name. */
export const TIME_MAX_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Says whether a value is a time that may be stored: buckets are numbered from the epoch. */
export const isTime = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= TIME_MAX_MS;

/** Returns the number of the UTC minute, hour or day that a time falls into. */
export const minuteOf = (timeMs: number): number => Math.floor(timeMs / MINUTE_MS);
export const hourOf = (timeMs: number): number => Math.floor(timeMs / HOUR_MS);
export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS);

/** Returns the UTC day as `YYYY-MM-DD`. */
export const isoDayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Parses an RFC 3339 date-time (https://www.rfc-editor.org/rfc/rfc3339#section-5.6), cut to the
 * millisecond; undefined for anything else. Leap seconds are refused: no clock here has them.
 */
export function parseTime(text: string): number | undefined {
  const parts = RFC_3339.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as SixNumbers;
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, Number((parts[7] ?? '.').slice(1, 4).padEnd(3, '0')));
  const isReal =
    local.getUTCMonth() === month - 1 &&
    local.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return isReal ? local.getTime() - offsetMs(parts[8] ?? 'Z') : undefined;
}

type SixNumbers = [number, number, number, number, number, number];

function offsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * HOUR_MS + Number(zone.slice(4, 6)) * MINUTE_MS);
}
