import { isDeepStrictEqual } from 'node:util';
import type { StoredEvent } from '../ports/event-store.js';

/** An event with its place in a stream. */
export type PlacedEvent = Omit<StoredEvent, 'position'>;

/**
 * Returns the first index at which two lists of events of one stream differ in anything that is
 * stored: id, type, schema version, time or data. Undefined if the shorter list begins the longer.
 */
export function firstDifference(
  some: readonly PlacedEvent[],
  others: readonly PlacedEvent[],
): number | undefined {
  const length = Math.min(some.length, others.length);
  for (let index = 0; index < length; index += 1) {
    if (!isDeepStrictEqual(storedPart(some[index]), storedPart(others[index]))) return index;
  }
  return undefined;
}

const storedPart = (event: PlacedEvent | undefined): unknown =>
  event && [event.id, event.type, event.version, event.recordedAt, event.revision, event.data];
