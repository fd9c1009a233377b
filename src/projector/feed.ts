import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import { isTime } from '../domain/time.js';
import type { EventLog, LogPage, StoredEvent } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import { isReadable, type FeedEvent, type UnreadableEvent } from './feed-event.js';
import { FittingLength } from './fitting-length.js';

/** Reads a log batch by batch. The batches become shorter if the read models take them slowly. */
export class Feed {
  private readonly length = new FittingLength();

  constructor(private readonly options: FeedOptions) {}

  /** Returns the next events after a position. */
  async after(position: number): Promise<Batch> {
    const { log, vocabulary, batchEventsMax = BATCH_EVENTS_MAX } = this.options;
    return batchOf(await log.readAll(position, this.length.of(batchEventsMax)), vocabulary);
  }

  /**
   * Folds a batch into one generation after the other. The slowest one decides how long the next
   * batch is. If one fails, the next batch is a quarter: a store may take less of the same.
   */
  async foldInto<Folding>(
    all: readonly Folding[],
    { events, isEnd }: Batch,
    fold: (generation: Folding) => Promise<void>,
  ): Promise<void> {
    let longestMs = 0;
    try {
      for (const generation of all) {
        const startedAt = performance.now();
        await fold(generation);
        longestMs = Math.max(longestMs, performance.now() - startedAt);
      }
    } catch (error) {
      longestMs = Infinity;
      throw error;
    } finally {
      this.length.learn(events.length, longestMs, !isEnd);
    }
  }
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

export interface FeedOptions {
  readonly log: EventLog;
  readonly vocabulary: LogVocabulary;
  /** The most events of a batch. */
  readonly batchEventsMax?: number;
}

/** Decodes a page of the log for folds. */
export async function batchOf(page: LogPage, vocabulary: LogVocabulary): Promise<Batch> {
  const events: FeedEvent[] = [];
  for (const stored of page.events) {
    const event = decode(stored);
    // Most events can be read, and need no wait.
    events.push(isReadable(event) ? event : await judged(event, stored, vocabulary));
  }
  return { events, scanned: page.scanned, isEnd: page.isEnd };
}

/** Decodes an event for folds, and brings it up to this code's schema version. */
export async function decodeForFeed(
  stored: StoredEvent,
  vocabulary: LogVocabulary,
): Promise<FeedEvent> {
  const event = decode(stored);
  return isReadable(event) ? event : judged(event, stored, vocabulary);
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
  event: UnreadableEvent,
  { type, version }: StoredEvent,
  vocabulary: LogVocabulary,
): Promise<UnreadableEvent> {
  return { ...event, isNewer: await vocabulary.isNewer(event.failure, type, version) };
}
