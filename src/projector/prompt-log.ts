import { PlayheadError } from '../domain/errors.js';
import { SECOND_MS } from '../domain/time.js';
import type { EventLog, LogPage, StoredEvent, Unsubscribe } from '../ports/event-store.js';

/**
 * How long a read of the log may take. A page takes a second or two where reading is slowest; what
 * takes longer than this never comes, and is asked for anew rather than waited for in silence.
 */
const READ_MS_MAX = 30 * SECOND_MS;

/** A log whose reads either come in time or fail: STORE_UNAVAILABLE. */
export class PromptLog implements EventLog {
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

  readAll(after: number, limit: number): Promise<LogPage> {
    return this.inTime(this.log.readAll(after, limit));
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

  private inTime<Result>(read: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const seconds = String(this.readMsMax / SECOND_MS);
        reject(new PlayheadError('STORE_UNAVAILABLE', `the log was silent for ${seconds} s`));
      }, this.readMsMax);
      read.then(resolve, reject).finally(() => {
        clearTimeout(timer);
      });
    });
  }
}
