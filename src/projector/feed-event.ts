import type { UndecodableEvent } from '../domain/event-codec.js';
import type { Recorded } from '../domain/event.js';

/** An event of the log; if this code cannot read it, what is known of it. */
export type FeedEvent = ReadableEvent | UnreadableEvent;
export interface ReadableEvent {
  readonly position: number;
  readonly id: string;
  readonly event: Recorded;
}
export interface UnreadableEvent {
  readonly position: number;
  /** Undefined if the event is damaged. */
  readonly id: string | undefined;
  /** Undefined if the time cannot be read either. */
  readonly recordedAt: number | undefined;
  readonly failure: UndecodableEvent;
  /** Says whether the event is a newer node's. That node folds it, and here it is passed over. */
  readonly isNewer: boolean;
}

export const isReadable = (entry: FeedEvent): entry is ReadableEvent => 'event' in entry;

/** Says whether folds pass an event over, as nodes of a newer release fold it. */
export const isNewer = (entry: FeedEvent): boolean => !isReadable(entry) && entry.isNewer;

/** Returns when an event was stored, in epoch milliseconds; undefined if that cannot be read. */
export const recordedAtOf = (entry: FeedEvent): number | undefined =>
  isReadable(entry) ? entry.event.recordedAt : entry.recordedAt;
