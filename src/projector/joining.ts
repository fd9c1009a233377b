import type { EventLog } from '../ports/event-store.js';
import type { Projection } from '../ports/projection.js';
import { CheckpointMoved } from '../ports/read-model/generation.js';
import type { ReadModelWriter } from '../ports/read-model/writer.js';
import type { Batch } from './feed.js';
import type { Generations } from './generations.js';
import type { ObservedProjection } from './observed-projection.js';
import { OwnedGeneration } from './owned-generation.js';
import { compare, failed } from './rebuilds.js';
import { hasAllSeen } from './seen-log.js';

export interface JoiningOptions {
  readonly log: EventLog;
  readonly generations: Generations;
  readonly writer: ReadModelWriter;
  /** Told of a generation that was refused. */
  readonly onFailure: (error: unknown, isFinal: boolean) => void;
}

/**
 * Brings in generations that are ready. Whoever folds a projection's serving generation takes the
 * ready one over, folds both from the same batches, and when both are at the same place, points
 * queries at the new one: no reader goes back in the log by it.
 */
export class Joining {
  /** The ready generations that this node folds beside the serving ones. */
  joined: readonly OwnedGeneration[] = [];

  constructor(private readonly options: JoiningOptions) {}

  /** Takes over what is ready for the projections that this node folds, or that nobody can. */
  async look(projections: readonly ObservedProjection[], head: number, now: number): Promise<void> {
    const { generations, log, writer } = this.options;
    for (const joined of this.joined) {
      if (!(await hasAllSeen(log, joined, head))) this.forget(joined);
    }
    for (const observed of projections) {
      const { projection, rebuild } = observed;
      const { building } = rebuild;
      if (building?.state !== 'ready' || this.of(projection) !== undefined) continue;
      if (observed.owned === undefined && observed.isServing) continue;
      const [acquired] = (await generations.acquire([building])) ?? [];
      if (acquired === undefined) continue;
      const from = { log, progress: building, now };
      const joined = await OwnedGeneration.take(projection, writer, acquired, from);
      this.joined = [...this.joined, joined];
    }
  }

  /** Switches to those that are where the serving one is; whether anything came to its end. */
  async switch(
    projections: readonly ObservedProjection[],
    batch: Batch,
    now: number,
  ): Promise<boolean> {
    let hasSwitched = false;
    for (const joined of this.joined) {
      const observed = projections.find(({ projection }) => projection === joined.projection);
      if (observed === undefined) continue;
      if (observed.isServing && observed.owned === undefined) {
        await this.handOver(joined);
        continue;
      }
      if (!joined.isRunning || !isThere(joined, observed, batch)) continue;
      hasSwitched = true;
      await this.bringIn(joined, observed, now);
    }
    return hasSwitched;
  }

  private async bringIn(
    joined: OwnedGeneration,
    observed: ObservedProjection,
    now: number,
  ): Promise<void> {
    const [before, after] = [observed.owned?.generation, joined.generation];
    const { generations } = this.options;
    const { isSound, detail } = compare(after.totals, {
      serving: before?.totals,
      otherVersion:
        before === undefined ? await generations.otherVersion(observed.spec) : undefined,
    });
    if (!isSound) {
      await this.give(joined, detail, now);
      this.options.onFailure(new Error(`${joined.projection.name}: ${detail}`), true);
      return;
    }
    this.forget(joined);
    try {
      await generations.promote(before, after, { kind: 'switched', at: now, detail });
      observed.become(joined);
    } catch (error) {
      // It was cancelled at the last moment; who owns what is looked at anew.
      if (!(error instanceof CheckpointMoved)) throw error;
    }
  }

  /** Another node folds the serving one by now: only there can both come to the same place. */
  private async handOver(joined: OwnedGeneration): Promise<void> {
    this.forget(joined);
    await this.options.generations.release([joined.generation]);
  }

  isJoined(generation: OwnedGeneration): boolean {
    return this.joined.includes(generation);
  }

  /** Gives one up for good. */
  async give(joined: OwnedGeneration, reason: unknown, now: number): Promise<void> {
    this.forget(joined);
    await this.options.generations.abandon(joined.generation, failed(reason, now));
  }

  /** Folds one no longer; whether it did. */
  forget(joined: OwnedGeneration): boolean {
    const isJoined = this.isJoined(joined);
    this.joined = this.joined.filter((one) => one !== joined);
    return isJoined;
  }

  /** After a failure: what is ready is to be looked at anew. */
  letGo(): void {
    this.joined = [];
  }

  private of(projection: Projection): OwnedGeneration | undefined {
    return this.joined.find((one) => one.projection === projection);
  }
}

/**
 * Whether a ready generation may take the place of what serves. One that has stopped stays where it
 * is, and one that is not there has no place: then it has to be at the end of the log.
 */
function isThere(joined: OwnedGeneration, observed: ObservedProjection, batch: Batch): boolean {
  if (observed.owned?.isRunning === true) return joined.scanned === observed.scanned;
  return batch.isEnd && joined.scanned >= Math.max(batch.scanned, observed.scanned);
}
