import type { StoreClock } from './clock.js';
import type { StoredData } from '../domain/event-codec.js';
import type { LogPast } from './log-past.js';

/**
 * An append-only log of streams.
 *
 * - Each `StreamAppend` is atomic; those of one call are independent of each other.
 * - `appended` means durable: no crash of this process or its machine takes it away.
 * - An append whose ids are already found directly after its expected revision is a repetition:
 *   `appended` with the places of the first time, nothing stored twice.
 */
export interface EventStore extends EventLog {
  /**
   * Looks at the last events of the log, at most `limit`, and returns those that are Playhead's;
   * `scanned` is where the log ended then.
   */
  readEnd(limit: number): Promise<LogPage>;
  /** The clock of the server that keeps the events; undefined where that is this machine. */
  readonly clock?: StoreClock;
  /** Tells whether the store still has what was seen of it; undefined if nobody can put it back. */
  readonly past?: LogPast | undefined;
  /** Returns an outcome for each append, in their order. Never throws for a store that fails. */
  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]>;
  /**
   * Does all that an append does, but stores nothing. Throws STORE_UNAVAILABLE while events cannot
   * be appended, with a message for clients and the fault as its cause.
   */
  ping(): Promise<void>;
}

/**
 * The reading side of a log.
 *
 * - An event at a position is visible only when every event at a lower position is.
 * - Events of other programs in the same store are never returned.
 * - A store that cannot be read throws PlayheadError STORE_UNAVAILABLE.
 */
export interface EventLog {
  /** Returns the events of a stream from its first on; none if there is no such stream. */
  readStream(stream: string): Promise<readonly StoredEvent[]>;
  /** Returns the last event of a stream; undefined if there is no such stream. */
  readLast(stream: string): Promise<StoredEvent | undefined>;
  /**
   * Returns the events after a position, at most `limit`. If the signal gives the read up, the
   * store stops reading, and the result is a rejection.
   */
  readAll(after: number, limit: number, signal?: AbortSignal): Promise<LogPage>;
  /**
   * Returns the event at a position; undefined if there is no event of Playhead's. May throw
   * UnreadablePlace where no event begins.
   */
  readAt(position: number): Promise<StoredEvent | undefined>;
  /** Returns the position of the last event, or LOG_START. */
  head(): Promise<number>;
  /** Counts the events after a position; undefined where the store cannot count. */
  countAfter(position: number): Promise<number | undefined>;
  /** Calls the listener soon after every possible append, sometimes without an append. */
  onAppended(listener: () => void): Unsubscribe;
  close(): Promise<void>;
}

/** The expected revision of a stream that must not exist yet; its first event has revision 0. */
export const NO_STREAM = -1;

/** The position before the first event of a log. */
export const LOG_START = 0;

/** The names of a log. */
export interface LogIds {
  /** The log's identity; a log that was moved keeps it. */
  readonly logId: string;
  /** The identity of the log at its present place; positions hold only there. */
  readonly storeId: string;
}

export interface EventToAppend {
  /** A UUID, drawn once for the decision, by which the store knows an append that is sent again. */
  readonly id: string;
  readonly type: string;
  /** The schema version of the data. */
  readonly version: number;
  /** The server's clock at the append, epoch milliseconds. */
  readonly recordedAt: number;
  readonly data: StoredData;
}

export interface StreamAppend {
  readonly stream: string;
  /** The revision of the last event of the stream that the decision saw, or NO_STREAM. */
  readonly expectedRevision: number;
  /** At least one event. */
  readonly events: readonly EventToAppend[];
}

export type AppendOutcome =
  /** The events are durable. Position and revision are those of the last one. */
  | { readonly kind: 'appended'; readonly position: number; readonly revision: number }
  /** The stream is not at the expected revision; nothing of this append was stored. */
  | { readonly kind: 'conflict' }
  /** The store will never take the append: to send it again is of no use. */
  | { readonly kind: 'refused'; readonly reason: AppendRefusal }
  /** The append was stored whole or not at all; nobody knows which. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

export type AppendRefusal =
  /** Nothing was stored: the append is larger than the store takes at a time. */
  | 'too-large'
  /** Nothing was stored: the stream was deleted for good. */
  | 'deleted'
  /** The append was stored, but earlier events of the stream were deleted or cut off. */
  | 'cut-off';

/**
 * Returns the outcome of an append at a revision that its stream has passed: a repetition if its
 * ids stand there already, else a conflict. `found` are the stream's events after the expected
 * revision, from the first on.
 */
export function repetitionOrConflict(
  ids: readonly string[],
  found: readonly StoredEvent[],
): AppendOutcome {
  const last = found[ids.length - 1];
  const isRepetition = ids.every((id, i) => found[i]?.id === id);
  if (!isRepetition || last === undefined) return { kind: 'conflict' };
  return { kind: 'appended', position: last.position, revision: last.revision };
}

export interface StoredEvent extends EventToAppend {
  readonly stream: string;
  /** The event's place in its stream, from 0 without gaps. */
  readonly revision: number;
  /** The event's place in the log: rises, may have gaps, greater than LOG_START. */
  readonly position: number;
  /**
   * Says why the event cannot be read: the log is damaged there. The position is right, and in a
   * stream the revision; `recordedAt` is about right. The rest means nothing and cannot be decoded.
   */
  readonly damage?: string;
}

export interface LogPage {
  /** In log order. */
  readonly events: readonly StoredEvent[];
  /** The reader has looked at everything up to this position; equal to `after` at the log's end. */
  readonly scanned: number;
  /** Says whether the log ended there when it was read. */
  readonly isEnd: boolean;
}

export type Unsubscribe = () => void;

export const EVENT_STORE = Symbol('EventStore');
