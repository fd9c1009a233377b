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
