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
  const openWriter = async (): Promise<MongoReadModelWriter> =>
    new MongoReadModelWriter(await MongoConnection.open(url));
  return {
    writer: await openWriter(),
    reader: new MongoReadModelReader(await MongoConnection.open(url), versions),
    shared: { anotherWriter: openWriter, expireClaims: () => expireClaims(url) },
  };
}

export async function closeReadModels({ writer, reader }: ReadModels): Promise<void> {
  await reader.close();
  await writer.close();
}

/** Lets the claims of whoever is gone run out now. */
export const expireClaims = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    await client
      .db()
      .collection('generations')
      .updateMany({}, { $set: { expiresAt: new Date(0) } });
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
