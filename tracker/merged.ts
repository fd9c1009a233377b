import type { TrackedEvent } from './event.js';

/** The server takes a day at most, and a loss is the smaller the less is in one. */
const SECONDS_MAX = 3_600;

/** The one heartbeat that says the same as two in a row; undefined where there is none. */
export function merged(first: TrackedEvent, second: TrackedEvent): TrackedEvent | undefined {
  const duration = sum(first.duration, second.duration);
  const areOne =
    first.eventType === 'HEARTBEAT' &&
    second.eventType === 'HEARTBEAT' &&
    first.quality === second.quality &&
    first.playedTo === second.playedFrom &&
    duration <= SECONDS_MAX;
  const { eventId, playedFrom } = first;
  const bytesLoaded = sum(first.bytesLoaded, second.bytesLoaded);
  return areOne ? { ...second, eventId, playedFrom, duration, bytesLoaded } : undefined;
}

const sum = (a = 0, b = 0): number => Math.round((a + b) * 1_000) / 1_000;
