import type { SessionState } from '../domain/figures/playback-state.js';
import type { SessionLogEntry } from './session-log.js';

/** Shows what is stored in the log while it is stored, whichever node took it. */
export interface EventTail {
  /**
   * Returns the events of the last minutes, if there are any, or those behind a position, then
   * those that follow. They come in the order of the log, without a gap. If the log was put back to
   * an older state, the events of the last minutes come again. A slow reader gets them late. The
   * first page may have no events, and so may one every few minutes while others than the wanted
   * ones are stored. Throws STORE_UNAVAILABLE, or BAD_USER_INPUT for a position that lies too far
   * back.
   */
  follow(start?: TailStart): AsyncIterableIterator<TailPage, undefined>;
}

/** An event of any session, as the log holds it. */
export interface TailedEvent extends SessionLogEntry {
  readonly position: number;
  /** In NFC. Absent, like all members below, if nobody can read the event. */
  readonly mediaId?: string;
  readonly sessionId?: string;
  /** The keyed hash of the user's id. */
  readonly viewerId?: string;
  /** The session's state after the event; undefined if the event does not tell it. */
  readonly state?: SessionState;
}

/** Where a tail begins, and of what it tells. */
export interface TailStart {
  /** In NFC; of all titles if it is absent. */
  readonly mediaId?: string | undefined;
  /** The position of the last event that is known; the events of the last minutes if absent. */
  readonly after?: number | undefined;
}

/** What a tail tells at a time: the wanted events of a stretch of the log. */
export interface TailPage {
  readonly events: readonly TailedEvent[];
  /** The position up to which the log was looked at: a tail that begins behind it misses none. */
  readonly scanned: number;
}

export const EVENT_TAIL = Symbol('EventTail');
