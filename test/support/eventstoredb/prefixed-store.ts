import {
  LOG_START,
  type AppendOutcome,
  type EventStore,
  type LogPage,
  type StoredEvent,
  type StreamAppend,
  type Unsubscribe,
} from '../../../src/ports/event-store.js';

/**
 * A store as if it had no prefix and began at a position: lets a suite that names streams as it
 * likes share a server with others.
 */
export class PrefixedStore implements EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly prefix: string,
    private readonly start: number,
  ) {}

  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    return this.store.append(
      appends.map((append) => ({ ...append, stream: `${this.prefix}${append.stream}` })),
    );
  }

  ping(): Promise<void> {
    return this.store.ping();
  }

  async readStream(stream: string): Promise<readonly StoredEvent[]> {
    return (await this.store.readStream(`${this.prefix}${stream}`)).map(this.withoutPrefix);
  }

  async readLast(stream: string): Promise<StoredEvent | undefined> {
    const event = await this.store.readLast(`${this.prefix}${stream}`);
    return event && this.withoutPrefix(event);
  }

  async readAll(after: number, limit: number): Promise<LogPage> {
    const page = await this.store.readAll(after === LOG_START ? this.start : after, limit);
    return { ...page, events: page.events.map(this.withoutPrefix) };
  }

  async readEnd(limit: number): Promise<LogPage> {
    const page = await this.store.readEnd(limit);
    const ours = page.events.filter(({ stream }) => stream.startsWith(this.prefix));
    return { ...page, events: ours.map(this.withoutPrefix) };
  }

  async readAt(position: number): Promise<StoredEvent | undefined> {
    const event = await this.store.readAt(position);
    return event && this.withoutPrefix(event);
  }

  head(): Promise<number> {
    return this.store.head();
  }

  countAfter(position: number): Promise<number | undefined> {
    return this.store.countAfter(position);
  }

  onAppended(listener: () => void): Unsubscribe {
    return this.store.onAppended(listener);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private readonly withoutPrefix = (event: StoredEvent): StoredEvent => ({
    ...event,
    stream: event.stream.slice(this.prefix.length),
  });
}
