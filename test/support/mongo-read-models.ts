import { MongoClient, type Db } from 'mongodb';
import { MongoConnection } from '../../src/adapters/read-model/mongodb/mongo-connection.js';
import { MongoReadModelReader } from '../../src/adapters/read-model/mongodb/mongo-read-model-reader.js';
import { MongoReadModelWriter } from '../../src/adapters/read-model/mongodb/mongo-read-model-writer.js';
import { VERSION_1, type ReadModels, type Versions } from '../contracts/read-model-store.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from './mongod.js';

/** Opens read models, with connections of their own for writer and reader, as processes do. */
export async function openReadModels(
  url: string,
  versions: Versions = VERSION_1,
): Promise<ReadModels> {
  const anotherWriter = async (): Promise<MongoReadModelWriter> =>
    new MongoReadModelWriter(await MongoConnection.open(url));
  return {
    writer: await anotherWriter(),
    reader: new MongoReadModelReader(await MongoConnection.open(url), versions),
    anotherWriter,
    passTime: (ms) => passTime(url, ms),
  };
}

export async function closeReadModels({ writer, reader }: ReadModels): Promise<void> {
  await reader.close();
  await writer.close();
}

const TIMES = ['expiresAt', 'startedAt', 'replacedAt', 'since'];

/** Makes everything in the records of generations so long ago. */
export const passTime = (url: string, ms: number): Promise<void> =>
  withClient(url, async (client) => {
    const earlier = TIMES.map((time) => [
      time,
      { $cond: [`$${time}`, { $subtract: [`$${time}`, ms] }, '$$REMOVE'] },
    ]);
    const generations = client.db().collection('generations');
    await generations.updateMany({}, [{ $set: Object.fromEntries(earlier) as object }]);
  });

/** Looks at a database past the adapter. */
export async function withClient<Result>(
  url: string,
  work: (client: MongoClient) => Promise<Result>,
): Promise<Result> {
  const client = new MongoClient(url, { ignoreUndefined: true });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Does something in the database of a test, past the adapter. */
export type InDatabase = <Result>(work: (database: Db) => Promise<Result>) => Promise<Result>;

/** Tests of read models that have a database of their own each, which is dropped after them. */
export async function describeInMongo(
  name: string,
  tests: (
    inDatabase: InDatabase,
    current: () => ReadModels,
    connect: () => Promise<MongoConnection>,
  ) => void,
): Promise<void> {
  await describeWithMongo(name, (startServers) => {
    let servers: MongoServers;
    let url: string;
    let models: ReadModels;
    beforeAll(async () => {
      servers = await startServers();
    });
    afterAll(async () => {
      await servers.stop();
    });
    beforeEach(async () => {
      url = servers.url(newDatabaseName());
      models = await openReadModels(url);
    });
    const inDatabase: InDatabase = (work) => withClient(url, (client) => work(client.db()));
    afterEach(async () => {
      await closeReadModels(models);
      await inDatabase((database) => database.dropDatabase());
    });
    tests(
      inDatabase,
      () => models,
      () => MongoConnection.open(url),
    );
  });
}
