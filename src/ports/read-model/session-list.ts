import type { ListOrder, SessionPlace } from '../../domain/figures/session-order.js';
import type { SessionRow } from '../../domain/figures/session-row.js';
import type { Stretch } from '../../domain/time.js';
import type { SliceFilter } from './slices.js';

/** A page of the sessions that started in a stretch of time and for which all of this holds. */
export interface SessionListQuestion {
  /** When they started: `from` is part of it, `to` is not. */
  readonly started: Stretch;
  /** The titles, in NFC, whose sessions are read; undefined reads those of all. */
  readonly mediaIds?: readonly string[];
  readonly filters: readonly SliceFilter[];
  readonly viewerId?: string;
  readonly sessionId?: string;
  /** True: those that failed; false: the others. */
  readonly failed?: boolean;
  /** The least stalled share of stalled and watched time; sessions without either have none. */
  readonly minRebufferRatio?: number;
  readonly orderBy: ListOrder;
  /** The greatest number of sessions. */
  readonly limit: number;
  /** The place of the session that the page before ended with. */
  readonly after?: SessionPlace;
}

export interface ListedSession {
  /** The key of its document. */
  readonly key: string;
  readonly row: SessionRow;
}

/** Lists sessions one by one; never a sample of them. */
export interface SessionLister {
  /**
   * Returns a page on one consistent state of the sessions, which is at a position or behind it.
   * By start it reads day by day until the page is full; in other orders all that started in the
   * stretch. Throws what `slices` does.
   */
  sessions(
    atLeast: number,
    question: SessionListQuestion,
    signal?: AbortSignal,
  ): Promise<readonly ListedSession[]>;
}
