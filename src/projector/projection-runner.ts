import type { Recorded } from '../domain/event.js';
import type { ProjectionProgress } from '../ports/projection-control.js';
import type { Projection } from '../ports/projection.js';
import type { Generation, GenerationSpec, ReadModelWriter } from '../ports/read-model-store.js';
import { fold, groupByKey } from './fold.js';

/** An event and its place in the log. */
export interface PlacedEvent {
  readonly position: number;
  readonly event: Recorded;
}

/** Events in log order, and up to where the log was looked at for them. */
export interface Batch {
  readonly events: readonly PlacedEvent[];
  readonly scanned: number;
}

/** The log that is projected: which one it is, and where it ended at the start. */
export interface LogEnd {
  readonly storeId: string;
  readonly head: number;
}

/** A failure that doing it again would meet again: the projection stops there. */
export class FoldFailed extends Error {
  constructor(projection: string, cause: unknown) {
    super(`${projection} cannot go on: ${String(cause)}`, { cause });
    this.name = 'FoldFailed';
  }
}

interface RunnerOptions {
  readonly projection: Projection;
  readonly writer: ReadModelWriter;
  readonly spec: GenerationSpec;
  /** The end of the log at the start: nothing older is served. */
  readonly servesFrom: number;
}

/** One projection at work: folds batches into its serving generation. */
export class ProjectionRunner {
  private scanned: number;
  private isStopped = false;
  private behindSince: number | undefined;
  /** Whether a commit may have been made without our knowing. */
  private isInDoubt = false;

  private constructor(
    private readonly options: RunnerOptions,
    private generation: Generation,
  ) {
    this.scanned = generation.checkpoint;
  }

  /**
   * Resumes the serving generation; where there is none that fits the log (another version, another
   * log, a checkpoint beyond its end), starts over.
   */
  static async open(
    projection: Projection,
    writer: ReadModelWriter,
    { storeId, head }: LogEnd,
  ): Promise<ProjectionRunner> {
    const { name, version, indexes } = projection;
    const spec = { projection: name, version, storeId, indexes };
    const serving = await writer.serving(spec);
    const fits = serving?.storeId === storeId && serving.checkpoint <= head;
    const generation = fits ? serving : await writer.start(spec);
    return new ProjectionRunner({ projection, writer, spec, servesFrom: head }, generation);
  }

  get position(): number {
    return this.scanned;
  }

  get isRunning(): boolean {
    return !this.isStopped;
  }

  progress(): ProjectionProgress {
    const { name, version } = this.options.projection;
    const { scanned, behindSince } = this;
    const { servesFrom } = this.options;
    const state = this.isStopped ? 'STOPPED' : 'LIVE';
    return { name, version, state, servesFrom, scanned, behindSince };
  }

  /** Folds what it has not yet seen of a batch, documents and checkpoint in one transaction. */
  async apply(batch: Batch): Promise<void> {
    if (this.isStopped || batch.scanned <= this.scanned) return;
    await this.resolveDoubt();
    const unseen = batch.events.filter(({ position }) => position > this.scanned);
    this.behindSince = unseen[0]?.event.recordedAt;
    await this.commit(unseen);
    this.scanned = Math.max(this.scanned, batch.scanned);
    this.behindSince = unseen.at(-1)?.event.recordedAt;
  }

  /** Notes that the log was read to its end and holds nothing more. */
  reachedHead(): void {
    if (this.isStopped) return;
    this.behindSince = undefined;
  }

  /** Notes that the log or the read model could not be reached. */
  outOfReach(now: number): void {
    this.behindSince ??= now;
  }

  stop(now: number): void {
    this.isStopped = true;
    this.behindSince ??= now;
  }

  retire(before: number): Promise<void> {
    return this.options.writer.retire(this.generation, before);
  }

  private async commit(unseen: readonly PlacedEvent[]): Promise<void> {
    const { projection, writer } = this.options;
    const events = unseen.map(({ event }) => event);
    const groups = this.guard(() => groupByKey(projection, events));
    const last = unseen.at(-1);
    if (groups.size === 0 || last === undefined) return;
    const loaded = await writer.load(this.generation, [...groups.keys()]);
    const changes = this.guard(() => fold(projection, groups, loaded));
    this.isInDoubt = true;
    const write = { ...changes, checkpoint: last.position };
    this.generation = await writer.commit(this.generation, write);
    this.isInDoubt = false;
  }

  /** After a commit that failed: goes on from where the read model says that it is. */
  private async resolveDoubt(): Promise<void> {
    if (!this.isInDoubt) return;
    const serving = await this.options.writer.serving(this.options.spec);
    if (serving?.number !== this.generation.number) {
      throw new FoldFailed(this.options.projection.name, 'its read model is gone');
    }
    this.generation = serving;
    this.scanned = Math.max(this.scanned, serving.checkpoint);
    this.isInDoubt = false;
  }

  private guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw new FoldFailed(this.options.projection.name, error);
    }
  }
}
