import { compareUtf8 } from '../../../src/domain/text.js';
import type { FoldSettings } from '../../../src/ports/projection.js';
import type { DocumentWrite, ParkedEvent } from '../../../src/ports/read-model/documents.js';
import type { Generation } from '../../../src/ports/read-model/generation.js';
import type {
  DocumentReader,
  IndexedDocument,
  IndexPage,
} from '../../../src/ports/read-model/reader.js';

/** A body as JSON text: nobody shares an object with the store. */
export type Row = Pick<DocumentWrite, 'indexValues'> & { readonly body: string };

/** One state of a generation. */
interface ReadableGeneration {
  readonly record: Pick<Generation, 'identity' | 'checkpoint' | 'settings'>;
  readonly documents: ReadonlyMap<string, Row>;
  readonly parked: readonly ParkedEvent[];
  readonly retiredBefore?: number;
}

/** Reads documents that nobody changes any more. */
export class MemoryDocumentReader implements DocumentReader {
  readonly identity: string | undefined;
  readonly checkpoint: number;
  readonly settings: FoldSettings;
  readonly parkedEvents: number;
  private readonly documents: ReadonlyMap<string, Row>;

  constructor(private readonly generation: ReadableGeneration) {
    const { documents, record, parked } = generation;
    this.documents = documents;
    this.identity = record.identity;
    this.checkpoint = record.checkpoint;
    this.settings = record.settings;
    this.parkedEvents = parked.filter(({ skipped }) => skipped === undefined).length;
  }

  parked(): Promise<readonly ParkedEvent[]> {
    return Promise.resolve(this.generation.parked);
  }

  retiredBefore(): Promise<number> {
    return Promise.resolve(this.generation.retiredBefore ?? 0);
  }

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
    limit?: number,
  ): Promise<readonly { readonly key: string; readonly body: Document }[]> {
    const inside = [...this.documents]
      .filter(([key]) => compareUtf8(from, key) <= 0 && compareUtf8(key, to) <= 0)
      .sort(([a], [b]) => compareUtf8(a, b))
      .slice(0, limit);
    return Promise.resolve(inside.map(([key, row]) => ({ key, body: parse<Document>(row) })));
  }

  page<Document extends object>({
    index,
    limit,
    after,
    where,
  }: IndexPage): Promise<readonly IndexedDocument<Document>[]> {
    const isWanted = ({ indexValues }: Row): boolean => {
      if (where === undefined) return true;
      const value = indexValues[where.index] ?? -Infinity;
      return value >= where.from && value < (where.before ?? Infinity);
    };
    const matching = [...this.documents].flatMap(([key, row]) => {
      const value = row.indexValues[index];
      return value === undefined || !isWanted(row)
        ? []
        : [{ key, value, body: parse<Document>(row) }];
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

export const parse = <Document extends object>({ body }: Row): Document =>
  JSON.parse(body) as Document;
