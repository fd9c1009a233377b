import {
  LOG_START,
  NO_STREAM,
  repetitionOrConflict,
  type AppendOutcome,
  type EventStore,
  type LogPage,
  type StoredEvent,
  type StreamAppend,
  type Unsubscribe,
} from '../../../src/ports/event-store.js';

/** The reference of what an event store does: everything in memory, gone with the process. */
export class MemoryEventStore implements EventStore {
  private readonly log: StoredEvent[] = [];
  private readonly streams = new Map<string, StoredEvent[]>();
  protected readonly listeners = new Set<() => void>();

  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    const outcomes = appends.map((append) => this.appendOne(append));
    for (const listener of this.listeners) listener();
    return Promise.resolve(outcomes);
  }

  readStream(stream: string): Promise<readonly StoredEvent[]> {
    return Promise.resolve([...(this.streams.get(stream) ?? [])]);
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return Promise.resolve(this.streams.get(stream)?.at(-1));
  }

  readAll(after: number, limit: number): Promise<LogPage> {
    const events = this.log.slice(after, after + limit);
    const scanned = events.at(-1)?.position ?? after;
    return Promise.resolve({ events, scanned, isEnd: events.length < limit });
  }

  readEnd(limit: number): Promise<LogPage> {
    const scanned = this.log.length + LOG_START;
    return Promise.resolve({ events: this.log.slice(-limit), scanned, isEnd: true });
  }

  readAt(position: number): Promise<StoredEvent | undefined> {
    return Promise.resolve(this.log[position - LOG_START - 1]);
  }

  head(): Promise<number> {
    return Promise.resolve(this.log.length + LOG_START);
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  countAfter(position: number): Promise<number> {
    return Promise.resolve(Math.max(0, this.log.length - position));
  }

  onAppended(listener: () => void): Unsubscribe {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): Promise<void> {
    this.listeners.clear();
    return Promise.resolve();
  }

  private appendOne({ stream, expectedRevision, events }: StreamAppend): AppendOutcome {
    const existing = this.streams.get(stream) ?? [];
    if (existing.length + NO_STREAM !== expectedRevision) {
      const ids = events.map(({ id }) => id);
      return repetitionOrConflict(ids, existing.slice(expectedRevision + 1));
    }
    const stored = events.map((event, i) => ({
      ...event,
      stream,
      revision: expectedRevision + 1 + i,
      position: this.log.length + 1 + i,
    }));
    this.log.push(...stored);
    this.streams.set(stream, [...existing, ...stored]);
    const { position, revision } = stored.at(-1) as StoredEvent;
    return { kind: 'appended', position, revision };
  }
}
