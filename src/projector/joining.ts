import {
  CheckpointMoved,
  type Generation,
  type ReadModelWriter,
} from '../ports/read-model-store.js';
import type { Batch } from './feed.js';
import { ProjectionRunner } from './projection-runner.js';
import { compare, failed } from './rebuilds.js';

export interface JoiningOptions {
  readonly storeId: string;
  readonly writer: ReadModelWriter;
  /** Told of a filling that was refused. */
  readonly onFailure: (error: unknown, isFinal: boolean) => void;
}

/**
 * Brings filled generations in. Whoever folds a projection's serving generation takes the filled
 * one over, folds both from the same batches, and when both are at the same place, points queries
 * at the new one: no reader goes back in the log by it.
 */
export class Joining {
  /** The filled generations that this node folds beside the serving ones. */
  runners: readonly ProjectionRunner[] = [];

  constructor(private readonly options: JoiningOptions) {}

  /** Takes over what is offered for the projections that this node folds, or that nobody can. */
  async look(runners: readonly ProjectionRunner[], now: number): Promise<void> {
    const { storeId, writer } = this.options;
    for (const runner of runners) {
      const { filling } = runner.rebuild;
      if (filling?.isOffered !== true || this.of(runner) !== undefined) continue;
      if (!runner.isHeld && runner.isServing) continue;
      const [claimed] = (await writer.claim([filling])) ?? [];
      if (claimed === undefined) continue;
      const joining = new ProjectionRunner(runner.projection, writer, storeId);
      joining.see(filling);
      await joining.take(claimed, filling.scanned, now);
      this.runners = [...this.runners, joining];
    }
  }

  /** Switches to those that are where the serving one is; whether anything came to its end. */
  async switch(runners: readonly ProjectionRunner[], batch: Batch, now: number): Promise<boolean> {
    let hasSwitched = false;
    for (const joining of this.runners) {
      const runner = runners.find(({ projection }) => projection === joining.projection);
      if (runner === undefined || joining.generation === undefined) continue;
      if (runner.isServing && !runner.isHeld) {
        await this.handOver(joining, joining.generation);
        continue;
      }
      if (!joining.isRunning || !isThere(joining, runner, batch)) continue;
      hasSwitched = true;
      await this.bringIn(joining, runner, now);
    }
    return hasSwitched;
  }

  private async bringIn(
    joining: ProjectionRunner,
    runner: ProjectionRunner,
    now: number,
  ): Promise<void> {
    const [before, after] = [runner.generation, joining.generation];
    if (after === undefined) return;
    const { rebuilds } = this.options.writer;
    const { isSound, detail } = compare(after.totals, {
      serving: before?.totals,
      otherVersion: before === undefined ? await rebuilds.otherVersion(runner.spec) : undefined,
    });
    if (!isSound) {
      await this.give(joining, detail, now);
      this.options.onFailure(new Error(`${joining.projection.name}: ${detail}`), true);
      return;
    }
    this.forget(joining);
    try {
      await rebuilds.replace(before, after, { kind: 'switched', at: now, detail });
      runner.become(joining);
    } catch (error) {
      // It was cancelled at the last moment; who holds what is looked at anew.
      if (!(error instanceof CheckpointMoved)) throw error;
    }
  }

  /** Another node folds the serving one by now: only there can both come to the same place. */
  private async handOver(joining: ProjectionRunner, generation: Generation): Promise<void> {
    this.forget(joining);
    await this.options.writer.release([generation]);
  }

  isJoining(runner: ProjectionRunner): boolean {
    return this.runners.includes(runner);
  }

  /** Gives a filling up for good. */
  async give(joining: ProjectionRunner, reason: unknown, now: number): Promise<void> {
    this.forget(joining);
    await this.options.writer.rebuilds.abandon(joining.spec, failed(reason, now));
  }

  /** Joins no longer; whether it did. */
  forget(joining: ProjectionRunner): boolean {
    const isJoining = this.isJoining(joining);
    this.runners = this.runners.filter((one) => one !== joining);
    return isJoining;
  }

  /** After a failure: what is offered is to be looked at anew. */
  letGo(): void {
    this.runners = [];
  }

  private of({ projection }: ProjectionRunner): ProjectionRunner | undefined {
    return this.runners.find((one) => one.projection === projection);
  }
}

/**
 * Whether a filling may take the place of what serves. One that has stopped stays where it is, and
 * one that is not there has no place: then it has to be at the end of the log.
 */
function isThere(joining: ProjectionRunner, runner: ProjectionRunner, batch: Batch): boolean {
  if (runner.isRunning) return joining.scanned === runner.scanned;
  return batch.isEnd && joining.scanned >= Math.max(batch.scanned, runner.scanned);
}
