import { MongoBulkWriteError, type Document, type IndexDescription } from 'mongodb';
import type { SeededRandom } from './random.js';
import { withClient } from './mongo-read-models.js';

/** What was read of a collection. */
interface DumpedCollection {
  readonly name: string;
  readonly indexes: readonly IndexDescription[];
  readonly documents: readonly Document[];
}

/** The collections of a database, read one after the other, as `mongodump` does. */
export type Dump = readonly DumpedCollection[];

/** Reads a database, in any order, while others write it: that is no point in time. */
export const dumpOf = (url: string, random: SeededRandom): Promise<Dump> =>
  withClient(url, async (client) => {
    const database = client.db();
    const found = await database.listCollections({}, { nameOnly: true }).toArray();
    const dump: DumpedCollection[] = [];
    for (const { name } of random.shuffled(found)) {
      const collection = database.collection(name);
      const documents = await collection.find().toArray();
      const indexes = (await collection.indexes()) as IndexDescription[];
      dump.push({ name, documents, indexes });
    }
    return dump;
  });

/** Makes each collection of a dump anew, as `mongorestore --drop` does. */
export const restore = (url: string, dump: Dump): Promise<void> =>
  withClient(url, async (client) => {
    const database = client.db();
    for (const { name, documents, indexes } of dump) {
      await database.dropCollection(name);
      const collection = database.collection(name);
      await collection.createIndexes([...indexes]);
      if (documents.length === 0) continue;
      // Somebody may have written the same document since: theirs stays.
      await collection.insertMany([...documents], { ordered: false }).catch((error: unknown) => {
        const isTaken = error instanceof MongoBulkWriteError && error.code === DUPLICATE_KEY;
        if (!isTaken) throw error;
      });
    }
  });

const DUPLICATE_KEY = 11_000;
