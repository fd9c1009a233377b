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
import { AppendBell } from './append-bell.js';
import { refusedAppend } from '../../../ports/refused-append.js';
import { Appender } from './appender.js';
import { BulkReader, type BulkOptions } from './bulk-reader.js';
import { Connection } from './connection.js';
import { unavailable, whyNotOpened } from './failure.js';
import { searchPrefix, type OnSearch } from './prefix-search.js';
import { LogReader } from './log-reader.js';
import { ServerClock } from './server-clock.js';
import { NothingCame } from './read-through.js';
import { successorTarget } from './successor-target.js';

/** Longer than a change of leaders mostly takes; the command sends its append again after that. */
const APPEND_DEADLINE_MS = 5_000;
/** A stream has fewer events. */
const REVISION_NEVER_REACHED = 2 ** 31 - 2;
/** A read of which nothing comes for so long is given up. */
const SILENCE_MS_MAX = 5_000;

/** Events looked at in a page where the server does not leave out what is not ours. */
const PAGE_EVENTS = 5_000;

export interface EventStoreDbOptions {
  /** A connection string, `esdb://user:password@host:2113`; credentials and TLS go with it. */
  readonly url: string;
  /** What the names of our streams begin with; everything else in the store is foreign. */
  readonly prefix: string;
  /** How long an append may take, in milliseconds, until its outcome counts as unknown. */
  readonly appendDeadlineMs?: number;
  /** How long a read may bring nothing, in milliseconds. */
  readonly silenceMsMax?: number;
  /** There if pages of the log are to be read by the successor of the client, where it runs. */
  readonly bulk?: BulkOptions;
}

/**
 * The log in EventStoreDB or KurrentDB, 22.6 or newer: all by way of the leader. It connects by
 * itself, again and again; while it cannot, reads throw and appends are unknown. A connection over
 * which nothing comes is left for another.
 */
export class EventStoreDbEventStore implements EventStore {
  readonly clock: ServerClock;
  private readonly connection: Connection;
  private readonly reader: LogReader;
  private readonly appender: Appender;
  private readonly bell: AppendBell;
  private readonly prefix: string;
  private readonly silenceMsMax: number;
  private readonly bulk: BulkReader | undefined;

  private constructor(options: EventStoreDbOptions) {
    const { url, prefix, silenceMsMax = SILENCE_MS_MAX } = options;
    this.prefix = prefix;
    this.silenceMsMax = silenceMsMax;
    this.connection = Connection.to(url);
    this.clock = new ServerClock(this.connection, silenceMsMax);
    this.reader = new LogReader({ client: this.connection.client, prefix, silenceMsMax });
    this.appender = new Appender(this.connection, options.appendDeadlineMs ?? APPEND_DEADLINE_MS);
    this.bell = new AppendBell(this.connection, prefix);
    if (options.bulk === undefined) return;
    const target = successorTarget(this.connection.full);
    this.bulk = new BulkReader({ ...options.bulk, target, prefix, silenceMsMax });
  }

  /**
   * Connects, and reads to see that it may. BadEventStoreUrl for a string that cannot be used,
   * EventStoreDenied for credentials that do not do; STORE_UNAVAILABLE, with a line for the
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
   * The limit may count events of the store: of them only ours are returned, so it may be none.
   * What the successor cannot read, for whatever reason, the client reads, or says why not.
   */
  readAll(after: number, limit: number): Promise<LogPage> {
    const read = (): Promise<LogPage> => this.reaching(this.reader.readAll(after, limit));
    return this.bulk === undefined ? read() : this.bulk.readAllOr(after, limit, read);
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

  /** Whether it holds anything under our prefix; a shared store may take long to look through. */
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
    this.bell.close();
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
      // A deleted stream begins anew where it had ended, also for whoever expects none.
      return { kind: 'refused', reason: 'cut-off' };
    }
    if (reply.kind === 'stored' && reply.position !== undefined) {
      return { kind: 'appended', position: reply.position, revision };
    }
    return this.placeOf(append).catch((error: unknown) => this.unknown(error));
  }

  /** Where an append is stored, directly after its expected revision; a conflict if it is not. */
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

  /** Leaves the connection that a read was begun on a moment ago, if nothing comes of it. */
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
