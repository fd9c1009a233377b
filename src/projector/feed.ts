import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import type { Recorded } from '../domain/event.js';
import { isTime } from '../domain/time.js';
import type { LogPage, StoredEvent } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';

/** An event of the log, or what is known of one that this code cannot read. */
export type FeedEvent = ReadableEvent | UnreadableEvent;
export interface ReadableEvent {
  readonly position: number;
  readonly id: string;
  readonly event: Recorded;
}
interface UnreadableEvent {
  readonly position: number;
  /** Undefined of one that is damaged. */
  readonly id: string | undefined;
  /** Undefined if that cannot be read either. */
  readonly recordedAt: number | undefined;
  readonly failure: UndecodableEvent;
  /** Whether it is a newer node's, which folds it itself: here it is passed over. */
  readonly isNewer: boolean;
}

/** Events in log order, and up to where the log was looked at for them. */
export interface Batch {
  readonly events: readonly FeedEvent[];
  readonly scanned: number;
  /** Whether the log ended there when it was read. */
  readonly isEnd: boolean;
}

/** A page of the log as folds see it. */
export async function batchOf(page: LogPage, vocabulary: LogVocabulary): Promise<Batch> {
  const events: FeedEvent[] = [];
  for (const stored of page.events) {
    const one = decode(stored);
    // Most can be read: nothing is waited for then.
    events.push(isReadable(one) ? one : await judged(one, stored, vocabulary));
  }
  return { events, scanned: page.scanned, isEnd: page.isEnd };
}

/** The event as folds see it, brought up to this code's schema version. */
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

/** Whether folds pass it over: an event of a newer release, that nodes of it fold. */
export const isNewer = (one: FeedEvent): boolean => !isReadable(one) && one.isNewer;

/** When an event was stored, epoch milliseconds, as far as it says. */
export const recordedAtOf = (one: FeedEvent): number | undefined =>
  isReadable(one) ? one.event.recordedAt : one.recordedAt;
