import { setImmediate as nextTurn } from 'node:timers/promises';
import { PlayheadError } from '../../../domain/errors.js';
import {
  LOG_START,
  type EventLog,
  type LogPage,
  type StoredEvent,
  type Unsubscribe,
} from '../../../ports/event-store.js';
import { openForReading } from '../../sqlite/database.js';
import { EmbeddedLogReader, type StreamHead } from './log-reader.js';

/** Reads the log of a data folder, from any thread. Its writer wakes its listeners. */
export class EmbeddedEventLog implements EventLog {
  private readonly reader: EmbeddedLogReader;
  private readonly listeners = new Set<() => void>();
  /** The ends of streams that the file's index does not know yet; undefined if not followed. */
  private ends: Map<string, StreamHead> | undefined;

  constructor(path: string) {
    this.reader = new EmbeddedLogReader(openForReading(path));
  }

  async readStream(stream: string): Promise<readonly StoredEvent[]> {
    const head = await this.read(() => this.headOf(stream));
    if (head === undefined) return [];
    const events = await this.inSteps(this.reader.walk(stream, head));
    return events ?? this.inSteps(this.reader.search(stream, head));
  }

  async readLast(stream: string): Promise<StoredEvent | undefined> {
    const head = await this.read(() => this.headOf(stream));
    if (head === undefined) return undefined;
    const event = await this.read(() => this.reader.readAt(head.last));
    const isIt = event?.stream === stream && event.revision === head.revision;
    return isIt ? event : (await this.inSteps(this.reader.search(stream, head))).at(-1);
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

  /** Begins to follow the ends of streams: from here on the writer of the log reports them. */
  followEnds(): void {
    this.ends = new Map(this.reader.unindexed());
  }

  noteEnd(
    stream: string,
    { revision, position: last }: Pick<StoredEvent, 'revision' | 'position'>,
  ): void {
    if (this.ends === undefined || last <= (this.ends.get(stream)?.last ?? LOG_START)) return;
    // The newest entry is put last, so that the oldest come first.
    this.ends.delete(stream);
    this.ends.set(stream, { revision, last });
  }

  /** Forgets the ends up to a position, to which the file's index goes now. */
  forgetEnds(indexed: number): void {
    for (const [stream, { last }] of this.ends ?? []) {
      if (last > indexed) return;
      this.ends?.delete(stream);
    }
  }

  /** Tells the listeners that there may be new events. */
  wake(): void {
    for (const listener of this.listeners) listener();
  }

  close(): Promise<void> {
    this.listeners.clear();
    this.reader.close();
    return Promise.resolve();
  }

  private headOf(stream: string): StreamHead | undefined {
    const ends = this.ends ?? this.reader.unindexed();
    return ends.get(stream) ?? this.reader.headOf(stream);
  }

  /** Runs a generator to its end; others have their turn between two steps. */
  private async inSteps<Result>(steps: Generator<void, Result>): Promise<Result> {
    for (;;) {
      const step = await this.read(() => steps.next());
      if (step.done === true) return step.value;
      await nextTurn();
    }
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
