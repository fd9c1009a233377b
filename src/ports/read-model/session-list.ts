import type { ListOrder, SessionPlace } from '../../domain/figures/session-order.js';
import type { SessionRow } from '../../domain/figures/session-row.js';
import type { Stretch } from '../../domain/time.js';
import type { SliceFilter } from './slices.js';

/** Lists sessions one by one; never a sample of them. */
export interface SessionLister {
  /**
   * Returns a page on one consistent state of the sessions, which is at a position or behind it. In
   * the order of starts it reads day by day until the page is full. In other orders it reads all
   * sessions that started in the stretch. Throws what `slices` does.
   */
  sessions(
    atLeast: number,
    question: SessionListQuestion,
    signal?: AbortSignal,
  ): Promise<readonly ListedSession[]>;
}

/**
 * A question for a page of sessions: those that started in a stretch of time and meet all
 * conditions.
 */
export interface SessionListQuestion {
  /** The stretch of time in which they started, `from` included and `to` excluded. */
  readonly started: Stretch;
  /** The titles, in NFC, whose sessions are read; undefined reads those of all. */
  readonly mediaIds?: readonly string[];
  readonly filters: readonly SliceFilter[];
  readonly viewerId?: string;
  readonly sessionId?: string;
  /** True keeps only failed sessions, false only the others. */
  readonly failed?: boolean;
  /**
   * The least share of stalled time in stalled and watched time. A session without either time has
   * no share and is left out.
   */
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
