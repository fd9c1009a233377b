import { decodeEvent } from '../domain/event-codec.js';
import type { Clock } from '../ports/clock.js';
import type { EventLog, LogPage } from '../ports/event-store.js';
import type { ProjectionProgress } from '../ports/projection-control.js';
import type { Projection } from '../ports/projection.js';
import type { ReadModelWriter } from '../ports/read-model-store.js';
import { Doorbell } from './doorbell.js';
import { FoldFailed, ProjectionRunner, type Batch, type PlacedEvent } from './projection-runner.js';

/** One batch's events: bounds its memory and the length of its transactions. */
const BATCH_EVENTS_MAX = 5_000;
/** How long events gather after the bell: a batch costs much the same for one as for a hundred. */
const GATHER_MS = 10;
/** How often the log is looked at when nothing rings. */
const POLL_MS = 1_000;
/** The wait after a failure, doubled with each one in a row. */
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 5_000;

export interface ProjectorOptions {
  readonly storeId: string;
  readonly log: EventLog;
  readonly writer: ReadModelWriter;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  /** Told whenever a projection got further, and once at the start. */
  readonly onProgress: (progress: readonly ProjectionProgress[]) => void;
  /** Told of every failure: of those it tries again, and of those that stop a projection. */
  readonly onFailure: (error: unknown, isFinal: boolean) => void;
  /** The greatest batch, for tests of batching. */
  readonly batchEventsMax?: number;
}

/**
 * Folds a log into read models: one feed of batches, shared by all projections, each of which
 * commits its documents and its checkpoint together.
 */
export class Projector {
  private readonly news = new Doorbell();
  private readonly end = new Doorbell();
  private readonly running: Promise<void>;
  private isStopping = false;
  private retirements: Retirement[] = [];
  private failuresInARow = 0;

  private constructor(
    private readonly options: ProjectorOptions,
    private readonly runners: readonly ProjectionRunner[],
  ) {
    const unsubscribe = options.log.onAppended(() => {
      this.news.ring();
    });
    this.report();
    this.running = this.run().finally(unsubscribe);
  }

  /** Finds or makes each projection's generation, then begins to fold. */
  static async start(options: ProjectorOptions): Promise<Projector> {
    const { storeId, log, projections, writer } = options;
    const logEnd = { storeId, head: await log.head() };
    const runners: ProjectionRunner[] = [];
    for (const projection of projections) {
      runners.push(await ProjectionRunner.open(projection, writer, logEnd));
    }
    return new Projector(options, runners);
  }

  /** Removes, between two batches, what the read models hold of the time before. */
  retire(before: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.retirements.push({ before, resolve, reject });
      this.news.ring();
    });
  }

  /** Finishes the batch under way. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.news.ring();
    this.end.ring();
    await this.running;
    for (const { reject } of this.retirements) reject(new Error('the projector has stopped'));
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      try {
        await this.runRetirements();
        const hasMore = await this.advance();
        this.failuresInARow = 0;
        this.report();
        if (!hasMore) {
          await this.news.wait(POLL_MS);
          await this.end.wait(GATHER_MS);
        }
      } catch (error) {
        await this.backOff(error);
      }
    }
  }

  /** Folds the next batch of the log; whether there may be more. */
  private async advance(): Promise<boolean> {
    const active = this.runners.filter((runner) => runner.isRunning);
    if (active.length === 0) return false;
    const after = Math.min(...active.map((runner) => runner.position));
    const limit = this.options.batchEventsMax ?? BATCH_EVENTS_MAX;
    const page = await this.options.log.readAll(after, limit);
    const batch = decodePage(page);
    if (batch.failure !== undefined && batch.events.length === 0) {
      for (const runner of active) this.stopRunner(runner, batch.failure);
      return false;
    }
    for (const runner of active) await this.apply(runner, batch);
    if (page.isEnd && batch.failure === undefined) {
      for (const runner of active) runner.reachedHead();
    }
    return !page.isEnd || batch.failure !== undefined;
  }

  private async apply(runner: ProjectionRunner, batch: Batch): Promise<void> {
    try {
      await runner.apply(batch);
    } catch (error) {
      if (!(error instanceof FoldFailed)) throw error;
      this.stopRunner(runner, error);
    }
  }

  private stopRunner(runner: ProjectionRunner, error: unknown): void {
    runner.stop(this.options.clock.now());
    this.options.onFailure(error, true);
  }

  private async backOff(error: unknown): Promise<void> {
    this.options.onFailure(error, false);
    for (const runner of this.runners) runner.outOfReach(this.options.clock.now());
    this.report();
    await this.end.wait(Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** this.failuresInARow));
    this.failuresInARow += 1;
  }

  private async runRetirements(): Promise<void> {
    for (const { before, resolve, reject } of this.retirements.splice(0)) {
      const retiring = Promise.all(this.runners.map((runner) => runner.retire(before)));
      await retiring.then(() => {
        resolve();
      }, reject);
    }
  }

  private report(): void {
    this.options.onProgress(this.runners.map((runner) => runner.progress()));
  }
}

interface Retirement {
  readonly before: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A page's events; where one cannot be read, those before it, and why. */
function decodePage({ events, scanned }: LogPage): Batch & { readonly failure?: unknown } {
  const placed: PlacedEvent[] = [];
  for (const { type, version, data, recordedAt, position } of events) {
    try {
      const event = Object.assign(decodeEvent(type, version, data), { recordedAt });
      placed.push({ position, event });
    } catch (failure) {
      return { events: placed, scanned: placed.at(-1)?.position ?? position - 1, failure };
    }
  }
  return { events: placed, scanned };
}
