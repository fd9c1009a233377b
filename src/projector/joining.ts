import type { EventLog } from '../ports/event-store.js';
import type { Projection } from '../ports/projection.js';
import { CheckpointMoved } from '../ports/read-model/generation.js';
import type { ReadModelWriter } from '../ports/read-model/writer.js';
import { compare } from './compare-builds.js';
import type { Batch } from './feed.js';
import { failed, type Generations } from './generations.js';
import type { ObservedProjection } from './observed-projection.js';
import { OwnedGeneration } from './owned-generation.js';
import { hasAllSeen } from './seen-log.js';

/**
 * Puts ready generations in the place of serving ones. The node that folds a projection's serving
 * generation acquires the ready one and folds both from the same batches. When both are at the same
 * position, it points queries at the new one, so that no reader goes back in the log.
 */
export class Joining {
  /** The ready generations that this node folds beside the serving generations. */
  joined: readonly OwnedGeneration[] = [];

  constructor(private readonly options: JoiningOptions) {}

  /** Acquires ready generations of projections that this node folds, or that nobody can fold. */
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
      const joined = OwnedGeneration.claimed(projection, writer, acquired, building);
      await joined.resume(log, now);
      this.joined = [...this.joined, joined];
    }
  }

  /** Promotes ready generations that have caught up; says whether it ended a rebuild. */
  async promote(
    projections: readonly ObservedProjection[],
    batch: Batch,
    now: number,
  ): Promise<boolean> {
    let hasEnded = false;
    for (const joined of this.joined) {
      const observed = projections.find(({ projection }) => projection === joined.projection);
      if (observed === undefined) continue;
      if (observed.isServing && observed.owned === undefined) {
        await this.handOver(joined);
        continue;
      }
      if (!joined.isRunning || !isThere(joined, observed, batch)) continue;
      hasEnded = true;
      await this.bringIn(joined, observed, now);
    }
    return hasEnded;
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
      await this.giveUp(joined, detail, now);
      this.options.onFailure(new Error(`${joined.projection.name}: ${detail}`), true);
      return;
    }
    this.forget(joined);
    try {
      await generations.promote(before, after, { kind: 'switched', at: now, detail });
      observed.become(joined);
    } catch (error) {
      // The rebuild was cancelled at the last moment; the projector looks at the owners anew.
      if (!(error instanceof CheckpointMoved)) throw error;
    }
  }

  /** Releases the generation, as only the node that folds the serving one can bring it in. */
  private async handOver(joined: OwnedGeneration): Promise<void> {
    this.forget(joined);
    await this.options.generations.release([joined.generation]);
  }

  isJoined(generation: OwnedGeneration): boolean {
    return this.joined.includes(generation);
  }

  /** Gives up a ready generation for good. */
  async giveUp(joined: OwnedGeneration, reason: unknown, now: number): Promise<void> {
    this.forget(joined);
    await this.options.generations.abandon(joined.generation, failed(reason, now));
  }

  /** Stops folding a ready generation; says whether it was being folded. */
  forget(joined: OwnedGeneration): boolean {
    const isJoined = this.isJoined(joined);
    this.joined = this.joined.filter((one) => one !== joined);
    return isJoined;
  }

  /** Forgets the ready generations after a failure, so that they are looked at anew. */
  letGo(): void {
    this.joined = [];
  }

  private of(projection: Projection): OwnedGeneration | undefined {
    return this.joined.find((one) => one.projection === projection);
  }
}

export interface JoiningOptions {
  readonly log: EventLog;
  readonly generations: Generations;
  readonly writer: ReadModelWriter;
  /** Called when a generation is refused. */
  readonly onFailure: (error: unknown, isFinal: boolean) => void;
}

/**
 * Says whether a ready generation may take the place of the serving generation. Both have to be at
 * the same position. A serving generation that has stopped does not move, and a missing one has no
 * position: then the ready generation has to be at the end of the log.
 */
function isThere(joined: OwnedGeneration, observed: ObservedProjection, batch: Batch): boolean {
  if (observed.owned?.isRunning === true) return joined.scanned === observed.scanned;
  return batch.isEnd && joined.scanned >= Math.max(batch.scanned, observed.scanned);
}
