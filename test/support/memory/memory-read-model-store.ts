import { SESSION } from '../../../src/domain/figures/session-places.js';
import { PlayheadError } from '../../../src/domain/errors.js';
import type { LiveSums } from '../../../src/domain/figures/live-sums.js';
import type { SessionRow } from '../../../src/domain/figures/session-row.js';
import type { Clock } from '../../../src/ports/clock.js';
import { RETIRES_AT, type ProjectionName } from '../../../src/ports/projection.js';
import type {
  GenerationWrite,
  GivenUp,
  ParkedEvent,
  StoredDocument,
} from '../../../src/ports/read-model/documents.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationPlace,
  type GenerationProgress,
  type GenerationSpec,
} from '../../../src/ports/read-model/generation.js';
import { LiveGroups, type LiveQuestion } from '../../../src/ports/read-model/live.js';
import type { DocumentReader, ReadModelReader } from '../../../src/ports/read-model/reader.js';
import {
  CLAIM_MS,
  type EndedRebuild,
  type GenerationRecords,
  type RecordChange,
} from '../../../src/ports/read-model/records.js';
import type {
  ListedSession,
  SessionListQuestion,
} from '../../../src/ports/read-model/session-list.js';
import type {
  RetentionAnswer,
  RetentionQuestion,
  Slice,
  SliceAnswer,
} from '../../../src/ports/read-model/slices.js';
import type { ReadModelWriter } from '../../../src/ports/read-model/writer.js';
import {
  inLogOrder,
  isSameEvent,
  MemoryGenerations,
  type KeptGeneration,
} from './memory-generations.js';
import { MemoryDocumentReader, parse } from './memory-document-reader.js';
import { sessionListOf } from './memory-session-list.js';
import { retentionOf, sliceOf } from './memory-slices.js';

interface MemoryOptions {
  /** The versions that readers want; of those that are not named, the one started last. */
  readonly versions?: Partial<Record<ProjectionName, number>>;
  readonly clock?: Clock;
}

/** The reference of what a read-model store does: everything in memory, gone with the process. */
export class MemoryReadModelStore implements ReadModelWriter, ReadModelReader {
  private readonly owner = Symbol('owner');

  constructor(
    private readonly options: MemoryOptions = {},
    private readonly generations = new MemoryGenerations(options.clock),
  ) {}

  /** The same store in the hands of another owner. */
  anotherOwner(): MemoryReadModelStore {
    return new MemoryReadModelStore(this.options, this.generations);
  }

  records(projections: readonly ProjectionName[]): Promise<GenerationRecords> {
    const isWanted = (one: { readonly projection: ProjectionName }): boolean =>
      projections.includes(one.projection);
    const { all, ended } = this.generations;
    const generations = all
      .filter(({ record }) => isWanted(record))
      .map((kept) => this.generations.seenBy(this.owner, kept));
    return Promise.resolve({ generations, ended: ended.filter(isWanted) });
  }

  write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean> {
    const isWritten = this.generations.change(this.owner, changes);
    if (isWritten && ended !== undefined) this.generations.end(ended);
    return Promise.resolve(isWritten);
  }

  make({ projection, version }: GenerationSpec): Promise<GenerationPlace> {
    return Promise.resolve({ projection, version, number: this.generations.nextNumber() });
  }

  /** The documents are gone with the record. */
  drop(): Promise<void> {
    return Promise.resolve();
  }

  dropStrays(): Promise<void> {
    return Promise.resolve();
  }

  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    const kept = this.generations.held(generation);
    if (kept?.record.checkpoint !== generation.checkpoint) {
      return Promise.reject(new CheckpointMoved(generation));
    }
    const found = keys.flatMap((key) => {
      const row = kept.documents.get(key);
      return row === undefined ? [] : [{ key, body: JSON.parse(row.body) as object }];
    });
    return Promise.resolve(found);
  }

  commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const kept = this.generations.held(generation);
    const isThere =
      kept?.record.checkpoint === generation.checkpoint &&
      (write.endsRetry === undefined || write.endsRetry === kept.record.retriesWanted);
    if (!isThere) return Promise.reject(new CheckpointMoved(generation));
    const documents = new Map(kept.documents);
    for (const { key, body, indexValues } of write.puts) {
      documents.set(key, { body: JSON.stringify(body), indexValues });
    }
    for (const key of write.deletes) documents.delete(key);
    const { checkpoint, checkpointId, totals, progress, parked, endsRetry } = write;
    const isKept = (one: ParkedEvent): boolean =>
      ![...parked.deletes, ...parked.puts].some((gone) => isSameEvent(gone, one));
    const waiting = [...kept.parked.filter(isKept), ...parked.puts].sort(inLogOrder);
    const moved = { checkpoint, checkpointId, totals };
    const isRetryWanted = kept.record.isRetryWanted && endsRetry === undefined;
    const record = { ...kept.record, ...moved, ...progress, isRetryWanted };
    this.save({ ...kept, record, documents, parked: waiting });
    return Promise.resolve({ ...generation, ...moved });
  }

  renew(generation: Generation, progress: GenerationProgress): Promise<void> {
    return this.prolong(generation, [generation.checkpoint], progress);
  }

  keep(generation: Generation, orAt = generation.checkpoint): Promise<void> {
    return this.prolong(generation, [generation.checkpoint, orAt]);
  }

  parked(generation: Generation): Promise<readonly ParkedEvent[]> {
    return Promise.resolve(this.generations.find(generation)?.parked ?? []);
  }

  wantRetry(generation: Generation, giveUp?: GivenUp): Promise<boolean> {
    const kept = this.generations.find(generation);
    const isThere = (one: ParkedEvent): boolean => giveUp !== undefined && isSameEvent(one, giveUp);
    const isSame = kept?.record.identity === generation.identity;
    if (kept?.record.state !== 'serving' || !isSame) {
      return Promise.reject(new CheckpointMoved(generation));
    }
    if (giveUp !== undefined && !kept.parked.some(isThere)) {
      return Promise.resolve(false);
    }
    const parked = kept.parked.map((one) =>
      isThere(one) && giveUp !== undefined ? { ...one, skipped: giveUp.reason } : one,
    );
    const retriesWanted = kept.record.retriesWanted + 1;
    this.generations.put({
      ...kept,
      parked,
      record: { ...kept.record, isRetryWanted: true, retriesWanted },
    });
    return Promise.resolve(true);
  }

  retire(generation: Generation, before: number): Promise<void> {
    const kept = this.generations.find(generation);
    if (kept !== undefined) {
      const left = [...kept.documents].filter(
        ([, { indexValues }]) => (indexValues[RETIRES_AT] ?? Infinity) >= before,
      );
      const retiredBefore = Math.max(kept.retiredBefore ?? 0, before);
      this.generations.put({ ...kept, documents: new Map(left), retiredBefore });
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

  slices(
    atLeast: number,
    questions: readonly Slice[],
    signal?: AbortSignal,
  ): Promise<readonly SliceAnswer[]> {
    return this.answering(atLeast, signal, () =>
      questions.map((question) => sliceOf(this.rows(), question)),
    );
  }

  retention(
    atLeast: number,
    question: RetentionQuestion,
    signal?: AbortSignal,
  ): Promise<RetentionAnswer> {
    return this.answering(atLeast, signal, () => retentionOf(this.rows(), question));
  }

  sessions(
    atLeast: number,
    question: SessionListQuestion,
    signal?: AbortSignal,
  ): Promise<readonly ListedSession[]> {
    return this.answering(atLeast, signal, () => sessionListOf(this.sessionRows(), question));
  }

  private answering<Answer>(
    atLeast: number,
    signal: AbortSignal | undefined,
    answer: () => Answer,
  ): Promise<Answer> {
    return this.snapshot(['sessions'], atLeast, () => {
      const found = answer();
      return Promise.resolve().then(() => {
        signal?.throwIfAborted();
        return found;
      });
    });
  }

  live(atLeast: number, question: LiveQuestion): Promise<readonly LiveSums[]> {
    return this.snapshot(['sessions'], atLeast, () => {
      const groups = new LiveGroups(question);
      for (const row of this.rows()) groups.add(row);
      return Promise.resolve(groups.sums());
    });
  }

  /** All that a projection's read model holds, also before it may be read; for a look inside. */
  documentsOf(projection: ProjectionName): Readonly<Record<string, object>> {
    const rows = [...(this.serving(projection)?.documents ?? [])];
    return Object.fromEntries(rows.map(([key, row]) => [key, parse<object>(row)]));
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private rows(): readonly SessionRow[] {
    return this.sessionRows().map(({ row }) => row);
  }

  private sessionRows(): readonly ListedSession[] {
    return Object.entries(this.documentsOf('sessions'))
      .filter(([key]) => SESSION.has(key))
      .map(([key, row]) => ({ key, row: row as SessionRow }));
  }

  private prolong(
    generation: Generation,
    checkpoints: readonly number[],
    progress?: GenerationProgress,
  ): Promise<void> {
    const kept = this.generations.held(generation);
    if (kept === undefined || !checkpoints.includes(kept.record.checkpoint)) {
      return Promise.reject(new CheckpointMoved(generation));
    }
    this.save({ ...kept, record: { ...kept.record, ...progress } });
    return Promise.resolve();
  }

  /** Writes a generation, which renews the claim on it. */
  private save(kept: KeptGeneration): void {
    const claim = { owner: this.owner, until: this.generations.now() + CLAIM_MS };
    this.generations.put({ ...kept, claim });
  }

  private readerOf(projection: ProjectionName, atLeast: number): DocumentReader {
    const kept = this.serving(projection);
    if (kept === undefined) {
      throw new PlayheadError('READ_MODEL_BEHIND', `${projection} has not been started yet`);
    }
    const { scanned, servesFrom = 0 } = kept.record;
    if (scanned < Math.max(atLeast, servesFrom)) {
      throw new PlayheadError('READ_MODEL_BEHIND', `${projection} is not there yet`);
    }
    return new MemoryDocumentReader(kept);
  }

  private serving(name: ProjectionName): KeptGeneration | undefined {
    const wanted = this.options.versions?.[name];
    return this.generations.all.findLast(
      ({ record: { state, projection, version } }) =>
        state === 'serving' && projection === name && version === (wanted ?? version),
    );
  }
}
