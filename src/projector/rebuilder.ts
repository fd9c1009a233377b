import type { Clock } from '../ports/clock.js';
import type { EventLog } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import type { Projection } from '../ports/projection.js';
import {
  CheckpointMoved,
  type FillingStatus,
  type ReadModelWriter,
} from '../ports/read-model-store.js';
import { Doorbell } from './doorbell.js';
import { batchOf } from './feed.js';
import { TooManyParked } from './parked-events.js';
import { ProjectionRunner } from './projection-runner.js';
import { PromptLog } from './prompt-log.js';
import { failed } from './rebuilds.js';

/** One batch's events: bounds its memory, and how long a commit keeps others from the store. */
const BATCH_EVENTS_MAX = 5_000;
/** How long it rests for each time that it works, while events come. */
const REST_TIMES = 3;
/** The longest rest between two batches: a claim must not run out meanwhile. */
const REST_MS_MAX = 1_000;
/** The wait after a failure, doubled with each one in a row. */
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 5_000;

export interface RebuilderOptions {
  readonly storeId: string;
  readonly log: EventLog;
  readonly vocabulary: LogVocabulary;
  readonly writer: ReadModelWriter;
  readonly projections: readonly Projection[];
  /** Whether nothing else serves: then it does not rest, whatever comes meanwhile. */
  readonly isWaitedFor: boolean;
  readonly clock: Clock;
  readonly onFailure: (error: unknown, isFinal: boolean) => void;
  /** Told when a filling has reached the end of the log: it waits to be joined. */
  readonly onOffer: (projection: string) => void;
  /** The greatest batch, for tests of batching. */
  readonly batchEventsMax?: number;
  /** How long a read of the log may take, for tests of silence. */
  readonly readMsMax?: number | undefined;
}

/**
 * Fills generations beside the serving ones, by a reader of its own, and offers them once they have
 * reached the end of the log. What was begun elsewhere, or before a crash, is gone on with.
 */
export class Rebuilder {
  private readonly end = new Doorbell();
  private isStopping = false;
  /** Of the log, when it was last looked at. */
  private head = Infinity;

  private readonly options: RebuilderOptions;

  constructor(options: RebuilderOptions) {
    this.options = { ...options, log: new PromptLog(options.log, options.readMsMax) };
  }

  /** Fills until nothing is left that nobody else fills. */
  async run(): Promise<void> {
    for (let failures = 0; !this.isStopping;) {
      try {
        const next = await this.find();
        if (next === undefined) return;
        await this.fill(next.projection, next.filling);
        failures = 0;
      } catch (error) {
        this.options.onFailure(error, false);
        await this.end.wait(Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** failures));
        failures += 1;
      }
    }
  }

  /** Finishes the batch under way. */
  stop(): void {
    this.isStopping = true;
    this.end.ring();
  }

  private async find(): Promise<{ projection: Projection; filling: FillingStatus } | undefined> {
    const { projections, storeId, writer } = this.options;
    const specs = projections.map(({ name, version, indexes }) => {
      return { projection: name, version, indexes, storeId };
    });
    const rebuilds = await writer.rebuilds.look(specs);
    for (const [i, projection] of projections.entries()) {
      const filling = rebuilds[i]?.filling;
      // One of another log is for the projector to give up.
      if (filling?.storeId !== storeId || filling.isOffered || filling.isTaken) continue;
      return { projection, filling };
    }
    return undefined;
  }

  private async fill(projection: Projection, filling: FillingStatus): Promise<void> {
    const { clock, onFailure, onOffer, storeId, writer } = this.options;
    const runner = new ProjectionRunner(projection, writer, storeId);
    const [claimed] = (await writer.claim([filling])) ?? [];
    if (claimed === undefined) return;
    try {
      await runner.take(claimed, filling.servesFrom ?? claimed.checkpoint, clock.now());
      while (!this.isStopping) {
        const startedAt = performance.now();
        if (await this.advance(runner)) {
          await writer.rebuilds.offer(runner.generation ?? claimed);
          onOffer(projection.name);
          return;
        }
        if (!this.options.isWaitedFor) await this.giveWay(performance.now() - startedAt);
      }
      await writer.release([runner.generation ?? claimed]);
    } catch (error) {
      // It was cancelled, or another node goes on with it.
      if (error instanceof CheckpointMoved) return;
      if (!(error instanceof TooManyParked)) throw error;
      await writer.rebuilds.abandon(runner.spec, failed(error, clock.now()));
      onFailure(error, true);
    }
  }

  /** Folds one more batch; whether that was the last one for now. */
  private async advance(runner: ProjectionRunner): Promise<boolean> {
    const { batchEventsMax = BATCH_EVENTS_MAX, clock, log, vocabulary } = this.options;
    const batch = await batchOf(await log.readAll(runner.scanned, batchEventsMax), vocabulary);
    await runner.apply(batch, clock.now());
    await runner.renew(clock.now());
    return batch.isEnd;
  }

  /** Rests after work if events came meanwhile: whoever sends them goes first. */
  private async giveWay(workedMs: number): Promise<void> {
    const before = this.head;
    this.head = await this.options.log.head();
    if (this.head > before) await this.end.wait(Math.min(REST_TIMES * workedMs, REST_MS_MAX));
  }
}
