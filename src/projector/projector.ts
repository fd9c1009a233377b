import { backOffMs } from '../domain/back-off.js';
import { SECOND_MS } from '../domain/time.js';
import type { Clock } from '../ports/clock.js';
import { LOG_START, type EventLog } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import type { ProjectionProgress } from '../ports/projection-control.js';
import type { Projection } from '../ports/projection.js';
import { CheckpointMoved } from '../ports/read-model/generation.js';
import type { ReadModelWriter } from '../ports/read-model/writer.js';
import { ClaimKeeper, STUCK_MS } from './claim-keeper.js';
import { WakeUp } from './wake-up.js';
import { Feed, type Batch } from './feed.js';
import { Generations } from './generations.js';
import { Joining } from './joining.js';
import { Ownership, type OwnershipOptions } from './ownership.js';
import { RETRY } from './back-off.js';
import { TooManyParked } from './parked-events.js';
import { ObservedProjection } from './observed-projection.js';
import type { OwnedGeneration } from './owned-generation.js';
import { retryParked, wantedRetries } from './parked-retries.js';
import { assertGoesOn } from './seen-log.js';
import { TimeLimitedLog } from './time-limited-log.js';

/**
 * Folds a log into read models. All projections of this node share one feed of batches, and each
 * commits its documents and its checkpoint together. The projector also watches the projections of
 * other nodes, to know their progress and to take them over.
 */
export class Projector {
  private readonly wakeUp = new WakeUp();
  private readonly end = new WakeUp();
  private running: Promise<void> = Promise.resolve();
  private readonly feed: Feed;
  private readonly joining: Joining;
  private readonly keeper: ClaimKeeper;
  private isStopping = false;
  private tasks: Task[] = [];
  private failuresInARow = 0;
  /** The time of the last round without a failure, in milliseconds since the process began. */
  private wentWellAt = performance.now();
  /**
   * The times of the last look at the store and the last sweep; the first in milliseconds since the
   * process began, the second in epoch milliseconds.
   */
  private lookedAt = -Infinity;
  private sweptAt = -Infinity;
  /** The end of the log at the last wake-up, which watched projections have to reach. */
  private target = LOG_START;

  private constructor(
    private readonly options: ProjectorOptions,
    private readonly projections: readonly ObservedProjection[],
    private readonly generations: Generations,
    private readonly ownership: Ownership,
  ) {
    this.feed = new Feed(options);
    this.joining = new Joining({ ...options, generations });
    const claimed = () => projections.flatMap((observed) => observed.claimed ?? []);
    const owned = () => [...claimed(), ...this.joining.joined];
    this.keeper = new ClaimKeeper({ owned, onFailure: options.onFailure });
  }

  /** Finds or makes the generation of each projection, then begins to fold. */
  static async start(options: ProjectorOptions): Promise<Projector> {
    const { storeId, clock, readMsMax, writer } = options;
    const log = new TimeLimitedLog(options.log, readMsMax);
    const projections = options.projections.map(
      (projection) => new ObservedProjection(projection, writer, log, storeId),
    );
    const generations = new Generations(writer);
    const limited = { ...options, log };
    const ownership = new Ownership({ ...limited, generations });
    const projector = new Projector(limited, projections, generations, ownership);
    try {
      await ownership.start(projections, clock.now());
    } catch (error) {
      await projector.keeper.stop();
      throw error;
    }
    projector.begin();
    return projector;
  }

  private begin(): void {
    const unsubscribe = this.options.log.onAppended(() => {
      this.wakeUp.wake();
    });
    this.ownership.onUnserved = () => {
      this.tellProgress();
    };
    this.tellProgress();
    this.running = this.run().finally(unsubscribe);
  }

  /** Removes documents from before a time (epoch milliseconds), between two batches. */
  retire(before: number): Promise<void> {
    return this.between(async () => {
      await this.ownership.look(this.projections, this.options.clock.now());
      await Promise.all(this.projections.map((observed) => observed.retire(before)));
    });
  }

  /** Runs work between two batches, then looks at the store anew. */
  between<Result>(work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.tasks.push({ run: () => work().then(resolve, reject), reject });
      this.wakeUp.wake();
    });
  }

  /** Finishes the batch under way and gives the claims back. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wakeUp.wake();
    this.end.wake();
    await this.running;
    for (const { reject } of this.tasks) reject(new Error('the projector has stopped'));
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      try {
        await this.runTasks();
        await this.look();
        const hasMore = await this.advance();
        await this.renew();
        this.failuresInARow = 0;
        this.wentWellAt = performance.now();
        this.tellProgress();
        if (!hasMore) await this.wait();
      } catch (error) {
        await this.backOff(error);
      }
    }
    await this.keeper.stop();
    await this.release();
  }

  /**
   * Reads from the store what other nodes did: each second, or in each round while this node
   * watches a projection.
   */
  private async look(): Promise<void> {
    const { projections } = this;
    const now = this.options.clock.now();
    if (performance.now() - this.lookedAt < POLL_MS) {
      const isStandingBy = projections.some(({ owned }) => owned === undefined);
      if (isStandingBy) await this.ownership.glance(projections, now);
      return;
    }
    const head = await this.ownership.look(projections, now);
    // A log that was put back never gets to where it ended before.
    this.target = Math.min(this.target, head);
    await this.joining.look(projections, head, now);
    for (const [generation, wanted] of wantedRetries(projections, this.joining)) {
      await this.attempt(generation, () => retryParked(generation, wanted, this.options));
    }
    this.lookedAt = performance.now();
    if (Math.abs(now - this.sweptAt) < SWEEP_MS) return;
    const specs = projections.filter(({ owned }) => owned !== undefined).map(({ spec }) => spec);
    if (specs.length === 0) return;
    await this.generations.sweep(specs);
    this.sweptAt = now;
  }

  /** Waits until there may be something to do. */
  private async wait(): Promise<void> {
    const standing = this.projections.filter(({ owned }) => owned === undefined);
    if (standing.some((observed) => observed.isAwaitedAt(this.target))) {
      await this.end.wait(Math.min(POLL_MS, this.ownership.watchMs));
      return;
    }
    await this.wakeUp.wait(POLL_MS);
    if (standing.length > 0) this.target = await this.options.log.head();
    else await this.end.wait(GATHER_MS);
  }

  /**
   * Folds the next batch of the log; says whether there may be more. Projections that are ahead of
   * the batch get a batch of their own, so that none waits for another to catch up.
   */
  private async advance(): Promise<boolean> {
    let waiting = this.owned().filter((generation) => generation.isRunning);
    let hasMore = false;
    while (waiting.length > 0) {
      const after = Math.min(...waiting.map(({ scanned }) => scanned));
      const batch = await this.feed.after(after);
      this.keeper.moved();
      const here = waiting.filter(({ scanned }) => scanned <= batch.scanned);
      waiting = waiting.filter(({ scanned }) => scanned > batch.scanned);
      if (batch.events.length > 0) await assertGoesOn(this.options.log, here);
      await this.feed.foldInto(here, batch, async (generation) => {
        await this.attempt(generation, () => generation.apply(batch, this.options.clock.now()));
        await this.renew();
      });
      hasMore ||= !batch.isEnd;
      await this.bringIn(batch);
    }
    return hasMore;
  }

  /** Returns all generations that this node folds. */
  private owned(): readonly OwnedGeneration[] {
    return [...this.projections.flatMap(({ owned }) => owned ?? []), ...this.joining.joined];
  }

  /** Promotes the ready generations that are at the position of the serving ones. */
  private async bringIn(batch: Batch): Promise<void> {
    const now = this.options.clock.now();
    const hasEnded = await this.joining.promote(this.projections, batch, now);
    // What is told next is to fit together: the generation that serves, and how its rebuild ended.
    if (hasEnded) await this.ownership.look(this.projections, now);
  }

  /** Writes the progress of this node and renews its claims. */
  private async renew(): Promise<void> {
    for (const generation of this.owned()) {
      await this.attempt(generation, () => generation.renew());
    }
  }

  /**
   * Runs work on a generation. Too many parked events stop its projection. If another node has
   * taken the generation, this node watches it from here on.
   */
  private async attempt(generation: OwnedGeneration, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.keeper.moved();
    } catch (error) {
      if (error instanceof TooManyParked) {
        generation.stop(this.options.clock.now());
        this.options.onFailure(error, true);
        if (this.joining.isJoined(generation)) {
          await this.joining.giveUp(generation, error, this.options.clock.now());
        }
      } else if (error instanceof CheckpointMoved) {
        if (this.joining.forget(generation)) return;
        this.projections.find(({ owned }) => owned === generation)?.lose();
        this.options.onFailure(error, false);
      } else throw error;
    }
  }

  private async backOff(error: unknown): Promise<void> {
    const { onFailure, stuckMs = STUCK_MS } = this.options;
    onFailure(error, false);
    if (performance.now() - this.wentWellAt > stuckMs && this.owned().length > 0) {
      // What comes to nothing here for so long, another node may be able to do.
      await this.release();
      this.ownership.standAside(this.projections);
    }
    for (const observed of this.projections) {
      observed.letGo();
      observed.outOfReach(this.options.clock.now());
    }
    this.joining.letGo();
    this.tellProgress();
    await this.end.wait(backOffMs(RETRY, this.failuresInARow));
    this.failuresInARow += 1;
  }

  /** Gives the claims back. If that fails, other nodes wait until the claims run out. */
  private async release(): Promise<void> {
    try {
      await this.generations.release(this.owned().map(({ generation }) => generation));
    } catch (error) {
      this.options.onFailure(error, false);
    }
  }

  private async runTasks(): Promise<void> {
    for (const { run } of this.tasks.splice(0)) {
      this.lookedAt = -Infinity;
      await run();
    }
  }

  private tellProgress(): void {
    this.options.onProgress(this.projections.map((observed) => observed.progress()));
  }
}

/**
 * The time in milliseconds that events gather after a wake-up. A batch of one event costs much the
 * same as one of a hundred.
 */
const GATHER_MS = 10;
/** The time in milliseconds between two looks at the store, and at the log without a wake-up. */
const POLL_MS = 1_000;
/** The time in milliseconds between two searches for generations that can be removed. */
const SWEEP_MS = 60 * SECOND_MS;

export interface ProjectorOptions extends Pick<OwnershipOptions, 'isRestart' | 'onStartOver'> {
  readonly storeId: string;
  readonly log: EventLog;
  readonly vocabulary: LogVocabulary;
  readonly writer: ReadModelWriter;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  /** Called at the start, and whenever a projection has made progress. */
  readonly onProgress: (progress: readonly ProjectionProgress[]) => void;
  /**
   * Called with every failure. A final one stops a projection; after any other the projector tries
   * again.
   */
  readonly onFailure: (error: unknown, isFinal: boolean) => void;
  /** The most events of a batch, for stores that take more at once, and for tests. */
  readonly batchEventsMax?: number;
  /** The time in milliseconds after which work without success counts as stuck, for tests. */
  readonly stuckMs?: number | undefined;
  /** The longest time in milliseconds for a read of the log, for tests. */
  readonly readMsMax?: number | undefined;
}

interface Task {
  readonly run: () => Promise<void>;
  readonly reject: (error: Error) => void;
}
