import { periodMs, TIME_PERIODS, type TimePeriod } from '../domain/period.js';
import { DAY_MS, HOUR_MS } from '../domain/time.js';

/** The operator's settings for the answers. */
export interface QuerySettings {
  /** USD per GiB delivered. */
  readonly egressPricePerGib: number;
  /** The days after which read models forget data; undefined keeps all. */
  readonly retentionDays: number | undefined;
  /** The most sessions that are read for one answer. Of more, a sample of viewers is read. */
  readonly scanRowsMax: number;
  /** The time in milliseconds that a request has to be answered. */
  readonly requestMs: number;
  /** The time in milliseconds for which a viewer counts as watching after the last report. */
  readonly liveWindowMs: number;
}

export const QUERY_SETTINGS = Symbol('QuerySettings');

/** Returns the start of the first hour that may be read; nothing older is shown, kept or not. */
export function earliestReadable({ retentionDays }: QuerySettings, now: number): number {
  if (retentionDays === undefined) return 0;
  return Math.max(0, Math.floor((now - retentionDays * DAY_MS) / HOUR_MS) * HOUR_MS);
}

/** The settings that decide how far back an answer looks. */
type Retention = Pick<QuerySettings, 'retentionDays'>;

/** Returns the periods that are not kept whole, the shortest first. */
export const periodsCut = ({ retentionDays = Infinity }: Retention): readonly TimePeriod[] =>
  TIME_PERIODS.filter((period) => periodMs(period) > retentionDays * DAY_MS);

/**
 * Returns the period whose half-life weighs the views of another: the longest kept one up to it.
 * Scores still hold forgotten views; by that half-life they weigh next to nothing.
 */
export function scoredPeriod(period: TimePeriod, retention: Retention): TimePeriod {
  const cut = periodsCut(retention);
  const kept = TIME_PERIODS.filter((one) => !cut.includes(one));
  return cut.includes(period) ? (kept.at(-1) ?? period) : period;
}
