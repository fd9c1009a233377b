import type { RemoteLog } from './distributed.js';
import { serverUnderTest, type ServerUnderTest } from './eventstoredb/server-under-test.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from './mongod.js';
import { endLeftovers } from './server.js';

/** An event store and a MongoDB, for nodes that keep nothing of their own. */
export interface OutsideStores {
  /** Returns the log of a suite, or one of its own for each name. */
  readonly log: (name?: string) => RemoteLog;
  /** Returns the address of a database that nothing is in. */
  readonly newDatabase: () => string;
}

/** Tests with both: there from the first test until after the last, and after all nodes. */
export const describeWithOutsideStores = (
  title: string,
  tests: (stores: OutsideStores) => void,
): Promise<void> =>
  describeWithMongo(title, (startMongo) => {
    let mongo: MongoServers;
    let events: ServerUnderTest;
    beforeAll(async () => {
      [mongo, events] = await Promise.all([startMongo(), serverUnderTest()]);
    });
    afterAll(async () => {
      await endLeftovers();
      await mongo.stop();
      await events.stop();
    });
    tests({
      log: (name) => ({
        url: events.url,
        prefix: name === undefined ? events.prefix : `${events.prefix}${name}-`,
      }),
      newDatabase: () => mongo.url(newDatabaseName()),
    });
  });
