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
  /** The stored type in capitals, such as HEARTBEAT; UNREADABLE for what cannot be read. */
  readonly type: string;
  readonly quality: StreamQuality;
  readonly durationMs?: number;
  readonly bytes?: number;
  /** The other contents of the event, as text for people. */
  readonly detail?: string;
  /**
   * Present once the player has told of its view: on all that was concluded before from a CDN's
   * log, but not on delivered bytes or what cannot be read.
   */
  readonly isWithdrawn?: true;
}

export const SESSION_LOG = Symbol('SessionLog');
