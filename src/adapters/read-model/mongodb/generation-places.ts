import type { Db, IndexDescription } from 'mongodb';
import type { ProjectionName } from '../../../ports/projection.js';
import type { GenerationPlace, GenerationSpec } from '../../../ports/read-model/generation.js';
import { isNamespaceExists, isNamespaceMissing } from './mongo-errors.js';
import { documentsIn, indexOf, parkedNameOf } from './stored-documents.js';
import {
  generationsIn,
  idOf,
  modelOf,
  placeIn,
  STATE,
  type FoundGeneration,
  type KnownPlace,
} from './stored-generation.js';

/** Manages the places of generations' documents: two collections for each. */
export class GenerationPlaces {
  private last: Look = { at: -Infinity, places: new Map() };

  constructor(private readonly database: Db) {}

  /**
   * Makes the collections of a new generation. Its number is above those of all records and
   * collections. If two writers choose a number, the one that makes the collection has it.
   */
  async make({ projection, version, indexes }: GenerationSpec): Promise<GenerationPlace> {
    const { database } = this;
    await makeUniqueIndexes(database);
    const model = { projection, version };
    let number = await this.highestNumber(modelOf(model));
    let id: string;
    do {
      number += 1;
      id = idOf({ ...model, number });
    } while (!(await this.create(id)));
    await this.create(parkedNameOf(id));
    if (indexes.length > 0) await documentsIn(database, id).createIndexes(indexes.map(indexOf));
    return { ...model, number };
  }

  /**
   * Removes the collections, unless a node of 0.1.0 uses them: such a node may use what others have
   * made. The collection that reserves the number goes last.
   */
  async drop(place: GenerationPlace): Promise<void> {
    const _id = idOf(place);
    const isUsed = { _id, $expr: { $ne: [STATE, 'removed'] } };
    if ((await generationsIn(this.database).findOne(isUsed)) !== null) return;
    await this.database.dropCollection(parkedNameOf(_id));
    await this.database.dropCollection(_id);
  }

  /** Removes collections that have no record, and cannot get a record any more. */
  async dropStrays(projections: readonly ProjectionName[]): Promise<void> {
    const found = await this.all();
    // Records are read last: else what another node has just begun would look like a stray.
    const records = await generationsIn(this.database)
      .find({ projection: { $in: [...projections] } }, { projection: { model: 1, number: 1 } })
      .toArray();
    const known = new Set(records.map(({ _id }) => _id));
    const strays = found.filter((place) => {
      const isLater = ({ model, number }: Pick<FoundGeneration, 'model' | 'number'>): boolean =>
        model === modelOf(place) && number > place.number;
      return records.some(isLater) && !known.has(idOf(place));
    });
    for (const stray of strays) await this.drop(stray);
  }

  /** Returns the collections of a generation as they are now. */
  async find(id: string): Promise<KnownPlace> {
    const { places } = await this.look();
    return places.get(id) ?? NOWHERE;
  }

  /** Finds the faults of records' collections; reports a fault only after a new look. */
  async faultsOf(records: readonly FoundGeneration[]): Promise<readonly (string | undefined)[]> {
    const isRecent = performance.now() - this.last.at < LOOK_MS;
    const { places } = isRecent ? this.last : await this.look();
    const faults = records.map((record) => faultOf(record, places.get(record._id)));
    if (!isRecent || faults.every((fault) => fault === undefined)) return faults;
    const anew = await this.look();
    return records.map((record) => faultOf(record, anew.places.get(record._id)));
  }

  private async look(): Promise<Look> {
    const at = performance.now();
    const collections = await this.database
      .listCollections({ name: NAMES }, { nameOnly: false })
      .toArray();
    const uuids = new Map(collections.map(({ name, info }) => [name, info?.uuid?.toString('hex')]));
    const look = async (id: string): Promise<readonly [string, KnownPlace]> => {
      const [documents = null, parked = null] = [uuids.get(id), uuids.get(parkedNameOf(id))];
      const indexes = documents === null ? [] : await this.indexesOf(id);
      return [id, { documents: indexes && documents, parked, indexes: indexes ?? [] }];
    };
    const ids = new Set([...uuids.keys()].map((name) => name.replace(/\.parked$/, '')));
    const places = await Promise.all([...ids].map(look));
    this.last = { at, places: new Map(places) };
    return this.last;
  }

  /** Lists the names of a collection's indexes; null if it has been dropped meanwhile. */
  private async indexesOf(id: string): Promise<readonly string[] | null> {
    try {
      const found = await documentsIn(this.database, id).indexes();
      return found.map(({ name }) => String(name));
    } catch (error) {
      if (isNamespaceMissing(error)) return null;
      throw error;
    }
  }

  private async highestNumber(model: string): Promise<number> {
    const records = await generationsIn(this.database)
      .find({ model }, { projection: { number: 1 } })
      .toArray();
    const places = (await this.all()).filter((place) => modelOf(place) === model);
    return Math.max(0, ...[...records, ...places].map(({ number }) => number));
  }

  /** Lists all generations that have collections, with a record or without. */
  private async all(): Promise<readonly GenerationPlace[]> {
    return [...(await this.look()).places.keys()].flatMap((id) => placeIn(id) ?? []);
  }

  /** Makes a collection; false if it is there already. */
  private async create(name: string): Promise<boolean> {
    try {
      await this.database.createCollection(name);
      return true;
    } catch (error) {
      if (isNamespaceExists(error)) return false;
      throw error;
    }
  }
}

/** The time for which a look at the collections counts if it finds no fault. */
const LOOK_MS = 5_000;

/** The collections as of one moment. */
interface Look {
  readonly at: number;
  readonly places: ReadonlyMap<string, KnownPlace>;
}

/** The names of collections of generations. */
const NAMES = /\.v\d+\.g\d+(\.parked)?$/;
const NOWHERE: KnownPlace = { documents: null, parked: null, indexes: [] };

/** The name of the index of serving generations. */
export const SERVING = 'serving';

/** Makes the indexes by which at most one generation of a model serves, and one is built. */
async function makeUniqueIndexes(database: Db): Promise<void> {
  const only = (name: string, field: string): IndexDescription => ({
    key: { model: 1, [field]: 1 },
    name,
    unique: true,
    partialFilterExpression: { [field]: true },
  });
  await generationsIn(database).createIndexes([only(SERVING, 'serves'), only('filling', 'fills')]);
}

/** Describes the fault of a generation's place; undefined if there is none. */
function faultOf(
  { _id, state, collections: known }: FoundGeneration,
  place: KnownPlace = NOWHERE,
): string | undefined {
  if (state === 'removed') return undefined;
  if (place.documents === null || place.parked === null) return `a collection of ${_id} is gone`;
  if (known === undefined) return undefined;
  const isSame = known.documents === place.documents && known.parked === place.parked;
  if (!isSame) return `a collection of ${_id} was replaced by another one`;
  const missing = known.indexes.find((index) => !place.indexes.includes(index));
  return missing && `the collection ${_id} has lost its index ${missing}`;
}
