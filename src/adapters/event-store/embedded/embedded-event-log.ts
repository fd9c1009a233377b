import { PlayheadError } from '../../../domain/errors.js';
import type { EventLog, LogPage, StoredEvent, Unsubscribe } from '../../../ports/event-store.js';
import { openForReading } from '../../sqlite/database.js';
import { LogReader } from './log-reader.js';

/** The log of a data folder, for reading, from any thread; whoever learns of appends rings. */
export class EmbeddedEventLog implements EventLog {
  private readonly reader: LogReader;
  private readonly listeners = new Set<() => void>();

  constructor(path: string) {
    this.reader = new LogReader(openForReading(path));
  }

  readStream(stream: string): Promise<readonly StoredEvent[]> {
    return this.read(() => this.reader.readStream(stream));
  }

  readAll(after: number, limit: number): Promise<LogPage> {
    return this.read(() => this.reader.readAll(after, limit));
  }

  readAt(position: number): Promise<StoredEvent | undefined> {
    return this.read(() => this.reader.readAt(position));
  }

  head(): Promise<number> {
    return this.read(() => this.reader.head());
  }

  /** Positions of this log have no gaps. */
  async countAfter(position: number): Promise<number> {
    return Math.max(0, (await this.head()) - position);
  }

  onAppended(listener: () => void): Unsubscribe {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells the listeners that there may be new events. */
  ring(): void {
    for (const listener of this.listeners) listener();
  }

  close(): Promise<void> {
    this.listeners.clear();
    this.reader.close();
    return Promise.resolve();
  }

  private read<Result>(work: () => Result): Promise<Result> {
    try {
      return Promise.resolve(work());
    } catch (cause) {
      const unavailable = new PlayheadError('STORE_UNAVAILABLE', 'the event log cannot be read');
      return Promise.reject(Object.assign(unavailable, { cause }));
    }
  }
}
