import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { PlayheadError } from '../../../domain/errors.js';
import {
  LOG_START,
  type AppendOutcome,
  type EventStore,
  type LogPage,
  type StoredEvent,
  type StreamAppend,
  type Unsubscribe,
} from '../../../ports/event-store.js';
import { CalledThread } from '../../../threads/called-thread.js';
import { checkFile } from '../../sqlite/database.js';
import { unwritable } from '../../sqlite/file-faults.js';
import { EmbeddedEventLog } from './embedded-event-log.js';
import { BLOCK_EVENTS_MAX } from './event-block.js';
import { LOG_DATABASE } from './log-schema.js';
import type { AppendedGroup, LogFunctions } from './log-writer.worker.js';
import { packedAppends, serialized, type SerializedAppend } from './packed-appends.js';

/**
 * The log in one SQLite file. A thread of its own writes all waiting appends in one durable
 * transaction (group commit); this thread reads.
 */
export class EmbeddedEventStore implements EventStore {
  private readonly waiting: Waiting[] = [];
  /** The number of groups that the thread has; meanwhile the next one gathers. */
  private inFlight = 0;
  /** The reason why nothing can be written any more. */
  private failure: unknown;
  /** The reason why the last group failed. It may pass, as when a full disk gets space again. */
  private trouble: unknown;
  /** The callbacks of pings, which wait for the outcome of the next group. */
  private readonly pings: (() => void)[] = [];

  private constructor(
    private readonly path: string,
    private readonly thread: CalledThread<LogFunctions>,
    private readonly log: EmbeddedEventLog,
  ) {
    void thread.ended.then((death = new Error('the event store is closed')) => {
      this.fail(death);
    });
  }

  /** Opens the log of a file, and makes the file if it is not there. */
  static async open(path: string): Promise<EmbeddedEventStore> {
    checkFile(path, LOG_DATABASE.schemaVersion);
    const url = new URL('./log-writer.worker.js', import.meta.url);
    const worker = new Worker(url, { workerData: path });
    try {
      await once(worker, 'message');
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    const log = new EmbeddedEventLog(path);
    log.followEnds();
    return new EmbeddedEventStore(path, new CalledThread(worker), log);
  }

  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    const outcomes = appends.map(
      (append) =>
        new Promise<AppendOutcome>((settle) => {
          this.waiting.push({ append: serialized(append), settle });
        }),
    );
    this.sendGroup();
    return Promise.all(outcomes);
  }

  readStream(stream: string): Promise<readonly StoredEvent[]> {
    return this.log.readStream(stream);
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.log.readLast(stream);
  }

  readAll(after: number, limit: number): Promise<LogPage> {
    return this.log.readAll(after, limit);
  }

  /** Positions of this log have no gaps. */
  async readEnd(limit: number): Promise<LogPage> {
    const head = await this.head();
    const page = await this.log.readAll(Math.max(LOG_START, head - limit), limit);
    return { ...page, isEnd: true };
  }

  readAt(position: number): Promise<StoredEvent | undefined> {
    return this.log.readAt(position);
  }

  head(): Promise<number> {
    return this.failure === undefined ? this.log.head() : Promise.reject(this.unavailable());
  }

  /** Waits for the outcome of the next group; sends an empty group if none is on its way. */
  async ping(): Promise<void> {
    if (this.failure === undefined) {
      const heard = this.nextOutcome();
      this.sendGroup();
      await heard;
    }
    if (this.failure !== undefined || this.trouble !== undefined) throw this.unavailable();
  }

  countAfter(position: number): Promise<number> {
    return this.log.countAfter(position);
  }

  onAppended(listener: () => void): Unsubscribe {
    return this.log.onAppended(listener);
  }

  /** Writes the appends that were handed over, then closes the file. */
  async close(): Promise<void> {
    await this.log.close();
    while (this.inFlight > 0) await this.nextOutcome();
    await this.thread.stop();
  }

  private unavailable(): PlayheadError {
    const { failure, trouble, path } = this;
    const message = unwritable('the event log', trouble);
    const cause = new Error(path, { cause: failure ?? trouble });
    return Object.assign(new PlayheadError('STORE_UNAVAILABLE', message), { cause });
  }

  private sendGroup(): void {
    // A full group waits at the thread itself, so that the disk is never idle under load.
    const isWorthIt =
      this.inFlight === 0
        ? this.waiting.length + this.pings.length > 0
        : this.inFlight < GROUPS_IN_FLIGHT_MAX && this.waiting.length >= BLOCK_EVENTS_MAX;
    if (!isWorthIt) return;
    if (this.failure !== undefined) {
      this.fail(this.failure);
      return;
    }
    void this.write(this.waiting.splice(0, groupLength(this.waiting)));
  }

  private nextOutcome(): Promise<void> {
    return new Promise((resolve) => {
      this.pings.push(resolve);
    });
  }

  private async write(group: readonly Waiting[]): Promise<void> {
    const packed = packedAppends(group.map(({ append }) => append));
    let appended: AppendedGroup | undefined;
    this.inFlight += 1;
    try {
      appended = await this.thread.call({ kind: 'append', ...packed });
      this.trouble = undefined;
    } catch (error) {
      this.trouble = error;
    }
    this.inFlight -= 1;
    for (const heard of this.pings.splice(0)) heard();
    this.sendGroup();
    group.forEach(({ append, settle }, i) => {
      const outcome = appended?.outcomes[i] ?? { kind: 'unknown', cause: this.unavailable() };
      if (outcome.kind === 'appended') this.log.noteEnd(append.stream, outcome);
      settle(outcome);
    });
    if (appended !== undefined) this.log.forgetEnds(appended.indexed);
    if (group.length > 0) this.log.wake();
  }

  private fail(cause: unknown): void {
    this.failure ??= cause;
    for (const heard of this.pings.splice(0)) heard();
    const lost = this.waiting.splice(0);
    for (const { settle } of lost) settle({ kind: 'unknown', cause: this.unavailable() });
  }
}

/** Events in one group: bounds the length of a transaction, and with it every caller's wait. */
const GROUP_EVENTS_MAX = 5_000;
/** Groups that the log's thread has at a time. */
const GROUPS_IN_FLIGHT_MAX = 2;

interface Waiting {
  readonly append: SerializedAppend;
  readonly settle: (outcome: AppendOutcome) => void;
}

/** Returns how many of the waiting appends make a group: at least 1, if any wait. */
function groupLength(waiting: readonly Waiting[]): number {
  let length = 0;
  let events = 0;
  for (const { append } of waiting) {
    events += append.events.length;
    if (length > 0 && events > GROUP_EVENTS_MAX) break;
    length += 1;
  }
  return length;
}
