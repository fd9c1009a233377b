import { randomUUID } from 'node:crypto';
import { StreamDeletedError } from '@eventstore/db-client';
import {
  repetitionOrConflict,
  type AppendOutcome,
  type EventStore,
  type LogPage,
  type StoredEvent,
  type StreamAppend,
  type Unsubscribe,
} from '../../../ports/event-store.js';
import { AppendWakeUps } from './append-wake-ups.js';
import { refusedAppend } from '../../../ports/refused-append.js';
import { Appender } from './appender.js';
import { BulkReader, type BulkOptions } from './bulk-reader.js';
import { EventStoreDbConnection } from './connection.js';
import { unavailable, whyNotOpened } from './failure.js';
import { searchPrefix, type OnSearch } from './prefix-search.js';
import { EventStoreDbReader } from './log-reader.js';
import { ServerClock } from './server-clock.js';
import { NothingCame } from './consume-read.js';
import { successorTarget } from './successor-target.js';

/**
 * The log in EventStoreDB or KurrentDB, 22.6 or newer; the leader does everything. The store
 * connects by itself, again and again; while it cannot, reads throw and appends are unknown. It
 * leaves a connection over which nothing comes.
 */
export class EventStoreDbEventStore implements EventStore {
  readonly clock: ServerClock;
  private readonly connection: EventStoreDbConnection;
  private readonly reader: EventStoreDbReader;
  private readonly appender: Appender;
  private readonly wakeUps: AppendWakeUps;
  private readonly prefix: string;
  private readonly silenceMsMax: number;
  private readonly bulk: BulkReader | undefined;

  private constructor(options: EventStoreDbOptions) {
    const { url, prefix, silenceMsMax = SILENCE_MS_MAX } = options;
    this.prefix = prefix;
    this.silenceMsMax = silenceMsMax;
    this.connection = EventStoreDbConnection.to(url);
    this.clock = new ServerClock(this.connection, silenceMsMax);
    this.reader = new EventStoreDbReader({ client: this.connection.client, prefix, silenceMsMax });
    this.appender = new Appender(this.connection, options.appendDeadlineMs ?? APPEND_DEADLINE_MS);
    this.wakeUps = new AppendWakeUps(this.connection, prefix);
    if (options.bulk === undefined) return;
    const target = successorTarget(this.connection.full);
    this.bulk = new BulkReader({ ...options.bulk, target, prefix, silenceMsMax });
  }

  /**
   * Connects, and checks by a read that it may. Throws BadEventStoreUrl for an unusable string,
   * EventStoreDenied for credentials without the rights; STORE_UNAVAILABLE, with a line for the
   * operator, if the server cannot be used.
   */
  static async open(options: EventStoreDbOptions): Promise<EventStoreDbEventStore> {
    const store = new EventStoreDbEventStore(options);
    try {
      await store.watched(store.reader.head());
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

  /**
   * Reads a page. The limit may count all events of the store, of which only ours are returned, so
   * that a page may be empty. The client reads what the successor cannot, or says why not.
   */
  readAll(after: number, limit: number, signal?: AbortSignal): Promise<LogPage> {
    const read = (): Promise<LogPage> => this.reaching(this.reader.readAll(after, limit, signal));
    return this.bulk === undefined ? read() : this.bulk.readAllOr({ after, limit, signal }, read);
  }

  readEnd(limit: number): Promise<LogPage> {
    return this.reaching(this.reader.readEnd(limit));
  }

  readAt(position: number): Promise<StoredEvent | undefined> {
    return this.reaching(this.reader.readAt(position));
  }

  /** Returns the position of the store's last event, ours or not. */
  head(): Promise<number> {
    return this.reaching(this.reader.head());
  }

  /**
   * Sends an append that must conflict, since its stream never gets so far. It shows that the
   * leader answers, but not whether a majority follows the leader.
   */
  async ping(): Promise<void> {
    const event = { id: randomUUID(), type: 'ping', version: 1, recordedAt: 0, data: {} };
    const stream = `${this.prefix}ping`;
    const append = { stream, expectedRevision: REVISION_NEVER_REACHED, events: [event] };
    const reply = await this.appender.append(append);
    if (reply.kind === 'unknown') throw unavailable(reply.cause, this.connection.address);
  }

  /** Positions are bytes, and other programs write too: nothing counts our events. */
  countAfter(): Promise<number | undefined> {
    return Promise.resolve(undefined);
  }

  onAppended(listener: () => void): Unsubscribe {
    return this.wakeUps.onAppended(listener);
  }

  /** Says whether the store holds events under our prefix. In a shared store it may take long. */
  async holdsEvents(onSearch: OnSearch): Promise<boolean> {
    const end = await this.head();
    const { connection, prefix, silenceMsMax } = this;
    const search = { connection, prefix, end, silenceMsMax, onSearch };
    const finding = await this.reaching(searchPrefix(search));
    if (finding.kind !== 'silent') return finding.kind === 'found';
    let after = finding.scanned;
    for (;;) {
      const { events, scanned, isEnd } = await this.readAll(after, PAGE_EVENTS);
      if (events.length > 0 || isEnd) return events.length > 0;
      onSearch(scanned, end);
      after = scanned;
    }
  }

  /** Waits for the appends that were handed over, then ends all calls. */
  async close(): Promise<void> {
    this.wakeUps.close();
    await this.bulk?.close();
    await this.appender.close();
    await this.connection.close();
  }

  private async appendOne(append: StreamAppend): Promise<AppendOutcome> {
    const reply = await this.appender.append(append);
    if (reply.kind === 'unknown') return this.unknown(reply.cause);
    if (reply.kind === 'refused') return reply;
    const revision = append.expectedRevision + append.events.length;
    if (reply.kind === 'stored' && reply.revision !== undefined && reply.revision !== revision) {
      // A deleted stream begins anew at its old end, even for an append that expects no stream.
      return { kind: 'refused', reason: 'cut-off' };
    }
    if (reply.kind === 'stored' && reply.position !== undefined) {
      return { kind: 'appended', position: reply.position, revision };
    }
    return this.placeOf(append).catch((error: unknown) => this.unknown(error));
  }

  /** Finds an append directly after its expected revision; a conflict if it is not stored there. */
  private async placeOf(append: StreamAppend): Promise<AppendOutcome> {
    const { stream, expectedRevision, events } = append;
    const found = await this.watched(
      this.reader.readStream(stream, expectedRevision + 1, events.length),
    );
    return repetitionOrConflict(
      events.map(({ id }) => id),
      found,
    );
  }

  private unknown(error: unknown): AppendOutcome {
    return { kind: 'unknown', cause: unavailable(error, this.connection.address).cause };
  }

  private async reaching<Result>(reading: Promise<Result>): Promise<Result> {
    try {
      return await this.watched(reading);
    } catch (error) {
      if (error instanceof StreamDeletedError) throw refusedAppend('deleted');
      throw unavailable(error, this.connection.address);
    }
  }

  /** Waits for a read that has just begun, and leaves its connection if nothing comes of it. */
  private async watched<Result>(reading: Promise<Result>): Promise<Result> {
    const leave = this.connection.wayOut();
    try {
      return await reading;
    } catch (error) {
      if (error instanceof NothingCame) leave();
      throw error;
    }
  }
}

/** Longer than most changes of leaders; afterwards the command sends its append again. */
const APPEND_DEADLINE_MS = 5_000;
/** A revision above that of any stream. */
const REVISION_NEVER_REACHED = 2 ** 31 - 2;
/** A read that brings nothing for this time is given up. */
const SILENCE_MS_MAX = 5_000;

/** Events that a page looks at where the server does not leave out foreign ones. */
const PAGE_EVENTS = 5_000;

export interface EventStoreDbOptions {
  /** A connection string, `esdb://user:password@host:2113`; credentials and TLS go with it. */
  readonly url: string;
  /** The beginning of our streams' names; everything else in the store is foreign. */
  readonly prefix: string;
  /** The time in milliseconds after which the outcome of an append counts as unknown. */
  readonly appendDeadlineMs?: number;
  /** The time in milliseconds for which a read may bring nothing. */
  readonly silenceMsMax?: number;
  /** Present if the client's successor is to read pages of the log, where it runs. */
  readonly bulk?: BulkOptions;
}
