import { LOG_START } from '../../../ports/event-store.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationProgress,
  type GenerationSpec,
  type GenerationStart,
  type GenerationStatus,
  type GenerationWrite,
  type GivenUp,
  type ParkedEvent,
  type ReadModelWriter,
  type RebuildStore,
  type StoredDocument,
} from '../../../ports/read-model-store.js';
import { EmbeddedRebuilds } from './embedded-rebuilds.js';
import { Generations, ONLY_FENCE } from './generations.js';

/** Read models in a folder: a SQLite file a generation, and one that says what each is for. */
export class EmbeddedReadModelWriter implements ReadModelWriter {
  readonly rebuilds: RebuildStore;
  private readonly generations: Generations;

  constructor(folder: string) {
    this.generations = new Generations(folder);
    this.rebuilds = new EmbeddedRebuilds(this.generations);
  }

  async serving(
    specs: readonly GenerationSpec[],
  ): Promise<readonly (GenerationStatus | undefined)[]> {
    return Promise.resolve(
      specs.map((spec) => this.generations.statusOf(spec, this.generations.servingOf(spec))),
    );
  }

  async claim(generations: readonly Generation[]): Promise<readonly Generation[] | undefined> {
    const claimed = generations.flatMap((generation) => {
      const row = this.generations.rowOf(generation);
      const file = row && this.generations.files.opened(row);
      return file === undefined ? [] : [{ ...generation, ...file.state() }];
    });
    return Promise.resolve(claimed.length === generations.length ? claimed : undefined);
  }

  /** A serving file that cannot be read is replaced like none: it can be folded again. */
  async start(
    spec: GenerationSpec,
    { replacing }: GenerationStart,
  ): Promise<Generation | undefined> {
    const { projection, version, storeId } = spec;
    if (replacing !== undefined && replacing !== this.generations.servingOf(spec)?.number) {
      return Promise.resolve(undefined);
    }
    const number = this.generations.control.nextNumber(projection);
    const row = { projection, version, number, role: 'serving', since: 0, scanned: 0 } as const;
    this.generations.files.open(spec, row, true);
    this.generations.control.atOnce(() => {
      for (const other of this.generations.control.generationsOf(projection))
        this.generations.control.remove(other);
      this.generations.control.save(row);
    });
    this.generations.removeStrays(spec);
    const place = { number, checkpoint: LOG_START, totals: {}, fence: ONLY_FENCE };
    return Promise.resolve({ projection, version, storeId, ...place });
  }

  async load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    return Promise.resolve(this.generations.files.of(generation).load(keys));
  }

  async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const isCommitted = this.generations.files.of(generation).commit(generation.checkpoint, write);
    if (!isCommitted) throw new CheckpointMoved(generation);
    const { checkpoint, totals } = write;
    return Promise.resolve({ ...generation, checkpoint, totals });
  }

  /** Only of one that fills another thread wants to know how far it is. */
  async renew(generation: Generation, { scanned }: GenerationProgress): Promise<void> {
    const row = this.generations.rowOf(generation);
    if (row === undefined) throw new CheckpointMoved(generation);
    if (row.role === 'filling') this.generations.control.save({ ...row, scanned });
    return Promise.resolve();
  }

  async release(): Promise<void> {
    return Promise.resolve();
  }

  async parked(generation: Generation): Promise<readonly ParkedEvent[]> {
    return Promise.resolve(this.generations.files.of(generation).parked());
  }

  async wantRetry(generation: Generation, giveUp?: GivenUp): Promise<boolean> {
    return Promise.resolve(this.generations.files.of(generation).wantRetry(giveUp));
  }

  async retire(generation: Generation, before: number): Promise<void> {
    this.generations.files.of(generation).retire(before);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.generations.close();
    return Promise.resolve();
  }
}
