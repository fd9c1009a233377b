import type { Clock } from '../ports/clock.js';
import type { EventLog } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import { decodeForFeed } from './feed.js';
import type { FeedEvent } from './feed-event.js';
import type { Joining } from './joining.js';
import type { ObservedProjection } from './observed-projection.js';
import type { OwnedGeneration } from './owned-generation.js';

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

interface RetryOptions {
  readonly log: EventLog;
  readonly vocabulary: LogVocabulary;
  readonly clock: Clock;
}

/**
 * Yields the generations whose parked events this node is to retry, and how many retries were
 * wanted. The ready ones are among them, so that they do not lack what the serving ones have got by
 * a retry.
 */
export function* wantedRetries(
  projections: readonly ObservedProjection[],
  joining: Pick<Joining, 'joined'>,
): Generator<readonly [OwnedGeneration, number]> {
  for (const { owned, serving } of projections) {
    if (owned === undefined || serving?.isRetryWanted !== true) continue;
    yield [owned, serving.retriesWanted];
  }
  for (const joined of joining.joined) {
    const observed = projections.find(({ projection }) => projection === joined.projection);
    const building = observed?.rebuild.building;
    if (building === undefined || joined.progress.parkedEvents === 0) continue;
    yield [joined, building.retriesWanted];
  }
}
