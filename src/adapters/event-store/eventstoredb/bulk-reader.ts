import { backOffMs, type BackOff } from '../../../domain/back-off.js';
import type { LogPage } from '../../../ports/event-store.js';
import { ReadingFailed, ReadingProcess } from './reading-process.js';
import type { SuccessorTarget } from './successor-target.js';

/** Reads pages of the log with the client's successor, many times faster than the client. */
export class BulkReader {
  private process: ReadingProcess | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private failuresInARow = 0;
  private restUntil = -Infinity;
  private isClosed = false;
  /** Says whether our events are so sparse here that the server looks for them in vain. */
  private isSparse = false;
  /** Says why the successor does not read now; undefined if it does. */
  private failure: string | undefined;
  private hasTold = false;

  constructor(private readonly options: BulkReaderOptions) {}

  /** Returns at most `limit` events of ours after a position; undefined if it cannot now. */
  private readAll(after: number, limit: number): Promise<LogPage | undefined> {
    const page = this.last.then(() => this.attempt(after, limit));
    this.last = page;
    return page;
  }

  /** Reads a page, or calls `read` for it where the successor cannot. */
  async readAllOr(after: number, limit: number, read: () => Promise<LogPage>): Promise<LogPage> {
    const page = await this.readAll(after, limit);
    if (page !== undefined) return page;
    const instead = await read();
    // If `read` fails too, the event store is to blame, and not the successor.
    if (!this.hasTold && this.failure !== undefined) this.options.onSlow?.(this.failure);
    this.hasTold ||= this.failure !== undefined;
    return instead;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.end();
    await this.last;
  }

  private async attempt(after: number, limit: number): Promise<LogPage | undefined> {
    if (this.isClosed || performance.now() < this.restUntil) return undefined;
    try {
      const page = await this.page(after, limit);
      this.failuresInARow = 0;
      this.failure = undefined;
      return page;
    } catch (error) {
      const { restMsMin: minMs = REST.minMs } = this.options;
      this.restUntil = performance.now() + backOffMs({ ...REST, minMs }, this.failuresInARow);
      this.failuresInARow += 1;
      this.failure = (error as Error).message;
      return undefined;
    }
  }

  /** Reads a page. A failure ends the process, so that nothing of the read is left behind. */
  private async page(after: number, limit: number): Promise<LogPage> {
    const { target, prefix, silenceMsMax, lookingMsMax = LOOKING_MS_MAX } = this.options;
    const isFiltered = !this.isSparse;
    try {
      this.process ??= new ReadingProcess({ target, prefix });
      const limits = { silenceMsMax, lookingMsMax: isFiltered ? lookingMsMax : silenceMsMax };
      const page = await this.process.page({ after, limit, isFiltered }, limits);
      this.isSparse &&= !page.isEnd && page.events.length < limit / SPARSE;
      return page;
    } catch (error) {
      await this.end();
      this.isSparse = isFiltered && error instanceof ReadingFailed && error.isInVain;
      if (!this.isSparse || this.isClosed) throw error;
      return this.page(after, limit);
    }
  }

  private async end(): Promise<void> {
    const ending = this.process;
    this.process = undefined;
    await ending?.end();
  }
}

/**
 * The time in milliseconds for which a filtered read may find no event of ours. After it the read
 * takes foreign events too, which tell how far it has come.
 */
const LOOKING_MS_MAX = 2_500;
/** Reads stay unfiltered until one event in this many is ours again. */
const SPARSE = 100;
/** The pause after the successor failed. */
const REST: BackOff = { minMs: 5_000, maxMs: 600_000 };

/** Times in milliseconds. */
export interface BulkOptions {
  /** Called once, when the client has read, far more slowly, a page meant for the successor. */
  readonly onSlow?: (reason: string) => void;
  readonly lookingMsMax?: number;
  readonly restMsMin?: number;
}

export interface BulkReaderOptions extends BulkOptions {
  readonly target: SuccessorTarget;
  readonly prefix: string;
  readonly silenceMsMax: number;
}
