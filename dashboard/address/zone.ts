/** A date and a time of day as a calendar and a clock show them, in whatever zone. */
export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Returns the name as `Intl` spells it; undefined where it knows none, or an offset. */
export function zoneNamed(name: string): string | undefined {
  if (/^[+-]|^$/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const kept = formats.get(zone);
  if (kept !== undefined) return kept;
  const made = new Intl.DateTimeFormat('en-u-ca-iso8601-hc-h23', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  formats.set(zone, made);
  return made;
}

/** What clocks of a zone show at a time, which is epoch milliseconds; seconds are cut off. */
export function civilAt(timeMs: number, zone: string): Civil {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(timeMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return {
    year: of('year'),
    month: of('month'),
    day: of('day'),
    hour: of('hour'),
    minute: of('minute'),
  };
}

/** Returns a civil time as if it were one of UTC, in milliseconds: for arithmetic on calendars. */
export const asUtc = ({ year, month, day, hour, minute }: Civil): number =>
  Date.UTC(year, month - 1, day, hour, minute);

const fromUtc = (timeMs: number): Civil => civilAt(timeMs, 'UTC');

/** Moves a civil time by days and months; a day beyond the month's end runs over into the next. */
export function moved(
  civil: Civil,
  by: { readonly days?: number; readonly months?: number },
): Civil {
  const { days = 0, months = 0 } = by;
  const { year, month, day, hour, minute } = civil;
  return fromUtc(Date.UTC(year, month - 1 + months, day + days, hour, minute));
}

const offsetAt = (timeMs: number, zone: string): number =>
  asUtc(civilAt(timeMs, zone)) - Math.floor(timeMs / 60_000) * 60_000;

/**
 * Returns the time at which clocks of a zone show a civil time, in epoch milliseconds: the first,
 * where they show it twice, and the moment of the leap, or as much later, where they leap over it.
 */
export function instantOf(civil: Civil, zone: string): number {
  const wanted = asUtc(civil);
  const before = offsetAt(wanted - DAY_MS, zone);
  const after = offsetAt(wanted + DAY_MS, zone);
  const fitting = [before, after]
    .map((offset) => wanted - offset)
    .filter((timeMs) => asUtc(civilAt(timeMs, zone)) === wanted);
  return fitting.length > 0 ? Math.min(...fitting) : wanted - before;
}

export const startOfDay = (civil: Civil): Civil => ({ ...civil, hour: 0, minute: 0 });
