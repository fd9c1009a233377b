import { v5 as uuidV5 } from 'uuid';
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
  /** Whether others write to the same log too: then it is not empty, and its head not ours. */
  readonly isShared?: boolean;
}

const NAMES = '0b6ac2dc-6b6c-4d6e-9a38-5f1d3c2b7e10';

/** The id of a suite's event that is known by a readable name. */
export const idOf = (name: string): string => uuidV5(name, NAMES);

/** The readable names of stored events; of one whose id is another's, the id. */
export const namesOf = (events: readonly EventToAppend[]): readonly string[] =>
  events.map(({ id, data }) => (idOf(String(data.of)) === id ? String(data.of) : id));

/** An event with an id of its own, and its readable name in the data. */
export const anEvent = (name: string): EventToAppend => ({
  id: idOf(name),
  type: 'heartbeat',
  version: 1,
  recordedAt: 1_700_000_000_000,
  data: { of: name },
});

/** So many events: `name-0`, `name-1` and so on. */
export const eventsOf = (name: string, count: number): readonly EventToAppend[] =>
  Array.from({ length: count }, (_, i) => anEvent(`${name}-${String(i)}`));

export const append = (
  stream: string,
  expectedRevision: number,
  events: readonly EventToAppend[],
): StreamAppend => ({ stream, expectedRevision, events });

/** The whole log, or what lies after a position, in pages. */
export async function readEverything(
  log: EventLog,
  limit = 1_000,
  from = LOG_START,
): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (let after = from; ;) {
    const { events, scanned } = await log.readAll(after, limit);
    all.push(...events);
    if (scanned === after) return all;
    after = scanned;
  }
}
