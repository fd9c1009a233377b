import type { Db } from 'mongodb';
import { LOG_START } from '../../../src/ports/event-store.js';
import {
  allKeys,
  otherSpec,
  put,
  servingOf,
  spec,
  start,
  startWith,
  type ReadModels,
} from '../../contracts/read-model-store.js';
import { closeReadModels, openReadModels, withClient } from '../../support/mongo-read-models.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from '../../support/mongod.js';

await describeWithMongo('generations in MongoDB', (startServers) => {
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
  afterEach(async () => {
    await closeReadModels(models);
    await inDatabase((database) => database.dropDatabase());
  });

  const inDatabase = <Result>(work: (database: Db) => Promise<Result>): Promise<Result> =>
    withClient(url, (client) => work(client.db()));

  /** The names of the collections that hold documents. */
  const collections = (): Promise<readonly string[]> =>
    inDatabase(async (database) => {
      const names = (await database.listCollections().toArray()).map(({ name }) => name);
      return names.filter((name) => /\.g\d+$/.test(name)).sort();
    });

  /** Makes it so long ago that all generations of the past were replaced. */
  const backdateReplacements = (): Promise<unknown> =>
    inDatabase((database) =>
      database
        .collection('generations')
        .updateMany({ replacedAt: { $exists: true } }, [
          { $set: { replacedAt: { $subtract: ['$$NOW', 61_000] } } },
        ]),
    );

  test('documents are stored as such, to be looked at with other tools', async () => {
    await startWith(models, put('a', { rank: 1 }, { title: 'A', counts: [1, 2] }));
    const stored = await inDatabase((database) =>
      database.collection('popularity.v1.g1').findOne({}),
    );
    expect(stored).toEqual({ _id: 'a', body: { title: 'A', counts: [1, 2] }, by: { rank: 1 } });
  });

  test('that were replaced are dropped once no query can be reading them', async () => {
    const { writer } = models;
    await start(writer, otherSpec);
    await start(writer);
    await start(writer);
    const before = ['popularity.v1.g1', 'popularity.v1.g2', 'sessions.v1.g1'];
    expect(await collections()).toEqual(before);
    await backdateReplacements();
    await start(writer);
    const after = ['popularity.v1.g2', 'popularity.v1.g3', 'sessions.v1.g1'];
    expect(await collections()).toEqual(after);
  });

  test('what a start that never came to its end left is not used, and dropped', async () => {
    await inDatabase((database) =>
      database.collection<{ _id: string }>('popularity.v1.g1').insertOne({ _id: 'left over' }),
    );
    const generation = await startWith(models, put('a'));
    expect(generation.number).toBe(2);
    expect(await allKeys(models)).toEqual(['a']);
    expect(await collections()).toEqual(['popularity.v1.g2']);
  });

  test('versions serve side by side', async () => {
    const { writer } = models;
    const first = await startWith(models, put('a'));
    await start(writer, { ...spec, version: 2 });
    expect(await servingOf(writer)).toMatchObject(first);
    expect(await servingOf(writer, { ...spec, version: 2 })).toMatchObject({
      checkpoint: LOG_START,
    });
    expect(await allKeys(models)).toEqual(['a']);
  });
});
