import type { StoreClock } from './clock.js';
import type { StoredData } from '../domain/event-codec.js';
import type { LogPast } from './log-past.js';

/** The expected revision of a stream that must not exist yet; its first event has revision 0. */
export const NO_STREAM = -1;

/** The position before the first event of a log. */
export const LOG_START = 0;

/** By what a log is known. */
export interface LogIds {
  /** Wherever it lies: a log that was moved keeps it. */
  readonly logId: string;
  /** Where it lies now: its positions hold there alone. */
  readonly storeId: string;
}

export interface EventToAppend {
  /** A UUID, drawn once for the decision: an append sent again is known by it. */
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
  /** The revision of the stream's last event that the events were decided on, or NO_STREAM. */
  readonly expectedRevision: number;
  /** One at least. */
  readonly events: readonly EventToAppend[];
}

export type AppendOutcome =
  /** Durable; the place of the last event in the log and in its stream. */
  | { readonly kind: 'appended'; readonly position: number; readonly revision: number }
  /** The stream is not at the expected revision; nothing of this append was stored. */
  | { readonly kind: 'conflict' }
  /** It will never be taken: to send it again is of no use. */
  | { readonly kind: 'refused'; readonly reason: AppendRefusal }
  /** All or nothing of it is stored, and it is not known which. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

export type AppendRefusal =
  /** Nothing was stored: it is larger than the store takes at a time. */
  | 'too-large'
  /** Nothing was stored: the stream was deleted for good. */
  | 'deleted'
  /** It was stored, but what the stream held before was deleted or cut off. */
  | 'cut-off';

/**
 * What becomes of an append that a stream has passed: a repetition if its ids stand there already.
 * `found` are the stream's events after the expected revision, from the first on.
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
  /** The place in its stream, from 0 without gaps. */
  readonly revision: number;
  /** The place in the log: rises, may have gaps, greater than LOG_START. */
  readonly position: number;
  /**
   * Why it cannot be read: the log is damaged there. Its position is right, and in a stream its
   * revision; `recordedAt` is about right; all else stands for nothing, and cannot be decoded.
   */
  readonly damage?: string;
}

export interface LogPage {
  /** In log order. */
  readonly events: readonly StoredEvent[];
  /** Everything up to this position was looked at; equal to `after` at the end of the log. */
  readonly scanned: number;
  /** Whether the log ended there when it was read. */
  readonly isEnd: boolean;
}

/**
 * The reading side of a log.
 *
 * - An event at a position is visible only when every event at a lower position is.
 * - Events of other programs in the same store are never returned.
 * - A store that cannot be read throws PlayheadError STORE_UNAVAILABLE.
 */
export interface EventLog {
  /** The events of a stream from its first on; none if there is no such stream. */
  readStream(stream: string): Promise<readonly StoredEvent[]>;
  /** The last event of a stream; undefined if there is no such stream. */
  readLast(stream: string): Promise<StoredEvent | undefined>;
  /** The events after a position, at most so many. */
  readAll(after: number, limit: number): Promise<LogPage>;
  /** The event at a position; undefined if there is none of ours. */
  readAt(position: number): Promise<StoredEvent | undefined>;
  /** The position of the last event, or LOG_START. */
  head(): Promise<number>;
  /** How many events lie after a position; undefined where the store cannot count. */
  countAfter(position: number): Promise<number | undefined>;
  /** Calls the listener some time after every append that may have come; may call too often. */
  onAppended(listener: () => void): Unsubscribe;
  close(): Promise<void>;
}

/**
 * An append-only log of streams.
 *
 * - Each `StreamAppend` is atomic; those of one call are independent of each other.
 * - `appended` means durable: no crash of this process or its machine takes it away.
 * - An append whose ids are already found directly after its expected revision is a repetition:
 *   `appended` with the places of the first time, nothing stored twice.
 */
export interface EventStore extends EventLog {
  /** Of the server that keeps the events; undefined where that is this machine. */
  readonly clock?: StoreClock;
  /** Whether it still holds what was seen of it; undefined where nobody can put it back. */
  readonly past?: LogPast | undefined;
  /** One outcome for each append, in their order. Never throws for a store that fails. */
  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]>;
  /**
   * Does what an append does, and leaves nothing behind. STORE_UNAVAILABLE while events cannot be
   * appended, with a message for clients and what is wrong in its cause.
   */
  ping(): Promise<void>;
}

export type Unsubscribe = () => void;

export const EVENT_STORE = Symbol('EventStore');
