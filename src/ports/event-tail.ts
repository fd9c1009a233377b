import type { SessionState } from '../domain/figures/playback-state.js';
import type { SessionLogEntry } from './session-log.js';

/** An event of any session, as the log holds it. */
export interface TailedEvent extends SessionLogEntry {
  readonly position: number;
  /** Absent, as all that follows, where nobody can read the event. */
  readonly mediaId?: string;
  readonly sessionId?: string;
  /** The keyed hash of the user's id. */
  readonly viewerId?: string;
  /** What the session does from here on, where the event tells. */
  readonly state?: SessionState;
}

/** Shows what is stored in the log while it is stored, whichever node took it. */
export interface EventTail {
  /**
   * Returns the events of the last minutes, of which there may be none, then those that follow;
   * those of one title if it is named. In the order of the log, without a gap: whoever takes them
   * slowly gets them late. Throws STORE_UNAVAILABLE.
   */
  follow(mediaId?: string): AsyncIterableIterator<readonly TailedEvent[], undefined>;
}

export const EVENT_TAIL = Symbol('EventTail');
