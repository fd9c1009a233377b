import type { Binary, ClientSession, Collection, Db, Document } from 'mongodb';
import type { IndexValues, ProjectionName, Totals } from '../../../ports/projection.js';
import {
  NO_PROGRESS,
  type Generation,
  type GenerationProgress,
  type GenerationStatus,
  type ParkedEvent,
  type RebuildOutcome,
  type StoredDocument,
} from '../../../ports/read-model-store.js';

/** One generation: how far it is, who may write it, and whether queries read it. */
export interface GenerationRecord {
  /** Also the name of the collection that holds its documents. */
  readonly _id: string;
  /** Of all generations of a model one serves at most: a unique index sees to that. */
  readonly model: string;
  readonly projection: ProjectionName;
  readonly version: number;
  readonly number: number;
  readonly storeId: string;
  readonly checkpoint: number;
  readonly totals: Totals;
  readonly progress: GenerationProgress;
  readonly servesFrom: number;
  /** Whose claim lasts until `expiresAt`, by the server's clock; null where it was released. */
  readonly owner: string | null;
  readonly expiresAt: Date;
  /** The id of the owner's session, in which its transactions are. */
  readonly session: Binary | null;
  readonly fence: number;
  /** Queries read it; absent otherwise. */
  readonly serves?: true;
  /** It fills beside the serving one, since `startedAt`; absent otherwise. */
  readonly fills?: true;
  readonly isOffered?: boolean;
  readonly startedAt?: Date;
  /** Queries read it until then. */
  readonly replacedAt?: Date;
  readonly isRetryWanted?: boolean;
  /** Documents that retired before this time may be gone, epoch milliseconds; absent: none. */
  readonly retiredBefore?: number;
  /** Its collections are being removed; absent otherwise. */
  readonly isGoing?: true;
}

/** One document of a read model. */
export interface DocumentRecord {
  readonly _id: string;
  readonly body: Document;
  /** Its values in the indexes. */
  readonly by: IndexValues;
}

/** An event that waits, in a collection of its own beside the documents. */
export interface ParkedRecord extends ParkedEvent {
  readonly _id: string;
}

/** How the last rebuild of a model ended. */
export interface OutcomeRecord extends RebuildOutcome {
  readonly _id: string;
}

type Model = Pick<Generation, 'projection' | 'version'>;

/** A projection in one version: what queries ask for. */
export const modelOf = ({ projection, version }: Model): string =>
  `${projection}.v${String(version)}`;

/** The number in a generation's name; undefined for other names. */
export function numberIn(name: string, model: string): number | undefined {
  const [before, digits = '', ...rest] = name.split('.g');
  return before === model && rest.length === 0 && /^\d+$/.test(digits) ? Number(digits) : undefined;
}

export const idOf = (generation: Model & Pick<Generation, 'number'>): string =>
  `${modelOf(generation)}.g${String(generation.number)}`;

export const generationsIn = (database: Db): Collection<GenerationRecord> =>
  database.collection('generations');

export const documentsIn = (database: Db, id: string): Collection<DocumentRecord> =>
  database.collection(id);

export const parkedIn = (database: Db, id: string): Collection<ParkedRecord> =>
  database.collection(`${id}.parked`);

export const outcomesIn = (database: Db): Collection<OutcomeRecord> =>
  database.collection('rebuilds');

export const parkedIdOf = ({ position, key }: Pick<ParkedEvent, 'position' | 'key'>): string =>
  `${String(position)} ${key}`;

export function toGeneration(record: GenerationRecord): Generation {
  const { projection, version, number, storeId, checkpoint, totals, fence } = record;
  return { projection, version, number, storeId, checkpoint, totals, fence };
}

/** With whether somebody else has a claim on it. */
export type FoundGeneration = GenerationRecord & { readonly isTaken: boolean };

export function toStatus(record: FoundGeneration): GenerationStatus {
  const { progress, servesFrom, isTaken, owner, isRetryWanted = false } = record;
  const status = { servesFrom, isTaken, owner: owner ?? undefined, isRetryWanted };
  return { ...toGeneration(record), ...NO_PROGRESS, ...progress, ...status };
}

/** The path of an index's value in a document. */
export const pathOf = (index: string): string => `by.${index}`;

/** An index holds the documents that have a value in it, in the order of values, then of keys. */
export const indexOf = (
  index: string,
): { name: string; key: Record<string, 1>; partialFilterExpression: object } => ({
  name: pathOf(index),
  key: { [pathOf(index)]: 1, _id: 1 },
  partialFilterExpression: { [pathOf(index)]: { $exists: true } },
});

/** Keys in one command: with keys of the greatest length far from the 16 MB that one may have. */
const KEYS_MAX = 5_000;
/** Documents in one answer, which has 16 MB at most: the default is 101. */
export const ANSWER_DOCUMENTS_MAX = 10_000;

/** Finds documents by their keys, in no order. */
export async function findByKeys(
  collection: Collection<DocumentRecord>,
  keys: readonly string[],
  { session, level }: { readonly session: ClientSession; readonly level: 'majority' | 'snapshot' },
): Promise<readonly StoredDocument[]> {
  const found: StoredDocument[] = [];
  for (let first = 0; first < keys.length; first += KEYS_MAX) {
    const options = {
      session,
      readConcern: { level },
      projection: { body: 1 },
      batchSize: ANSWER_DOCUMENTS_MAX,
    };
    const some = { _id: { $in: keys.slice(first, first + KEYS_MAX) } };
    const records = await collection.find(some, options).toArray();
    for (const { _id, body } of records) found.push({ key: _id, body });
  }
  return found;
}
