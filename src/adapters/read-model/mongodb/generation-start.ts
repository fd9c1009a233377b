import type { ClientSession, Db, Filter, IndexDescription } from 'mongodb';
import { LOG_START } from '../../../ports/event-store.js';
import {
  NO_PROGRESS,
  type Generation,
  type GenerationSpec,
  type GenerationStart,
} from '../../../ports/read-model-store.js';
import {
  documentsIn,
  generationsIn,
  idOf,
  indexOf,
  modelOf,
  numberIn,
  parkedIn,
  type GenerationRecord,
} from './generation-records.js';
import { inTransaction } from './mongo-connection.js';
import { isDuplicateKey, isNamespaceExists } from './mongo-errors.js';

/** How long a replaced generation stays: queries that began before may still be reading it. */
const REPLACED_MS = 60_000;

/**
 * How long a start is tried: one that was cut off holds what it wrote until the server ends its
 * transaction, by default after a minute, and up to half as long again.
 */
const START_MS = 100_000;

interface At {
  readonly database: Db;
  readonly session: ClientSession;
}
interface Start extends GenerationStart, At {
  readonly claim: Pick<GenerationRecord, 'owner' | 'session'> & { readonly expiresAt: object };
}

/**
 * Makes the collection of a new generation, then switches to it in one transaction; undefined if
 * another one serves by now. Of writers that start at the same time one wins.
 */
export async function startGeneration(
  spec: GenerationSpec,
  start: Start,
): Promise<Generation | undefined> {
  const { database, session } = start;
  const { projection, version, storeId, indexes } = spec;
  const number = (await highestNumber(modelOf(spec), start)) + 1;
  const place = { number, checkpoint: LOG_START, totals: {}, fence: 1 };
  const generation = { projection, version, storeId, ...place };
  await prepareSwitches(database);
  await createDocuments(database, idOf(generation), indexes);
  const isStarted = await inTransaction(session, () => switchTo(generation, start), START_MS);
  if (!isStarted) return undefined;
  await removeOlder(generation, start);
  return generation;
}

/** Above all that there ever were: also above one of which a start that failed left a part. */
async function highestNumber(model: string, { database, session }: At): Promise<number> {
  const records = await generationsIn(database)
    .find({ model }, { session, readConcern: { level: 'majority' }, projection: { number: 1 } })
    .toArray();
  const numbers = [...records.map(({ number }) => number), ...(await numbersOf(model, database))];
  return Math.max(0, ...numbers);
}

/** The numbers of all of a model's generations that have a collection. */
async function numbersOf(model: string, database: Db): Promise<readonly number[]> {
  const collections = await database.listCollections({}, { nameOnly: true }).toArray();
  return collections.flatMap(({ name }) => numberIn(name, model) ?? []);
}

/** The indexes that let one generation of a model serve at most, and one fill. */
async function prepareSwitches(database: Db): Promise<void> {
  const only = (name: string, field: string): IndexDescription => ({
    key: { model: 1, [field]: 1 },
    name,
    unique: true,
    partialFilterExpression: { [field]: true },
  });
  const indexes = [only('serving', 'serves'), only('filling', 'fills')];
  await generationsIn(database).createIndexes(indexes);
}

/** Others may be making the same one: both make the same of it. */
async function createDocuments(
  database: Db,
  id: string,
  indexes: readonly string[],
): Promise<void> {
  for (const name of [id, parkedIn(database, id).collectionName]) {
    try {
      await database.createCollection(name);
    } catch (error) {
      if (!isNamespaceExists(error)) throw error;
    }
  }
  if (indexes.length > 0) await documentsIn(database, id).createIndexes(indexes.map(indexOf));
}

/** Whether the switch was made; if not, nothing was. */
async function switchTo(
  generation: Generation,
  { database, session, replacing, servesFrom, claim }: Start,
): Promise<boolean> {
  const generations = generationsIn(database);
  if (replacing !== undefined) {
    const { matchedCount } = await generations.updateOne(
      { _id: idOf({ ...generation, number: replacing }), serves: true },
      REPLACED,
      { session },
    );
    if (matchedCount === 0) return session.abortTransaction().then(() => false);
  }
  const record: GenerationRecord = {
    _id: idOf(generation),
    model: modelOf(generation),
    ...generation,
    progress: NO_PROGRESS,
    servesFrom,
    ...claim,
    expiresAt: new Date(0),
    serves: true,
  };
  try {
    await generations.insertOne(record, { session });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return session.abortTransaction().then(() => false);
  }
  // An insert cannot ask the server's clock.
  const { expiresAt } = claim;
  await generations.updateOne({ _id: record._id }, [{ $set: { expiresAt } }], { session });
  return true;
}

/**
 * Drops what a model's earlier generations left, once no query can be reading it: also collections
 * of starts that did not come to their end, which cannot win any more.
 */
async function removeOlder(generation: Generation, { database, session }: Start): Promise<void> {
  const generations = generationsIn(database);
  const model = modelOf(generation);
  const isFresh = { $gt: ['$replacedAt', { $subtract: ['$$NOW', REPLACED_MS] }] };
  const records = await generations
    .find<{ number: number; isKept: boolean }>(
      { model },
      {
        session,
        readConcern: { level: 'majority' },
        projection: { number: 1, isKept: { $or: ['$serves', '$fills', isFresh] } },
      },
    )
    .toArray();
  const kept = new Set(records.flatMap(({ number, isKept }) => (isKept ? [number] : [])));
  const numbers = new Set([
    ...records.map(({ number }) => number),
    ...(await numbersOf(model, database)),
  ]);
  for (const number of numbers) {
    if (number >= generation.number || kept.has(number)) continue;
    await removeGeneration(idOf({ ...generation, number }), { database, session });
  }
}

/**
 * Removes a generation with all that is in it, unless it is wanted by now: then it does not pass
 * the filter any more. Its record goes last, so that what a crash leaves is removed another time;
 * but until then nobody can bring it back.
 */
export async function removeGeneration(
  id: string,
  { database, session }: At,
  isUnwanted: Filter<GenerationRecord> = {},
): Promise<void> {
  const generations = generationsIn(database);
  const { matchedCount } = await generations.updateOne(
    { _id: id, ...isUnwanted },
    [{ $set: { isGoing: true } }, { $unset: ['serves', 'fills', 'replacedAt'] }],
    { session },
  );
  if (matchedCount === 0 && (await generations.findOne({ _id: id }, { session })) !== null) return;
  await database.dropCollection(id);
  await database.dropCollection(parkedIn(database, id).collectionName);
  await generations.deleteOne({ _id: id }, { session });
}

/** Takes a generation out of service; who still believes to own it may write it no more. */
export const REPLACED = [
  { $set: { replacedAt: '$$NOW', fence: { $add: ['$fence', 1] } } },
  { $unset: 'serves' },
];

/** Makes an empty generation beside the serving one; false if one fills already. */
export async function fillGeneration(
  spec: GenerationSpec,
  { now, ...at }: At & { readonly now: number },
): Promise<boolean> {
  const { projection, version, storeId, indexes } = spec;
  const { database, session } = at;
  const number = (await highestNumber(modelOf(spec), at)) + 1;
  const place = { number, checkpoint: LOG_START, totals: {}, fence: 1 };
  const generation = { projection, version, storeId, ...place };
  await prepareSwitches(database);
  await createDocuments(database, idOf(generation), indexes);
  const record: GenerationRecord = {
    _id: idOf(generation),
    model: modelOf(generation),
    ...generation,
    progress: NO_PROGRESS,
    servesFrom: LOG_START,
    owner: null,
    session: null,
    expiresAt: new Date(0),
    fills: true,
    isOffered: false,
    startedAt: new Date(now),
  };
  try {
    await generationsIn(database).insertOne(record, { session });
    return true;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    // Where another writer chose the same number, it is that one's.
    const isOthers = await generationsIn(database).findOne({ _id: record._id }, { session });
    if (isOthers === null) await removeGeneration(record._id, at);
    return false;
  }
}
