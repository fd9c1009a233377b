import { PlayheadError } from '../domain/errors.js';
import { SECOND_MS } from '../domain/time.js';
import type { EventLog, LogPage, StoredEvent, Unsubscribe } from '../ports/event-store.js';
import { FittingLength } from './fitting-length.js';

/**
 * A log whose reads either come in time or fail with STORE_UNAVAILABLE. Its pages are as long as
 * the connection to it allows. A page that does not come in time is given up: its read would take
 * the line from the next one. A read of a single event ends when the store gives up its silence.
 */
export class TimeLimitedLog implements EventLog {
  private readonly pageLength = new FittingLength();

  constructor(
    private readonly log: EventLog,
    private readonly readMsMax = READ_MS_MAX,
  ) {}

  readStream(stream: string): Promise<readonly StoredEvent[]> {
    return this.inTime(this.log.readStream(stream));
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.inTime(this.log.readLast(stream));
  }

  async readAll(after: number, limit: number): Promise<LogPage> {
    const length = this.pageLength.of(limit);
    const startedAt = performance.now();
    try {
      const tooLong = new AbortController();
      const page = this.log.readAll(after, length, tooLong.signal);
      return await this.inTime(page, (reason) => {
        tooLong.abort(reason);
      });
    } finally {
      this.pageLength.learn(length, performance.now() - startedAt);
    }
  }

  readAt(position: number): Promise<StoredEvent | undefined> {
    return this.inTime(this.log.readAt(position));
  }

  head(): Promise<number> {
    return this.inTime(this.log.head());
  }

  countAfter(position: number): Promise<number | undefined> {
    return this.inTime(this.log.countAfter(position));
  }

  onAppended(listener: () => void): Unsubscribe {
    return this.log.onAppended(listener);
  }

  close(): Promise<void> {
    return this.log.close();
  }

  private inTime<Result>(
    read: Promise<Result>,
    giveUp: (reason: PlayheadError) => void = () => undefined,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const seconds = String(this.readMsMax / SECOND_MS);
        const message = `a read of the log took longer than ${seconds} s`;
        const reason = new PlayheadError('STORE_UNAVAILABLE', message);
        reject(reason);
        giveUp(reason);
      }, this.readMsMax);
      read.then(resolve, reject).finally(() => {
        clearTimeout(timer);
      });
    });
  }
}

/**
 * The longest time in milliseconds for a read of the log, whether it is silent or slow. The store
 * itself gives up a silent read, and ends it, well before. The slowest known reads take a second or
 * two for a page. After a read that takes longer than this a shorter page is tried.
 */
const READ_MS_MAX = 30 * SECOND_MS;
