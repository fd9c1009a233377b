import { MemoryEventStore } from './memory/memory-event-store.js';
import { schemaVersionOf, type StoredData } from '../../src/domain/event-codec.js';
import type { Recorded } from '../../src/domain/event.js';
import type {
  EventLog,
  EventStore,
  EventToAppend,
  LogPage,
  StoredEvent,
  Unsubscribe,
} from '../../src/ports/event-store.js';

/** A log that holds some events, in their order; with ids that begin in a way of their own. */
export async function logOf(events: readonly Recorded[], ids = 'id'): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  await appendTo(store, events, ids);
  return store;
}

/** Appends events one by one, each to the stream of its session. */
export async function appendTo(
  store: EventStore,
  events: readonly Recorded[],
  ids = 'id',
): Promise<void> {
  for (const { type, data, recordedAt } of events) {
    await appendStored(store, streamOf(data), {
      id: `${ids}-${String(await store.head())}`,
      type,
      version: schemaVersionOf(type),
      recordedAt,
      data: data as unknown as StoredData,
    });
  }
}

/** Appends one event, whether this code can read it or not. */
export async function appendStored(
  store: EventStore,
  stream: string,
  event: EventToAppend,
): Promise<void> {
  const expectedRevision = (await store.readStream(stream)).length - 1;
  const [outcome] = await store.append([{ stream, expectedRevision, events: [event] }]);
  if (outcome?.kind !== 'appended') throw new Error('the event was not appended');
}

function streamOf(data: Recorded['data']): string {
  if ('sessionId' in data) return `${data.mediaId}/${data.sessionId}`;
  return 'mediaId' in data ? data.mediaId : 'meta';
}

/** A log seen through another one, for tests to interfere. */
export class LogView implements EventLog {
  constructor(protected readonly log: EventLog) {}

  readStream(stream: string): Promise<readonly StoredEvent[]> {
    return this.log.readStream(stream);
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.log.readLast(stream);
  }

  readAll(after: number, limit: number, signal?: AbortSignal): Promise<LogPage> {
    return this.log.readAll(after, limit, signal);
  }

  readAt(position: number): Promise<StoredEvent | undefined> {
    return this.log.readAt(position);
  }

  head(): Promise<number> {
    return this.log.head();
  }

  countAfter(position: number): Promise<number | undefined> {
    return this.log.countAfter(position);
  }

  onAppended(listener: () => void): Unsubscribe {
    return this.log.onAppended(listener);
  }

  close(): Promise<void> {
    return this.log.close();
  }
}
