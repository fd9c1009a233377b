import { randomUUID } from 'node:crypto';
import type {
  AppendOutcome,
  EventStore,
  LogPage,
  StoredEvent,
  StreamAppend,
  Unsubscribe,
} from '../../../ports/event-store.js';
import { AppendBell } from './append-bell.js';
import { Appender } from './appender.js';
import { Connection } from './connection.js';
import { unavailable, whyNotOpened } from './failure.js';
import { LogReader } from './log-reader.js';

/** Longer than a change of leaders mostly takes; the command sends its append again after that. */
const APPEND_DEADLINE_MS = 5_000;
/** A stream has fewer events. */
const REVISION_NEVER_REACHED = 2 ** 31 - 2;
/** A read of which nothing comes for so long is given up. */
const SILENCE_MS_MAX = 10_000;

export interface EventStoreDbOptions {
  /** A connection string, `esdb://user:password@host:2113`; credentials and TLS go with it. */
  readonly url: string;
  /** What the names of our streams begin with; everything else in the store is foreign. */
  readonly prefix: string;
  /** How long an append may take, in milliseconds, until its outcome counts as unknown. */
  readonly appendDeadlineMs?: number;
  /** How long a read may bring nothing, in milliseconds. */
  readonly silenceMsMax?: number;
}

/**
 * The log in EventStoreDB or KurrentDB, 22.6 or newer: all by way of the leader. It connects by
 * itself, again and again; while it cannot, reads throw and appends are unknown.
 */
export class EventStoreDbEventStore implements EventStore {
  private readonly connection: Connection;
  private readonly reader: LogReader;
  private readonly appender: Appender;
  private readonly bell: AppendBell;
  private readonly prefix: string;

  private constructor(options: EventStoreDbOptions) {
    const { url, prefix, silenceMsMax = SILENCE_MS_MAX } = options;
    this.prefix = prefix;
    this.connection = Connection.to(url);
    this.reader = new LogReader({ client: this.connection.client, prefix, silenceMsMax });
    this.appender = new Appender(this.connection, options.appendDeadlineMs ?? APPEND_DEADLINE_MS);
    this.bell = new AppendBell(this.connection, prefix);
  }

  /**
   * Connects, and reads to see that it may. BadEventStoreUrl for a string that cannot be used,
   * EventStoreDenied for credentials that do not do; STORE_UNAVAILABLE, with a line for the
   * operator, if the server cannot be used.
   */
  static async open(options: EventStoreDbOptions): Promise<EventStoreDbEventStore> {
    const store = new EventStoreDbEventStore(options);
    try {
      await store.reader.head();
      return store;
    } catch (cause) {
      await store.close();
      throw whyNotOpened(cause, store.connection.address);
    }
  }

  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    return Promise.all(appends.map((append) => this.appendOne(append)));
  }

  readStream(stream: string): Promise<readonly StoredEvent[]> {
    return this.reaching(this.reader.readStream(stream));
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.reaching(this.reader.readLast(stream));
  }

  /** The limit counts events of the store: of them only ours are returned, so it may be none. */
  readAll(after: number, limit: number): Promise<LogPage> {
    return this.reaching(this.reader.readAll(after, limit));
  }

  readAt(position: number): Promise<StoredEvent | undefined> {
    return this.reaching(this.reader.readAt(position));
  }

  /** The position of the store's last event, whosever it is. */
  head(): Promise<number> {
    return this.reaching(this.reader.head());
  }

  /**
   * An append that has to conflict: its stream never gets so far. The leader alone says so; whether
   * a majority follows it, an append like this cannot tell.
   */
  async ping(): Promise<void> {
    const event = { id: randomUUID(), type: 'ping', version: 1, recordedAt: 0, data: {} };
    const stream = `${this.prefix}ping`;
    const append = { stream, expectedRevision: REVISION_NEVER_REACHED, events: [event] };
    const reply = await this.appender.append(append);
    if (reply.kind === 'unknown') throw unavailable(reply.cause, this.connection.address);
  }

  /** Positions are bytes, and others write too: nothing counts our events. */
  countAfter(): Promise<number | undefined> {
    return Promise.resolve(undefined);
  }

  onAppended(listener: () => void): Unsubscribe {
    return this.bell.onAppended(listener);
  }

  /** Waits for the appends that were handed over, then ends all calls. */
  async close(): Promise<void> {
    this.bell.close();
    await this.appender.close();
    await this.connection.close();
  }

  private async appendOne(append: StreamAppend): Promise<AppendOutcome> {
    const reply = await this.appender.append(append);
    if (reply.kind === 'unknown') return this.unknown(reply.cause);
    if (reply.kind === 'stored' && reply.position !== undefined) {
      const revision = append.expectedRevision + append.events.length;
      return { kind: 'appended', position: reply.position, revision };
    }
    return this.placeOf(append).catch((error: unknown) => this.unknown(error));
  }

  /** Where an append is stored, directly after its expected revision; a conflict if it is not. */
  private async placeOf(append: StreamAppend): Promise<AppendOutcome> {
    const { stream, expectedRevision, events } = append;
    const found = await this.reader.readStream(stream, expectedRevision + 1, events.length);
    const last = found.at(-1);
    const isSame =
      found.length === events.length && found.every(({ id }, i) => id === events[i]?.id);
    if (!isSame || last === undefined) return { kind: 'conflict' };
    return { kind: 'appended', position: last.position, revision: last.revision };
  }

  private unknown(error: unknown): AppendOutcome {
    return { kind: 'unknown', cause: unavailable(error, this.connection.address).cause };
  }

  private async reaching<Result>(reading: Promise<Result>): Promise<Result> {
    try {
      return await reading;
    } catch (error) {
      throw unavailable(error, this.connection.address);
    }
  }
}
