import { Temporal } from 'temporal-polyfill';
import { DAY_MS, QUARTER_MS } from '../../domain/time.js';

/** The times between two changes of a zone's clocks; all in milliseconds. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** The milliseconds that the clocks are ahead of UTC. */
  readonly offset: number;
}

/**
 * Converts between time and the local time of a zone. A *local time* is the milliseconds since the
 * zone's clocks showed the beginning of 1970. It equals the UTC time with the same date and hour.
 */
export class ZoneClock {
  /** The known spans: bounds are asked for by the thousand, and changes come twice a year. */
  private readonly spans: Span[] = [];

  /** @param timeZone - an IANA name, see `timeZoneNamed` */
  constructor(private readonly timeZone: string) {}

  /** Returns the local time at a time. */
  shownAt(timeMs: number): number {
    return timeMs + this.spanAt(timeMs).offset;
  }

  /** Returns the next time at which the clocks change, if they ever do. */
  nextChange(timeMs: number): number {
    return this.spanAt(timeMs).to;
  }

  /**
   * Returns the latest local time that the clocks have come to: an hour that they repeat is the end
   * of its first pass. Where they skip midnight, the first moment of the day is midnight.
   */
  latestAt(timeMs: number): number {
    const { from, offset } = this.spanAt(timeMs);
    const shown = timeMs + offset;
    if (from === -Infinity) return shown;
    const shownAtChange = from + this.spanAt(from - 1).offset;
    const midnight = startOfDay(shown);
    return timeMs === from && shownAtChange <= midnight ? midnight : Math.max(shown, shownAtChange);
  }

  /**
   * Returns the time when the clocks first show a local time; for a skipped one the time of the
   * change.
   */
  timeOf(local: number): number {
    // No clock is a day ahead of UTC.
    let span = this.spanAt(local - DAY_MS);
    while (local - span.offset >= span.to) span = this.spanAt(span.to);
    return Math.max(local - span.offset, span.from);
  }

  private spanAt(timeMs: number): Span {
    const known = this.spans.find(({ from, to }) => from <= timeMs && timeMs < to);
    if (known !== undefined) return known;
    const quarter = Math.floor(timeMs / QUARTER_MS) * QUARTER_MS;
    const at = zoned(quarter, this.timeZone);
    const before = zoned(quarter + 1, this.timeZone).getTimeZoneTransition('previous');
    const span = {
      from: quarterFrom(before, -Infinity),
      to: quarterFrom(at.getTimeZoneTransition('next'), Infinity),
      offset: at.offsetNanoseconds / NS_PER_MS,
    };
    this.spans.push(span);
    return span;
  }
}

/** Returns the beginning of the day of a local time. */
export const startOfDay = (local: number): number => Math.floor(local / DAY_MS) * DAY_MS;

/** Returns the time when the present day of a zone began. */
export function startOfToday(timeMs: number, timeZone: string): number {
  const clock = new ZoneClock(timeZone);
  return clock.timeOf(startOfDay(clock.shownAt(timeMs)));
}

const NS_PER_MS = 1e6;

const zoned = (timeMs: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timeZone);

/**
 * Returns the first quarter hour from a change on. Some zones have changed their clocks a minute
 * past midnight, but figures are kept by the quarter hour.
 */
const quarterFrom = (change: Temporal.ZonedDateTime | null, otherwise: number): number =>
  change ? Math.ceil(change.epochMilliseconds / QUARTER_MS) * QUARTER_MS : otherwise;
