import type { StreamQuality } from '../domain/quality.js';

/** Shows the events of a session from the log. Everything else is answered from read models. */
export interface SessionLog {
  /**
   * Returns the events of one view of a session, in the order in which they were stored. `mediaId`
   * and `sessionId` are the stored ones. Throws STORE_UNAVAILABLE.
   */
  entries(mediaId: string, sessionId: string, view: number): Promise<readonly SessionLogEntry[]>;
}

/** An event of a session as people read it. Times are epoch milliseconds. */
export interface SessionLogEntry {
  readonly occurredAt: number;
  readonly recordedAt: number;
  /** The type in the words of the API, such as HEARTBEAT; UNREADABLE of what cannot be read. */
  readonly type: string;
  readonly quality: StreamQuality;
  readonly durationMs?: number;
  readonly bytes?: number;
  /** The other contents of the event, as text for people. */
  readonly detail?: string;
  /** Present on what a CDN's log showed of a view, after its player has told of that view. */
  readonly isWithdrawn?: true;
}

export const SESSION_LOG = Symbol('SessionLog');
