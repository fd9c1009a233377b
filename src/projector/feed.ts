import { decodeEvent } from '../domain/event-codec.js';
import type { Recorded } from '../domain/event.js';
import type { LogPage, StoredEvent } from '../ports/event-store.js';

/** An event of the log, or what is known of one that this code cannot read. */
export type FeedEvent = ReadableEvent | UnreadableEvent;
export interface ReadableEvent {
  readonly position: number;
  readonly event: Recorded;
}
interface UnreadableEvent {
  readonly position: number;
  readonly recordedAt: number;
  readonly failure: unknown;
}

/** Events in log order, and up to where the log was looked at for them. */
export interface Batch {
  readonly events: readonly FeedEvent[];
  readonly scanned: number;
  /** Whether the log ended there when it was read. */
  readonly isEnd: boolean;
}

export const batchOf = ({ events, scanned, isEnd }: LogPage): Batch => ({
  events: events.map(readEvent),
  scanned,
  isEnd,
});

/** The event as folds see it, brought up to this code's schema version. */
export function readEvent({ type, version, data, recordedAt, position }: StoredEvent): FeedEvent {
  try {
    return { position, event: Object.assign(decodeEvent(type, version, data), { recordedAt }) };
  } catch (failure) {
    return { position, recordedAt, failure };
  }
}

export const isReadable = (one: FeedEvent): one is ReadableEvent => 'event' in one;

/** When an event was stored, epoch milliseconds. */
export const recordedAtOf = (one: FeedEvent): number =>
  isReadable(one) ? one.event.recordedAt : one.recordedAt;
