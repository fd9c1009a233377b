import { PlayheadError } from '../../../domain/errors.js';
import { compareUtf8 } from '../../../domain/text.js';
import { LOG_START } from '../../../ports/event-store.js';
import { RETIRES_AT, type ProjectionName } from '../../../ports/projection.js';
import {
  CheckpointMoved,
  type DocumentReader,
  type DocumentWrite,
  type Generation,
  type GenerationSpec,
  type GenerationWrite,
  type IndexedDocument,
  type IndexPage,
  type ReadModelReader,
  type ReadModelWriter,
  type StoredDocument,
} from '../../../ports/read-model-store.js';

/** One generation at one moment; a commit makes a new one, so that readers keep theirs. */
interface Filling {
  readonly generation: Generation;
  /** Bodies as JSON text: nobody shares an object with the store. */
  readonly documents: ReadonlyMap<string, Row>;
}
type Row = Pick<DocumentWrite, 'indexValues'> & { readonly body: string };

/** The reference of what a read-model store does: everything in memory, gone with the process. */
export class MemoryReadModelStore implements ReadModelWriter, ReadModelReader {
  private readonly fillings = new Map<ProjectionName, Filling>();

  /** The versions that readers want; any, where none is named. */
  constructor(private readonly versions: Partial<Record<ProjectionName, number>> = {}) {}

  serving({ projection, version }: GenerationSpec): Promise<Generation | undefined> {
    const generation = this.fillings.get(projection)?.generation;
    return Promise.resolve(generation?.version === version ? generation : undefined);
  }

  start({ projection, version, storeId }: GenerationSpec): Promise<Generation> {
    const number = (this.fillings.get(projection)?.generation.number ?? 0) + 1;
    const generation = { projection, version, number, storeId, checkpoint: LOG_START };
    this.fillings.set(projection, { generation, documents: new Map() });
    return Promise.resolve(generation);
  }

  load({ projection }: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]> {
    const documents = this.fillings.get(projection)?.documents;
    const found = keys.flatMap((key) => {
      const row = documents?.get(key);
      return row === undefined ? [] : [{ key, body: JSON.parse(row.body) as object }];
    });
    return Promise.resolve(found);
  }

  commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const filling = this.fillings.get(generation.projection);
    const isCurrent =
      filling?.generation.number === generation.number &&
      filling.generation.checkpoint === generation.checkpoint;
    if (!isCurrent) return Promise.reject(new CheckpointMoved(generation));
    const documents = new Map(filling.documents);
    for (const { key, body, indexValues } of write.puts) {
      documents.set(key, { body: JSON.stringify(body), indexValues });
    }
    for (const key of write.deletes) documents.delete(key);
    const moved = { ...generation, checkpoint: write.checkpoint };
    this.fillings.set(generation.projection, { generation: moved, documents });
    return Promise.resolve(moved);
  }

  retire({ projection }: Generation, before: number): Promise<void> {
    const filling = this.fillings.get(projection);
    if (filling !== undefined) {
      const kept = [...filling.documents].filter(
        ([, { indexValues }]) => (indexValues[RETIRES_AT] ?? Infinity) >= before,
      );
      this.fillings.set(projection, { ...filling, documents: new Map(kept) });
    }
    return Promise.resolve();
  }

  async snapshot<Names extends readonly ProjectionName[], Result>(
    projections: Names,
    query: (readers: Readonly<Record<Names[number], DocumentReader>>) => Promise<Result>,
  ): Promise<Result> {
    const readers = projections.map((name) => [name, this.readerOf(name)] as const);
    return query(Object.fromEntries(readers) as Record<Names[number], DocumentReader>);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private readerOf(projection: ProjectionName): DocumentReader {
    const filling = this.fillings.get(projection);
    const version = filling?.generation.version;
    if (filling === undefined || version !== (this.versions[projection] ?? version)) {
      throw new PlayheadError('READ_MODEL_BEHIND', `${projection} has not been started yet`);
    }
    return new MemoryDocumentReader(filling.documents);
  }
}

class MemoryDocumentReader implements DocumentReader {
  constructor(private readonly documents: ReadonlyMap<string, Row>) {}

  get<Document extends object>(keys: readonly string[]): Promise<Map<string, Document>> {
    const found = new Map<string, Document>();
    for (const key of keys) {
      const row = this.documents.get(key);
      if (row !== undefined) found.set(key, parse(row));
    }
    return Promise.resolve(found);
  }

  range<Document extends object>(
    from: string,
    to: string,
  ): Promise<readonly { readonly key: string; readonly body: Document }[]> {
    const inside = [...this.documents]
      .filter(([key]) => compareUtf8(from, key) <= 0 && compareUtf8(key, to) <= 0)
      .sort(([a], [b]) => compareUtf8(a, b));
    return Promise.resolve(inside.map(([key, row]) => ({ key, body: parse<Document>(row) })));
  }

  page<Document extends object>({
    index,
    limit,
    after,
    where,
  }: IndexPage): Promise<readonly IndexedDocument<Document>[]> {
    const matching = [...this.documents].flatMap(([key, row]) => {
      const value = row.indexValues[index];
      const isWanted =
        where === undefined || (row.indexValues[where.index] ?? -Infinity) >= where.from;
      return value === undefined || !isWanted ? [] : [{ key, value, body: parse<Document>(row) }];
    });
    const ordered = matching.sort((a, b) => a.value - b.value || compareUtf8(a.key, b.key));
    const isBehind = (row: IndexedDocument<Document>): boolean =>
      after === undefined ||
      row.value > after.value ||
      (row.value === after.value && compareUtf8(row.key, after.key) > 0);
    return Promise.resolve(ordered.filter(isBehind).slice(0, limit));
  }

  count(index: string, from: number): Promise<number> {
    const counted = [...this.documents.values()].filter(
      ({ indexValues }) => (indexValues[index] ?? -Infinity) >= from,
    );
    return Promise.resolve(counted.length);
  }
}

const parse = <Document extends object>({ body }: Row): Document => JSON.parse(body) as Document;
