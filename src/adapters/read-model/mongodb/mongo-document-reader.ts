import type { AggregateOptions, ClientSession, Collection, Db, Filter, FindOptions } from 'mongodb';
import type { FoldSettings } from '../../../ports/projection.js';
import type { ParkedEvent } from '../../../ports/read-model/documents.js';
import type {
  DocumentReader,
  IndexedDocument,
  IndexPage,
} from '../../../ports/read-model/reader.js';
import {
  ANSWER_DOCUMENTS_MAX,
  documentsIn,
  findByKeys,
  parkedIn,
  pathOf,
  type DocumentRecord,
} from './stored-documents.js';
import type { StoredGeneration } from './stored-generation.js';

/**
 * Reads the documents of one generation in a session's snapshot, by the named index or by key. Keys
 * are strings, which MongoDB orders by their UTF-8 bytes.
 */
export class MongoDocumentReader implements DocumentReader {
  readonly identity: string | undefined;
  readonly checkpoint: number;
  readonly settings: FoldSettings;
  readonly parkedEvents: number;
  private readonly documents: Collection<DocumentRecord>;

  constructor(
    private readonly database: Db,
    private readonly record: StoredGeneration,
    private readonly session: ClientSession,
  ) {
    this.identity = record.identity ?? undefined;
    this.checkpoint = record.checkpoint;
    this.settings = record.settings ?? {};
    this.parkedEvents = record.progress.parkedEvents;
    this.documents = documentsIn(database, record._id);
  }

  parked(): Promise<readonly ParkedEvent[]> {
    return parkedIn(this.database, this.record._id)
      .find<ParkedEvent>({}, { ...this.options(), projection: { _id: 0 } })
      .sort({ position: 1, key: 1 })
      .toArray();
  }

  retiredBefore(): Promise<number> {
    return Promise.resolve(this.record.retiredBefore ?? 0);
  }

  async get<Body extends object>(keys: readonly string[]): Promise<ReadonlyMap<string, Body>> {
    const { documents, session } = this;
    const found = await findByKeys(documents, keys, session);
    return new Map(found.map(({ key, body }) => [key, body as Body]));
  }

  async range<Body extends object>(
    from: string,
    to: string,
    limit = 0,
  ): Promise<readonly { readonly key: string; readonly body: Body }[]> {
    const found = await this.documents
      .find({ _id: { $gte: from, $lte: to } }, { ...this.options(), projection: { body: 1 } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(({ _id, body }) => ({ key: _id, body: body as Body }));
  }

  async page<Body extends object>(page: IndexPage): Promise<readonly IndexedDocument<Body>[]> {
    const { index, limit } = page;
    const found = await this.documents
      .find(filterOf(page), this.options())
      .hint(pathOf(index))
      .sort({ [pathOf(index)]: 1, _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(({ _id, body, by }) => ({
      key: _id,
      body: body as Body,
      value: by[index] ?? NaN,
    }));
  }

  async count(index: string, from: number): Promise<number> {
    const [counted] = await this.documents
      .aggregate<{ n: number }>(
        [{ $match: { [pathOf(index)]: { $gte: from } } }, { $count: 'n' }],
        { ...this.options(), hint: pathOf(index) },
      )
      .toArray();
    return counted?.n ?? 0;
  }

  private options(): FindOptions & AggregateOptions {
    const { session } = this;
    return { session, readConcern: { level: 'snapshot' }, batchSize: ANSWER_DOCUMENTS_MAX };
  }
}

/** Makes the filter of a page: after a place, the rest of its value or any higher value. */
function filterOf({ index, after, where }: IndexPage): Filter<DocumentRecord> {
  const path = pathOf(index);
  const wanted =
    where === undefined
      ? {}
      : { [pathOf(where.index)]: { $gte: where.from, $lt: where.before ?? Infinity } };
  if (after === undefined) return { [path]: { $gte: -Infinity }, ...wanted };
  const rest = { [path]: after.value, _id: { $gt: after.key } };
  return { $or: [rest, { [path]: { $gt: after.value } }], ...wanted };
}
