import type { Clock } from '../ports/clock.js';
import type { EventLog } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import { decodeForFeed } from './feed.js';
import type { FeedEvent } from './feed-event.js';
import type { OwnedGeneration } from './owned-generation.js';

interface RetryOptions {
  readonly log: EventLog;
  readonly vocabulary: LogVocabulary;
  readonly clock: Clock;
}

/** Reads a generation's parked events from the log again, and tries them. */
export async function retryParked(
  generation: OwnedGeneration,
  retriesWanted: number,
  { log, vocabulary, clock }: RetryOptions,
): Promise<void> {
  const events: FeedEvent[] = [];
  for (const position of await generation.parkedPositions()) {
    const stored = await log.readAt(position);
    if (stored !== undefined) events.push(await decodeForFeed(stored, vocabulary));
  }
  await generation.retry(events, retriesWanted, clock.now());
}
