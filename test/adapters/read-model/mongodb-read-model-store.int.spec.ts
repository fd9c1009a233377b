import { MongoConnection } from '../../../src/adapters/read-model/mongodb/mongo-connection.js';
import { MongoLease } from '../../../src/adapters/read-model/mongodb/mongo-lease.js';
import { describeLease } from '../../contracts/lease.suite.js';
import { describeLive } from '../../contracts/read-model-live.suite.js';
import { describeSessionLists } from '../../contracts/read-model-sessions.suite.js';
import { describeSlices } from '../../contracts/read-model-slices.suite.js';
import type { ReadModelFactory } from '../../contracts/read-model-store.js';
import { describeReadModelStore } from '../../contracts/read-model-store.suite.js';
import { openReadModels, withClient } from '../../support/mongo-read-models.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from '../../support/mongod.js';

await describeWithMongo('read models in MongoDB', (start) => {
  let servers: MongoServers;
  beforeAll(async () => {
    servers = await start();
  });
  afterAll(async () => {
    await servers.stop();
  });

  const urls: string[] = [];
  const dropAll = async (): Promise<void> => {
    for (const url of urls.splice(0)) {
      await withClient(url, (client) => client.db().dropDatabase());
    }
  };
  const readModels: ReadModelFactory = {
    isShared: true,
    create: (versions) => {
      const url = servers.url(newDatabaseName());
      urls.push(url);
      return openReadModels(url, versions);
    },
    cleanUp: dropAll,
  };
  describeReadModelStore('mongodb', readModels);
  describeSlices('mongodb', readModels);
  describeSessionLists('mongodb', readModels);
  describeLive('mongodb', readModels);

  const connections: MongoConnection[] = [];
  describeLease('mongodb', {
    create: async (nodes) => {
      const url = servers.url(newDatabaseName());
      urls.push(url);
      const leases: MongoLease[] = [];
      while (leases.length < nodes) {
        const connection = await MongoConnection.open(url);
        connections.push(connection);
        leases.push(new MongoLease(connection, 'rollup'));
      }
      return leases;
    },
    expire: async () => {
      for (const url of urls) {
        await withClient(url, (client) =>
          client
            .db()
            .collection('leases')
            .updateMany({}, { $set: { expiresAt: new Date(0) } }),
        );
      }
    },
    cleanUp: async () => {
      for (const connection of connections.splice(0)) await connection.close();
      await dropAll();
    },
  });
});
