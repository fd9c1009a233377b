import { setTimeout as sleep } from 'node:timers/promises';
import { PlayheadError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import type { ProjectionOrder, ProjectionOrders } from '../ports/projection-administration.js';
import { projectionNamed, type Projection, type ProjectionName } from '../ports/projection.js';
import type { GivenUp, ParkedEvent } from '../ports/read-model/documents.js';
import {
  CheckpointMoved,
  specOf,
  type Generation,
  type GenerationSpec,
} from '../ports/read-model/generation.js';
import type { ReadModelWriter } from '../ports/read-model/writer.js';
import type { Refusal } from './generation-life.js';
import { Generations } from './generations.js';
import type { Projector } from './projector.js';

/** Carries out administrators' orders. A node need not fold a projection to take orders for it. */
export class Administration implements ProjectorOrders {
  private readonly generations: Generations;

  constructor(private readonly options: AdministrationOptions) {
    this.generations = new Generations(options.writer);
  }

  retire({ before }: ProjectionOrder<'retire'>): Promise<void> {
    return this.options.projector.retire(before);
  }

  async rebuild({ name }: ProjectionOrder<'rebuild'>): Promise<void> {
    await this.begin(name, 'nothing');
  }

  async rollBack({ name }: ProjectionOrder<'rollBack'>): Promise<void> {
    if ((await this.begin(name, 'previous')) === undefined) return;
    throw new PlayheadError('CONFLICT', `${name} has nothing to roll back to, or is rebuilt now`);
  }

  async cancel({ name }: ProjectionOrder<'cancel'>): Promise<void> {
    const { clock } = this.options;
    const end = { kind: 'cancelled', at: clock.now(), detail: 'by an administrator' } as const;
    const isCancelled = await this.change(() => this.generations.abandon(this.specOf(name), end));
    if (!isCancelled) throw new PlayheadError('CONFLICT', `${name} is not being rebuilt`);
  }

  async parked({ name }: ProjectionOrder<'parked'>): Promise<readonly ParkedEvent[]> {
    return this.options.writer.parked(await this.servingOf(name));
  }

  async retry({ name, giveUp }: ProjectionOrder<'retry'>): Promise<void> {
    // Between batches: a retry that is under way would write over it.
    const { isThere, number } = await this.change(() => this.wantRetry(name, giveUp));
    if (!isThere) throw new PlayheadError('NOT_FOUND', `${name} has no such parked event`);
    for (let waitedMs = 0; waitedMs < RETRY_MS_MAX; waitedMs += RETRY_LOOK_MS) {
      const [stored] = await this.generations.look([this.specOf(name)]);
      if (stored?.serving?.number !== number) throw changed(name);
      if (!stored.serving.isRetryWanted) return;
      await sleep(RETRY_LOOK_MS);
    }
    throw new PlayheadError('READ_MODEL_BEHIND', 'the retry is noted, and not made yet');
  }

  /**
   * Notes the wish for a retry at the serving generation; says whether the event to give up is
   * parked.
   */
  private async wantRetry(
    name: ProjectionName,
    giveUp: GivenUp | undefined,
  ): Promise<{ readonly isThere: boolean; readonly number: number }> {
    const serving = await this.servingOf(name);
    try {
      const isThere = await this.options.writer.wantRetry(serving, giveUp);
      return { isThere, number: serving.number };
    } catch (error) {
      throw error instanceof CheckpointMoved ? changed(name) : error;
    }
  }

  /**
   * Begins a rebuild beside the serving generation; returns the reason if it cannot, for example
   * because one is under way.
   */
  private begin(name: ProjectionName, from: 'nothing' | 'previous'): Promise<Refusal | undefined> {
    return this.change(() => this.generations.begin(this.specOf(name), from));
  }

  /**
   * Changes something between two batches, and waits until the projector has seen and told the
   * change.
   */
  private async change<Result>(work: () => Promise<Result>): Promise<Result> {
    const { projector } = this.options;
    const result = await projector.between(work);
    await projector.between(() => Promise.resolve());
    return result;
  }

  private async servingOf(name: ProjectionName): Promise<Generation> {
    const [stored] = await this.generations.look([this.specOf(name)]);
    const serving = stored?.serving;
    if (serving === undefined) throw new PlayheadError('READ_MODEL_BEHIND', `${name} is not there`);
    return serving;
  }

  private specOf(name: ProjectionName): GenerationSpec {
    const { projections, storeId } = this.options;
    return specOf(projectionNamed(projections, name), storeId);
  }
}

/** The time in milliseconds to wait for a retry, which another node may have to make. */
const RETRY_MS_MAX = 10_000;
const RETRY_LOOK_MS = 50;

export interface AdministrationOptions {
  readonly storeId: string;
  readonly projector: Projector;
  readonly writer: ReadModelWriter;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
}

/** The orders that the projector's thread carries out. */
export type ProjectorOrders = Omit<ProjectionOrders, 'verify'>;

const changed = (name: ProjectionName): PlayheadError =>
  new PlayheadError(
    'READ_MODEL_BEHIND',
    `another ${name} took the place of this one: order it again`,
  );
