import type { Db } from 'mongodb';
import { LOG_START } from '../../../src/ports/event-store.js';
import { NO_PROGRESS } from '../../../src/ports/read-model/generation.js';
import { KEEP_REMOVED_MS } from '../../../src/projector/generation-life.js';
import {
  allKeys,
  generationsOf,
  otherSpec,
  put,
  puts,
  read,
  servingOf,
  spec,
  start,
  startWith,
  type ReadModels,
} from '../../contracts/read-model-store.js';
import { describeInMongo } from '../../support/mongo-read-models.js';
import { recordOfOldNode } from '../../support/old-generation-records.js';
import { until } from '../../support/polling.js';

await describeInMongo('places of generations in MongoDB', (inDatabase, current) => {
  let models: ReadModels;
  beforeEach(() => {
    models = current();
  });

  const sweep = (): Promise<void> => generationsOf(models.writer).sweep([spec, otherSpec]);

  /** The names of the collections of generations. */
  const collections = (): Promise<readonly string[]> =>
    inDatabase(async (database) => {
      const names = (await database.listCollections().toArray()).map(({ name }) => name);
      return names.filter((name) => /\.g\d+/.test(name)).sort();
    });
  const both = (...ids: string[]): readonly string[] => ids.flatMap((id) => [id, `${id}.parked`]);

  test('documents are stored as such, to be looked at with other tools', async () => {
    await startWith(models, put('a', { rank: 1 }, { title: 'A', counts: [1, 2] }));
    const stored = await inDatabase((database) =>
      database.collection('popularity.v1.g1').findOne({}),
    );
    expect(stored).toEqual({ _id: 'a', body: { title: 'A', counts: [1, 2] }, by: { rank: 1 } });
  });

  test('say which event their owner saw last', async () => {
    const generation = await startWith(models);
    const seen = { position: 7, id: 'e7' };
    await models.writer.renew(generation, { ...NO_PROGRESS, scanned: 9, seen });
    expect(await servingOf(models.writer)).toMatchObject({ checkpoint: 1, scanned: 9, seen });
  });

  test('of what was removed go once no query can be reading them', async () => {
    const { writer } = models;
    await start(writer, otherSpec);
    await start(writer);
    await start(writer);
    await sweep();
    expect(await collections()).toEqual(
      both('popularity.v1.g1', 'popularity.v1.g2', 'sessions.v1.g1'),
    );
    await models.passTime(KEEP_REMOVED_MS);
    await sweep();
    expect(await collections()).toEqual(both('popularity.v1.g2', 'sessions.v1.g1'));
  });

  test('that were begun and got no record go, and their numbers are not used again', async () => {
    await inDatabase(async (database) => {
      await database.createCollection('popularity.v1.g1');
      await database.createCollection('popularity.v1.g2.parked');
    });
    const generation = await startWith(models, put('a'));
    expect(generation.number).toBe(3);
    const later = await models.writer.make(spec);
    await sweep();
    expect(await allKeys(models)).toEqual(['a']);
    expect(later.number).toBe(4);
    expect(await collections()).toEqual(both('popularity.v1.g3', 'popularity.v1.g4'));
  });

  test('that are made at the same time have numbers of their own', async () => {
    const others = await Promise.all([1, 2, 3].map(() => models.anotherWriter()));
    const places = await Promise.all(others.map((writer) => writer.make(spec)));
    expect(places.map(({ number }) => number).sort()).toEqual([1, 2, 3]);
    await Promise.all(others.map((writer) => writer.close()));
  });

  test('are not dropped from under a node of 0.1.0 that chose the same number', async () => {
    const place = await models.writer.make(spec);
    await inDatabase((database) =>
      database.collection('generations').insertOne(recordOfOldNode(place, { serves: true })),
    );
    await models.writer.drop(place);
    expect(await collections()).toEqual(both('popularity.v1.g1'));
  });

  test('serve side by side in several versions', async () => {
    const { writer } = models;
    const first = await startWith(models, put('a'));
    await start(writer, { ...spec, version: 2 });
    expect(await servingOf(writer)).toMatchObject(first);
    expect(await servingOf(writer, { ...spec, version: 2 })).toMatchObject({
      checkpoint: LOG_START,
    });
    expect(await allKeys(models)).toEqual(['a']);
  });

  describe('that are not what they were are a fault', () => {
    const fault = async (): Promise<string | undefined> => (await servingOf(models.writer))?.fault;
    /** Looks once, so that it is known how they were a moment ago. */
    const startAndLook = async (): Promise<void> => {
      await startWith(models, put('a', { rank: 1 }));
      expect(await fault()).toBeUndefined();
    };
    const changes: readonly (readonly [string, (database: Db) => Promise<unknown>, RegExp])[] = [
      ['dropped', (database) => database.dropCollection('popularity.v1.g1'), /g1 is gone/],
      [
        'without the parked events',
        (database) => database.dropCollection('popularity.v1.g1.parked'),
        /g1 is gone/,
      ],
      [
        'without an index',
        (database) => database.collection('popularity.v1.g1').dropIndex('by.rank'),
        /has lost its index by\.rank/,
      ],
      [
        'copied, with their indexes',
        async (database) => {
          const old = database.collection('popularity.v1.g1');
          const copy = database.collection('a.copy');
          await copy.insertMany(await old.find().toArray());
          await copy.createIndexes(await old.indexes());
          await copy.rename('popularity.v1.g1', { dropTarget: true });
        },
        /was replaced by another one/,
      ],
    ];

    test.each(changes)('%s', async (_, change, expected) => {
      await startAndLook();
      await inDatabase(change);
      await until(async () => (await fault()) !== undefined, 10_000);
      expect(await fault()).toMatch(expected);
      const fresh = await models.anotherWriter();
      expect((await servingOf(fresh))?.fault).toMatch(expected);
      await fresh.close();
    });

    test('of which a query wants what is gone: it is answered that the read model is behind', async () => {
      const generation = await startWith(models, put('a', { rank: 1 }));
      const query = () => read(models, (reader) => reader.page({ index: 'rank', limit: 1 }));
      expect(await query()).toMatchObject([{ key: 'a' }]);
      await inDatabase((database) => database.collection('popularity.v1.g1').dropIndexes());
      await expect(query()).rejects.toMatchObject({ code: 'READ_MODEL_BEHIND' });
      await inDatabase((database) => database.dropCollection('popularity.v1.g1'));
      await models.writer.commit(generation, puts(2, put('b', { rank: 1 })));
      await expect(query()).rejects.toMatchObject({ code: 'READ_MODEL_BEHIND' });
    });

    test('dropped and made anew by a commit, and a new start mends it', async () => {
      const generation = await startWith(models, put('a'));
      await inDatabase((database) => database.dropCollection('popularity.v1.g1'));
      await models.writer.commit(generation, { ...puts(2, put('b')) });
      await until(async () => (await fault()) !== undefined, 10_000);
      expect(await fault()).toMatch(/was replaced by another one/);
      await start(models.writer);
      expect(await fault()).toBeUndefined();
    });
  });
});
