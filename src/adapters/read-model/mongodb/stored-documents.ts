import type { AnyBulkWriteOperation, ClientSession, Collection, Db, Document } from 'mongodb';
import type { IndexValues } from '../../../ports/projection.js';
import type {
  GenerationWrite,
  ParkedChange,
  ParkedEvent,
  StoredDocument,
} from '../../../ports/read-model/documents.js';

/** One document of a read model. */
export interface DocumentRecord {
  readonly _id: string;
  readonly body: Document;
  /** The document's values in the indexes. */
  readonly by: IndexValues;
}

/** A parked event, in a collection of its own beside the documents. */
export interface ParkedRecord extends ParkedEvent {
  readonly _id: string;
}

export const parkedNameOf = (id: string): string => `${id}.parked`;

export const documentsIn = (database: Db, id: string): Collection<DocumentRecord> =>
  database.collection(id);

export const parkedIn = (database: Db, id: string): Collection<ParkedRecord> =>
  database.collection(parkedNameOf(id));

export const parkedIdOf = ({ position, key }: Pick<ParkedEvent, 'position' | 'key'>): string =>
  `${String(position)} ${key}`;

/** Returns the path of an index's value in a document. */
export const pathOf = (index: string): string => `by.${index}`;

/** Describes an index: the documents that have a value in it, ordered by value, then by key. */
export const indexOf = (
  index: string,
): { name: string; key: Record<string, 1>; partialFilterExpression: object } => ({
  name: pathOf(index),
  key: { [pathOf(index)]: 1, _id: 1 },
  partialFilterExpression: { [pathOf(index)]: { $exists: true } },
});

export function parkedOperationsOf({
  puts,
  deletes,
}: ParkedChange): readonly AnyBulkWriteOperation<ParkedRecord>[] {
  return [
    ...deletes.map((event) => ({ deleteOne: { filter: { _id: parkedIdOf(event) } } })),
    ...puts.map((event) => ({
      replaceOne: { filter: { _id: parkedIdOf(event) }, replacement: event, upsert: true },
    })),
  ];
}

export function operationsOf({
  puts,
  deletes,
}: GenerationWrite): readonly AnyBulkWriteOperation<DocumentRecord>[] {
  return [
    ...puts.map(({ key, body, indexValues }) => ({
      replaceOne: { filter: { _id: key }, replacement: { body, by: indexValues }, upsert: true },
    })),
    ...deletes.map((key) => ({ deleteOne: { filter: { _id: key } } })),
  ];
}

/** Keys in one command: even the longest keys stay far below its limit of 16 MB. */
const KEYS_MAX = 5_000;
/** Documents in one answer, which has at most 16 MB: the default is 101. */
export const ANSWER_DOCUMENTS_MAX = 10_000;

/** Finds documents by their keys in a snapshot, in no order. */
export async function findByKeys(
  collection: Collection<DocumentRecord>,
  keys: readonly string[],
  session: ClientSession,
): Promise<readonly StoredDocument[]> {
  const found: StoredDocument[] = [];
  for (let first = 0; first < keys.length; first += KEYS_MAX) {
    const options = {
      session,
      readConcern: { level: 'snapshot' },
      projection: { body: 1 },
      batchSize: ANSWER_DOCUMENTS_MAX,
    } as const;
    const some = { _id: { $in: keys.slice(first, first + KEYS_MAX) } };
    const records = await collection.find(some, options).toArray();
    for (const { _id, body } of records) found.push({ key: _id, body });
  }
  return found;
}
