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

  /** Reads a page, or calls `read` for it where the successor cannot. */
  async readAllOr(wanted: WantedPage, read: () => Promise<LogPage>): Promise<LogPage> {
    const attempt = this.last.then(() => this.attempt(wanted));
    this.last = attempt;
    const page = await attempt;
    if (page !== undefined) return page;
    wanted.signal?.throwIfAborted();
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

  /** Reads a page; undefined if it cannot now, or the read was given up. */
  private async attempt(wanted: WantedPage): Promise<LogPage | undefined> {
    if (this.isClosed || performance.now() < this.restUntil) return undefined;
    try {
      const page = await this.page(wanted);
      this.failuresInARow = 0;
      this.failure = undefined;
      return page;
    } catch (error) {
      // The successor is not to blame for a line that is slow.
      if (wanted.signal?.aborted === true) return undefined;
      const { restMsMin: minMs = REST.minMs } = this.options;
      this.restUntil = performance.now() + backOffMs({ ...REST, minMs }, this.failuresInARow);
      this.failuresInARow += 1;
      this.failure = (error as Error).message;
      return undefined;
    }
  }

  /** Reads a page. A failure ends the process, so that nothing of the read is left behind. */
  private async page({ after, limit, signal }: WantedPage): Promise<LogPage> {
    const { target, prefix, silenceMsMax, lookingMsMax = LOOKING_MS_MAX } = this.options;
    const isFiltered = !this.isSparse;
    try {
      this.process ??= new ReadingProcess({ target, prefix });
      const lookingLimit = isFiltered ? lookingMsMax : silenceMsMax;
      const limits = { silenceMsMax, lookingMsMax: lookingLimit, signal };
      const page = await this.process.page({ after, limit, isFiltered }, limits);
      this.isSparse &&= !page.isEnd && page.events.length < limit / SPARSE;
      return page;
    } catch (error) {
      await this.end();
      this.isSparse = isFiltered && error instanceof ReadingFailed && error.isInVain;
      if (!this.isSparse || this.isClosed) throw error;
      return this.page({ after, limit, signal });
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

/** The page to read. */
interface WantedPage {
  readonly after: number;
  /** The greatest number of events. */
  readonly limit: number;
  /** Gives the read up. */
  readonly signal: AbortSignal | undefined;
}
