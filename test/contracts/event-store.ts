import {
  LOG_START,
  type EventLog,
  type EventStore,
  type EventToAppend,
  type StoredEvent,
  type StreamAppend,
} from '../../src/ports/event-store.js';

/** Makes event stores for a contract suite, and removes what they leave behind. */
export interface StoreFactory {
  /** A new empty one. */
  create(): Promise<EventStore>;
  cleanUp(): Promise<void>;
}

/** Stored events need ids that are unique in their stream; suites use readable ones. */
export const anEvent = (id: string): EventToAppend => ({
  id,
  type: 'heartbeat',
  version: 1,
  recordedAt: 1_700_000_000_000,
  data: { of: id },
});

/** So many events: `name-0`, `name-1` and so on. */
export const eventsOf = (name: string, count: number): readonly EventToAppend[] =>
  Array.from({ length: count }, (_, i) => anEvent(`${name}-${String(i)}`));

export const append = (
  stream: string,
  expectedRevision: number,
  events: readonly EventToAppend[],
): StreamAppend => ({ stream, expectedRevision, events });

/** The whole log in pages. */
export async function readEverything(log: EventLog, limit = 1_000): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (let after = LOG_START; ;) {
    const { events, scanned } = await log.readAll(after, limit);
    all.push(...events);
    if (scanned === after) return all;
    after = scanned;
  }
}
