import { MongoClient } from 'mongodb';
import { MongoConnection } from '../../src/adapters/read-model/mongodb/mongo-connection.js';
import { MongoReadModelReader } from '../../src/adapters/read-model/mongodb/mongo-read-model-reader.js';
import { MongoReadModelWriter } from '../../src/adapters/read-model/mongodb/mongo-read-model-writer.js';
import { VERSION_1, type ReadModels, type Versions } from '../contracts/read-model-store.js';

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
