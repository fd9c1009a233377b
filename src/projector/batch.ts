import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import { isTime } from '../domain/time.js';
import type { LogPage, StoredEvent } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import { isReadable, type FeedEvent, type UnreadableEvent } from './feed-event.js';

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
