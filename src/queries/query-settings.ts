import { periodMs, TIME_PERIODS, type TimePeriod } from '../domain/period.js';
import { DAY_MS, HOUR_MS } from '../domain/time.js';

/** What an operator may set about the answers. */
export interface QuerySettings {
  /** USD per GiB delivered. */
  readonly egressPricePerGib: number;
  /** Read models forget what is older; undefined keeps all. */
  readonly retentionDays: number | undefined;
}

export const QUERY_SETTINGS = Symbol('QuerySettings');

/** The first hour's start that may be read; nothing older is shown, kept or not. */
export function earliestReadable({ retentionDays }: QuerySettings, now: number): number {
  if (retentionDays === undefined) return 0;
  return Math.max(0, Math.floor((now - retentionDays * DAY_MS) / HOUR_MS) * HOUR_MS);
}

/** What of the settings decides how far back an answer looks. */
type Retention = Pick<QuerySettings, 'retentionDays'>;

/** The periods of which a part is not kept, the shortest first. */
export const periodsCut = ({ retentionDays = Infinity }: Retention): readonly TimePeriod[] =>
  TIME_PERIODS.filter((period) => periodMs(period) > retentionDays * DAY_MS);

/**
 * The period whose half-life weighs the views of another: the longest one up to it that is kept.
 * Views that are forgotten still are in the scores; so they weigh next to nothing there.
 */
export function scoredPeriod(period: TimePeriod, retention: Retention): TimePeriod {
  const cut = periodsCut(retention);
  const kept = TIME_PERIODS.filter((one) => !cut.includes(one));
  return cut.includes(period) ? (kept.at(-1) ?? period) : period;
}
