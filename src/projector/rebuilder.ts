import { backOffMs } from '../domain/back-off.js';
import type { Clock } from '../ports/clock.js';
import type { EventLog } from '../ports/event-store.js';
import type { LogVocabulary } from '../ports/log-vocabulary.js';
import type { Projection } from '../ports/projection.js';
import { CheckpointMoved, specOf } from '../ports/read-model/generation.js';
import type { ReadModelWriter } from '../ports/read-model/writer.js';
import { ClaimKeeper, STUCK_MS } from './claim-keeper.js';
import { WakeUp } from './wake-up.js';
import { Feed, type Batch } from './feed.js';
import { failed, Generations } from './generations.js';
import { OwnedGeneration } from './owned-generation.js';
import { ASIDE_MS } from './ownership.js';
import { RETRY } from './back-off.js';
import { TooManyParked } from './parked-events.js';
import { TimeLimitedLog } from './time-limited-log.js';
import { assertGoesOn } from './seen-log.js';

/**
 * Builds generations beside the serving ones with its own reader of the log, and offers them when
 * they reach the end of the log. It also continues generations that another node began, or that a
 * crash interrupted.
 */
export class Rebuilder {
  private readonly end = new WakeUp();
  private isStopping = false;
  /** The head of the log at the last look. */
  private head = Infinity;
  /** The time of the last folded batch, in milliseconds since the process began. */
  private movedAt = performance.now();

  private readonly options: RebuilderOptions;
  private readonly generations: Generations;
  private readonly feed: Feed;

  constructor(options: RebuilderOptions) {
    this.generations = new Generations(options.writer);
    this.options = { ...options, log: new TimeLimitedLog(options.log, options.readMsMax) };
    this.feed = new Feed(this.options);
  }

  /** Builds until no generation is left to build, or another node builds the rest. */
  async run(): Promise<void> {
    for (let failures = 0; !this.isStopping;) {
      try {
        const taken = await this.take();
        if (taken.length === 0) return;
        await this.build(taken);
        failures = 0;
      } catch (error) {
        this.options.onFailure(error, false);
        await this.end.wait(this.pauseMs(failures));
        failures += 1;
      }
    }
  }

  /**
   * Returns the pause in milliseconds until the next try. After a long time without success it is
   * long enough for other nodes to take the work.
   */
  private pauseMs(failures: number): number {
    const { stuckMs = STUCK_MS } = this.options;
    if (performance.now() - this.movedAt <= stuckMs) return backOffMs(RETRY, failures);
    this.movedAt = performance.now();
    return ASIDE_MS;
  }

  /** Stops after the batch under way. */
  stop(): void {
    this.isStopping = true;
    this.end.wake();
  }

  /**
   * Acquires the building generations that no other node builds. All or none: if two nodes shared
   * those that began at once, each would read the log.
   */
  private async take(): Promise<readonly OwnedGeneration[]> {
    const { projections, storeId, writer } = this.options;
    const allStored = await this.generations.look(projections.map((one) => specOf(one, storeId)));
    const free = projections.flatMap((projection, i) => {
      const building = allStored[i]?.building;
      // The projector gives up a generation of another log.
      const isOurs = building?.state === 'building' && building.storeId === storeId;
      return isOurs && !building.isTaken ? [{ projection, building }] : [];
    });
    if (free.length === 0) return [];
    const acquired = await this.generations.acquire(free.map(({ building }) => building));
    return free.flatMap(({ projection, building }, i) => {
      const generation = acquired?.[i];
      if (generation === undefined) return [];
      return [OwnedGeneration.claimed(projection, writer, generation, building)];
    });
  }

  /** Builds all generations from one reading of the log. Each takes the events that it lacks. */
  private async build(taken: readonly OwnedGeneration[]): Promise<void> {
    let left = taken;
    const { clock, log, onFailure } = this.options;
    const keeper = new ClaimKeeper({ owned: () => left, onFailure });
    try {
      for (const generation of taken) await generation.resume(log, clock.now());
      while (left.length > 0 && !this.isStopping) {
        const startedAt = performance.now();
        left = await this.advance(left);
        keeper.moved();
        this.movedAt = performance.now();
        const isResting = left.length > 0 && !this.options.isWaitedFor;
        if (isResting) await this.rest(performance.now() - startedAt);
      }
    } finally {
      await keeper.stop();
    }
    await this.generations.release(left.map(({ generation }) => generation));
  }

  /** Folds one more batch; returns the generations that have not come to the end of the log. */
  private async advance(all: readonly OwnedGeneration[]): Promise<readonly OwnedGeneration[]> {
    const batch = await this.feed.after(Math.min(...all.map(({ scanned }) => scanned)));
    if (batch.events.length > 0) await assertGoesOn(this.options.log, all);
    const left: OwnedGeneration[] = [];
    await this.feed.foldInto(all, batch, async (generation) => {
      if (await this.fold(generation, batch)) left.push(generation);
    });
    return left;
  }

  /** Folds a batch into a generation; says whether it is to go on. */
  private async fold(generation: OwnedGeneration, batch: Batch): Promise<boolean> {
    const { clock, onFailure, onOffer } = this.options;
    try {
      await generation.apply(batch, clock.now());
      await generation.renew();
      if (!batch.isEnd || generation.scanned > batch.scanned) return true;
      await this.generations.offer(generation.generation);
      onOffer(generation.projection.name);
    } catch (error) {
      // The rebuild was cancelled, or another node goes on with it.
      if (error instanceof CheckpointMoved) return false;
      if (!(error instanceof TooManyParked)) throw error;
      await this.generations.abandon(generation.generation, failed(error, clock.now()));
      onFailure(error, true);
    }
    return false;
  }

  /** Rests after work if events came meanwhile, so that their senders go first. */
  private async rest(workedMs: number): Promise<void> {
    const before = this.head;
    this.head = await this.options.log.head();
    if (this.head > before) await this.end.wait(Math.min(REST_TIMES * workedMs, REST_MS_MAX));
  }
}

/** The length of a rest while new events arrive, as a multiple of the work before it. */
const REST_TIMES = 3;
/** The longest rest between two batches: a claim must not run out meanwhile. */
const REST_MS_MAX = 1_000;

export interface RebuilderOptions {
  readonly storeId: string;
  readonly log: EventLog;
  readonly vocabulary: LogVocabulary;
  readonly writer: ReadModelWriter;
  readonly projections: readonly Projection[];
  /**
   * Says whether no generation serves. Then the rebuilder does not rest, even if new events arrive.
   */
  readonly isWaitedFor: boolean;
  readonly clock: Clock;
  readonly onFailure: (error: unknown, isFinal: boolean) => void;
  /** Called when a generation has reached the end of the log and waits to be joined. */
  readonly onOffer: (projection: string) => void;
  /** The most events of a batch, for tests of batching. */
  readonly batchEventsMax?: number;
  /** The time in milliseconds after which work without success counts as stuck, for tests. */
  readonly stuckMs?: number | undefined;
  /** The longest time in milliseconds for a read of the log, for tests. */
  readonly readMsMax?: number | undefined;
}
