import { compareUtf8 } from '../text.js';
import { PLACE } from './figure-counts.js';
import type { SessionRow } from './session-row.js';

/** The orders of a list of sessions, the greatest first. */
export const SESSION_ORDERS = ['STARTED', 'WATCH_TIME', 'STALLED_TIME', 'STARTUP_TIME'] as const;
export type SessionOrder = (typeof SESSION_ORDERS)[number];
/**
 * Any order of a list. EARLIEST is by start, the earliest first: a place in such a list stays where
 * it is.
 */
export type ListOrder = SessionOrder | 'EARLIEST';

/** Says whether a list is read day by day. */
export const isByStart = (order: ListOrder): boolean => order === 'STARTED' || order === 'EARLIEST';

/** The place of a session in a list. */
export interface SessionPlace {
  /** The value that the list is ordered by, milliseconds; null if it is not known. */
  readonly rank: number | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** The key of the session's document. */
  readonly key: string;
}

/** Returns the value that a session is ordered by, in milliseconds. */
export function rankOfSession(row: SessionRow, order: ListOrder): number | null {
  switch (order) {
    case 'STARTED':
    case 'EARLIEST':
      return row.startedAt;
    case 'WATCH_TIME':
      return row.counts[PLACE.watchedMs] ?? 0;
    case 'STALLED_TIME':
      return row.counts[PLACE.stalledMs] ?? 0;
    case 'STARTUP_TIME':
      return row.startupMs ?? null;
  }
}

type Comparing = (a: SessionPlace, b: SessionPlace) => number;

/** Returns the function that compares sessions in an order. */
export const bySessionPlace = (order: ListOrder): Comparing =>
  order === 'EARLIEST' ? byStart : byRank;

const byStart: Comparing = (a, b) => a.startedAt - b.startedAt || compareUtf8(a.key, b.key);

/**
 * Compares by value, the greatest first and null last; equal ones by start, the latest first, then
 * by key.
 */
function byRank(a: SessionPlace, b: SessionPlace): number {
  if (a.rank !== b.rank) {
    if (a.rank === null || b.rank === null) return a.rank === null ? 1 : -1;
    return b.rank - a.rank;
  }
  return b.startedAt - a.startedAt || compareUtf8(a.key, b.key);
}

/** Says whether a session ended FAILED, or was an attempt without a view that had an error. */
export const hasFailed = ({ endReason, counts }: SessionRow): boolean =>
  endReason === 'FAILED' || (counts[PLACE.startFailures] ?? 0) > 0;

/** Returns the stalled share of stalled and watched time; null where there is neither. */
export function rebufferRatioOf({ counts }: SessionRow): number | null {
  const stalledMs = counts[PLACE.stalledMs] ?? 0;
  const shownMs = stalledMs + (counts[PLACE.watchedMs] ?? 0);
  return shownMs === 0 ? null : stalledMs / shownMs;
}
