import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import type { Recorded } from '../domain/event.js';
import { isTime } from '../domain/time.js';
import type { LogPage, StoredEvent } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';

/** An event of the log; if this code cannot read it, what is known of it. */
export type FeedEvent = ReadableEvent | UnreadableEvent;
export interface ReadableEvent {
  readonly position: number;
  readonly id: string;
  readonly event: Recorded;
}
interface UnreadableEvent {
  readonly position: number;
  /** Undefined if the event is damaged. */
  readonly id: string | undefined;
  /** Undefined if the time cannot be read either. */
  readonly recordedAt: number | undefined;
  readonly failure: UndecodableEvent;
  /** Says whether the event is a newer node's. That node folds it, and here it is passed over. */
  readonly isNewer: boolean;
}

/**
 * The most events of a batch. This bounds the memory of a batch, the length of its transaction, and
 * the time for which a commit keeps others from the store.
 */
export const BATCH_EVENTS_MAX = 5_000;

/** Events in log order, and the position up to which the log was read for them. */
export interface Batch {
  readonly events: readonly FeedEvent[];
  readonly scanned: number;
  /** Says whether the log ended there when it was read. */
  readonly isEnd: boolean;
}

/** Decodes a page of the log for folds. */
export async function batchOf(page: LogPage, vocabulary: LogVocabulary): Promise<Batch> {
  const events: FeedEvent[] = [];
  for (const stored of page.events) {
    const one = decode(stored);
    // Most events can be read, and need no wait.
    events.push(isReadable(one) ? one : await judged(one, stored, vocabulary));
  }
  return { events, scanned: page.scanned, isEnd: page.isEnd };
}

/** Decodes an event for folds, and brings it up to this code's schema version. */
export async function decodeForFeed(
  stored: StoredEvent,
  vocabulary: LogVocabulary,
): Promise<FeedEvent> {
  const one = decode(stored);
  return isReadable(one) ? one : judged(one, stored, vocabulary);
}

function decode(stored: StoredEvent): FeedEvent {
  const { position, id, recordedAt } = stored;
  try {
    return { position, id, event: decodeEvent(stored) };
  } catch (error) {
    if (!(error instanceof UndecodableEvent)) throw error;
    const known = isTime(recordedAt) ? recordedAt : undefined;
    const sure = stored.damage === undefined ? id : undefined;
    return { position, id: sure, recordedAt: known, failure: error, isNewer: false };
  }
}

async function judged(
  one: UnreadableEvent,
  { type, version }: StoredEvent,
  vocabulary: LogVocabulary,
): Promise<UnreadableEvent> {
  return { ...one, isNewer: await vocabulary.isNewer(one.failure, type, version) };
}

export const isReadable = (one: FeedEvent): one is ReadableEvent => 'event' in one;

/** Says whether folds pass an event over, as nodes of a newer release fold it. */
export const isNewer = (one: FeedEvent): boolean => !isReadable(one) && one.isNewer;

/** Returns when an event was stored, in epoch milliseconds; undefined if that cannot be read. */
export const recordedAtOf = (one: FeedEvent): number | undefined =>
  isReadable(one) ? one.event.recordedAt : one.recordedAt;
