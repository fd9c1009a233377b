import type { TrackedEvent } from './event.js';

/** The one heartbeat that says the same as two in a row; undefined where there is none. */
export function merged(first: TrackedEvent, second: TrackedEvent): TrackedEvent | undefined {
  const areOne =
    first.eventType === 'HEARTBEAT' &&
    second.eventType === 'HEARTBEAT' &&
    first.sessionId === second.sessionId &&
    first.quality === second.quality &&
    first.playedTo === second.playedFrom;
  return areOne
    ? {
        ...second,
        playedFrom: first.playedFrom,
        duration: sum(first.duration, second.duration),
        bytesLoaded: sum(first.bytesLoaded, second.bytesLoaded),
      }
    : undefined;
}

const sum = (a = 0, b = 0): number => Math.round((a + b) * 1_000) / 1_000;
