import type { LogPage } from '../../../ports/event-store.js';
import { ReadingFailed, ReadingProcess } from './reading-process.js';
import type { SuccessorTarget } from './successor-target.js';

/**
 * How long a read may find nothing of ours, in milliseconds: what lies in between is so much then
 * that it is read whole, which tells how far that is.
 */
const LOOKING_MS_MAX = 2_500;
/** Until one of so many is ours again. */
const SPARSE = 100;
/** How long the successor is left alone after it failed, in ms; each time twice as long. */
const REST_MS_MIN = 5_000;
const REST_MS_MAX = 600_000;

/** Times in milliseconds. */
export interface BulkOptions {
  /** Called once, when the client has read what the successor was to, far more slowly. */
  readonly onSlow?: (reason: string) => void;
  readonly lookingMsMax?: number;
  readonly restMsMin?: number;
}

export interface BulkReaderOptions extends BulkOptions {
  readonly target: SuccessorTarget;
  readonly prefix: string;
  readonly silenceMsMax: number;
}

/** Pages of the log by way of the successor of the client, at many times the client's speed. */
export class BulkReader {
  private process: ReadingProcess | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private restMs = 0;
  private restUntil = -Infinity;
  private isClosed = false;
  /** Whether ours lie so far apart here that the server looks for them in vain. */
  private isSparse = false;
  /** Why it does not read now, if it does not. */
  private failure: string | undefined;
  private hasTold = false;

  constructor(private readonly options: BulkReaderOptions) {}

  /** The events of ours after a position, so many at most. Undefined where it cannot, for now. */
  private readAll(after: number, limit: number): Promise<LogPage | undefined> {
    const page = this.last.then(() => this.attempt(after, limit));
    this.last = page;
    return page;
  }

  /** Has a page read otherwise where it cannot. */
  async readAllOr(after: number, limit: number, read: () => Promise<LogPage>): Promise<LogPage> {
    const page = await this.readAll(after, limit);
    if (page !== undefined) return page;
    const instead = await read();
    // Otherwise it is the event store that does not work.
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
      this.restMs = 0;
      this.failure = undefined;
      return page;
    } catch (error) {
      const { restMsMin = REST_MS_MIN } = this.options;
      this.restMs = Math.min(Math.max(restMsMin, 2 * this.restMs), REST_MS_MAX);
      this.restUntil = performance.now() + this.restMs;
      this.failure = (error as Error).message;
      return undefined;
    }
  }

  /** Ends the process of a read that fails: nothing of it is left behind. */
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
