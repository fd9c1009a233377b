import { PlayheadError } from '../../../domain/errors.js';
import type { Clock } from '../../../ports/clock.js';
import { RETIRES_AT, type ProjectionName } from '../../../ports/projection.js';
import {
  CheckpointMoved,
  type DocumentReader,
  type Generation,
  type GenerationProgress,
  type GenerationSpec,
  type GenerationStart,
  type GenerationStatus,
  type GenerationWrite,
  type GivenUp,
  type ParkedEvent,
  type ReadModelReader,
  type ReadModelWriter,
  type RebuildStore,
  type StoredDocument,
} from '../../../ports/read-model-store.js';
import { inLogOrder, isSameEvent, MemoryFillings, type Filling } from './memory-fillings.js';
import { MemoryOwner } from './memory-owner.js';
import { MemoryRebuilds } from './memory-rebuilds.js';
import { MemoryDocumentReader, parse } from './memory-document-reader.js';

interface MemoryOptions {
  /** The versions that readers want; of those that are not named, the one started last. */
  readonly versions?: Partial<Record<ProjectionName, number>>;
  readonly clock?: Clock;
}

/** The reference of what a read-model store does: everything in memory, gone with the process. */
export class MemoryReadModelStore implements ReadModelWriter, ReadModelReader {
  readonly rebuilds: RebuildStore;
  private readonly owner: MemoryOwner;

  constructor(
    private readonly options: MemoryOptions = {},
    private readonly fillings = new MemoryFillings(),
  ) {
    this.owner = new MemoryOwner(fillings, options.clock);
    this.rebuilds = new MemoryRebuilds(fillings, this.owner);
  }

  /** The same store in the hands of another owner. */
  anotherOwner(): MemoryReadModelStore {
    return new MemoryReadModelStore(this.options, this.fillings);
  }

  serving(specs: readonly GenerationSpec[]): Promise<readonly (GenerationStatus | undefined)[]> {
    return Promise.resolve(
      specs.map((spec) => this.owner.statusOf(this.fillings.inRole(spec, 'serving'))),
    );
  }

  claim(generations: readonly Generation[]): Promise<readonly Generation[] | undefined> {
    const fillings = generations.flatMap((generation) => this.fillings.find(generation) ?? []);
    const isFree = fillings.every(({ claim }) => this.owner.isFree(claim));
    if (!isFree || fillings.length < generations.length) return Promise.resolve(undefined);
    const claimed = fillings.map((filling) => {
      const generation = { ...filling.generation, fence: filling.generation.fence + 1 };
      this.owner.save({ ...filling, generation });
      return generation;
    });
    return Promise.resolve(claimed);
  }

  start(
    spec: GenerationSpec,
    { replacing, servesFrom }: GenerationStart,
  ): Promise<Generation | undefined> {
    const serving = this.fillings.inRole(spec, 'serving');
    if (serving?.generation.number !== replacing) return Promise.resolve(undefined);
    if (serving !== undefined) this.fillings.drop(serving);
    const filling = { ...this.fillings.empty(spec), servesFrom };
    this.owner.save(filling);
    return Promise.resolve(filling.generation);
  }

  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    const { documents } = this.fillings.find(generation) ?? {};
    const found = keys.flatMap((key) => {
      const row = documents?.get(key);
      return row === undefined ? [] : [{ key, body: JSON.parse(row.body) as object }];
    });
    return Promise.resolve(found);
  }

  commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const filling = this.owner.held(generation);
    if (filling?.generation.checkpoint !== generation.checkpoint) {
      return Promise.reject(new CheckpointMoved(generation));
    }
    const documents = new Map(filling.documents);
    for (const { key, body, indexValues } of write.puts) {
      documents.set(key, { body: JSON.stringify(body), indexValues });
    }
    for (const key of write.deletes) documents.delete(key);
    const { checkpoint, totals, progress, parked } = write;
    const moved = { ...generation, checkpoint, totals };
    const isKept = (one: ParkedEvent): boolean =>
      ![...parked.deletes, ...parked.puts].some((gone) => isSameEvent(gone, one));
    const waiting = [...filling.parked.filter(isKept), ...parked.puts].sort(inLogOrder);
    const isRetryWanted = filling.isRetryWanted && write.endsRetry !== true;
    const contents = { documents, parked: waiting, isRetryWanted };
    this.owner.save({ ...filling, generation: moved, progress, ...contents });
    return Promise.resolve(moved);
  }

  renew(generation: Generation, progress: GenerationProgress): Promise<void> {
    const filling = this.owner.held(generation);
    if (filling === undefined) return Promise.reject(new CheckpointMoved(generation));
    this.owner.save({ ...filling, progress });
    return Promise.resolve();
  }

  release(generations: readonly Generation[]): Promise<void> {
    for (const generation of generations) {
      const filling = this.owner.held(generation);
      if (filling === undefined) continue;
      const released = { ...filling.generation, fence: filling.generation.fence + 1 };
      this.fillings.put({ ...filling, generation: released, claim: undefined });
    }
    return Promise.resolve();
  }

  parked(generation: Generation): Promise<readonly ParkedEvent[]> {
    return Promise.resolve(this.fillings.find(generation)?.parked ?? []);
  }

  wantRetry(generation: Generation, giveUp?: GivenUp): Promise<boolean> {
    const filling = this.fillings.find(generation);
    const isThere = (one: ParkedEvent): boolean => giveUp !== undefined && isSameEvent(one, giveUp);
    if (filling === undefined || (giveUp !== undefined && !filling.parked.some(isThere))) {
      return Promise.resolve(false);
    }
    const parked = filling.parked.map((one) =>
      isThere(one) && giveUp !== undefined ? { ...one, skipped: giveUp.reason } : one,
    );
    this.fillings.put({ ...filling, parked, isRetryWanted: true });
    return Promise.resolve(true);
  }

  retire(generation: Generation, before: number): Promise<void> {
    const filling = this.fillings.find(generation);
    if (filling !== undefined) {
      const kept = [...filling.documents].filter(
        ([, { indexValues }]) => (indexValues[RETIRES_AT] ?? Infinity) >= before,
      );
      const retiredBefore = Math.max(filling.retiredBefore ?? 0, before);
      this.fillings.put({ ...filling, documents: new Map(kept), retiredBefore });
    }
    return Promise.resolve();
  }

  async snapshot<Names extends readonly ProjectionName[], Result>(
    projections: Names,
    atLeast: number,
    query: (readers: Readonly<Record<Names[number], DocumentReader>>) => Promise<Result>,
  ): Promise<Result> {
    const readers = projections.map((name) => [name, this.readerOf(name, atLeast)] as const);
    return query(Object.fromEntries(readers) as Record<Names[number], DocumentReader>);
  }

  /** All that a projection's read model holds, also before it may be read; for a look inside. */
  documentsOf(projection: ProjectionName): Readonly<Record<string, object>> {
    const rows = [...(this.readFilling(projection)?.documents ?? [])];
    return Object.fromEntries(rows.map(([key, row]) => [key, parse<object>(row)]));
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private readerOf(projection: ProjectionName, atLeast: number): DocumentReader {
    const filling = this.readFilling(projection);
    if (filling === undefined) {
      throw new PlayheadError('READ_MODEL_BEHIND', `${projection} has not been started yet`);
    }
    if (filling.progress.scanned < Math.max(atLeast, filling.servesFrom)) {
      throw new PlayheadError('READ_MODEL_BEHIND', `${projection} is not there yet`);
    }
    return new MemoryDocumentReader(filling);
  }

  private readFilling(name: ProjectionName): Filling | undefined {
    const wanted = this.options.versions?.[name];
    return this.fillings.all.findLast(
      ({ role, generation: { projection, version } }) =>
        role === 'serving' && projection === name && version === (wanted ?? version),
    );
  }
}
