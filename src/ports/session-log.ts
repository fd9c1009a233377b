import type { StreamQuality } from '../domain/quality.js';

/** An event of a session, as the log holds it. Times are epoch milliseconds. */
export interface SessionLogEntry {
  readonly occurredAt: number;
  readonly recordedAt: number;
  /** The type in the words of the API, such as HEARTBEAT; UNREADABLE of what cannot be read. */
  readonly type: string;
  readonly quality: StreamQuality;
  readonly durationMs?: number;
  readonly bytes?: number;
  /** What else the event says, for people to read. */
  readonly detail?: string;
}

/** Shows what the log holds of a session; all else is answered from read models. */
export interface SessionLog {
  /**
   * Returns the events of one view of a session, in the order in which they were stored. The ids
   * are those that they were stored with. Throws STORE_UNAVAILABLE.
   */
  entries(mediaId: string, sessionId: string, view: number): Promise<readonly SessionLogEntry[]>;
}

export const SESSION_LOG = Symbol('SessionLog');
