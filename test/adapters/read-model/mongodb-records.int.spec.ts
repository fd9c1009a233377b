import { LOG_START } from '../../../src/ports/event-store.js';
import { start as startDecision } from '../../../src/projector/generation-life.js';
import { CLAIM_MS } from '../../../src/ports/read-model/records.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationRecord,
} from '../../../src/ports/read-model/generation.js';
import {
  allKeys,
  at,
  generationsOf,
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

const end = { kind: 'switched', at: 1, detail: 'the same' } as const;

await describeInMongo('records of generations in MongoDB', (inDatabase, current) => {
  let models: ReadModels;
  beforeEach(() => {
    models = current();
  });

  const stored = (number: number): Promise<Record<string, unknown> | null> =>
    inDatabase((database) => database.collection('generations').findOne({ number }));
  const acquire = async (wanted: Generation): Promise<Generation> => {
    const [acquired] = (await generationsOf(models.writer).acquire([wanted])) ?? [];
    if (acquired === undefined) throw new Error('another writer has it');
    return acquired;
  };
  const isRefused = async (generation: Generation): Promise<void> => {
    const { writer } = models;
    await expect(writer.commit(generation, puts(9, put('x')))).rejects.toThrow(CheckpointMoved);
    await expect(writer.renew(generation, at(9))).rejects.toThrow(CheckpointMoved);
  };

  describe('of a database that is not what its owner left', () => {
    test('put back to an older state: its owner is refused, and goes on from there', async () => {
      const { writer } = models;
      let generation = await startWith(models, put('a'));
      const older = await stored(1);
      generation = await writer.commit(generation, puts(3, put('a', {}, { n: 3 })));
      await inDatabase(async (database) => {
        await database.collection('generations').deleteMany({});
        await database.collection('generations').insertOne(older ?? {});
      });
      await isRefused(generation);
      expect(await allKeys(models)).toEqual(['a']);
      const again = await acquire(generation);
      expect(again).toMatchObject({ checkpoint: 1, fence: generation.fence + 1 });
      await writer.commit(again, puts(2, put('b')));
      expect(await servingOf(writer)).toMatchObject({ checkpoint: 2, scanned: 2 });
    });

    test('dropped: its owner is refused, and what is begun anew is another one', async () => {
      const { writer } = models;
      const lost = await startWith(models, put('a'));
      expect((await servingOf(writer))?.fault).toBeUndefined();
      await inDatabase((database) => database.dropDatabase());
      await isRefused(lost);
      expect(await servingOf(writer)).toBeUndefined();
      expect(await generationsOf(writer).acquire([lost])).toBeUndefined();
      const fresh = await startWith(models, put('b'));
      expect(fresh).toMatchObject({ number: lost.number, fence: lost.fence });
      await isRefused(lost);
      await generationsOf(writer).release([lost]);
      expect(await servingOf(writer)).toMatchObject({ ...fresh, fault: undefined });
      expect(await allKeys(models)).toEqual(['b']);
    });

    test('dropped while one is begun: without the unique indexes nothing is written', async () => {
      const place = await models.writer.make(spec);
      const first = { spec, place, replacing: undefined, servesFrom: LOG_START };
      const decision = startDecision([], first, () => 'an identity');
      if ('refused' in decision) throw new Error(decision.refused);
      await inDatabase((database) => database.dropDatabase());
      expect(await models.writer.write(decision.changes)).toBe(false);
      expect(await servingOf(models.writer)).toBeUndefined();
      await models.writer.make(spec);
      expect(await models.writer.write(decision.changes)).toBe(true);
      expect(await models.writer.write(decision.changes)).toBe(false);
    });

    test('dropped again and again: writers are told, and one serves in the end', async () => {
      const writers = [models.writer, await models.anotherWriter()];
      for (let drops = 0; drops < 10; drops += 1) {
        const starts = writers.map((writer) => start(writer));
        await inDatabase((database) => database.dropDatabase());
        for (const outcome of await Promise.allSettled(starts)) {
          if (outcome.status === 'fulfilled') continue;
          expect(String(outcome.reason)).toMatch(/cannot be reached|somebody else was at it/);
        }
      }
      await models.passTime(CLAIM_MS);
      await startWith(models, put('a'));
      expect(await servingOf(models.writer)).toMatchObject({ fault: undefined });
      expect(await allKeys(models)).toEqual(['a']);
      await writers[1]?.close();
    });
  });

  describe('that nodes of 0.1.0 write', () => {
    /** A generation as 0.1.0 makes it. */
    const make = async (state: object): Promise<GenerationRecord> => {
      const place = await models.writer.make(spec);
      await inDatabase((database) =>
        database.collection('generations').insertOne(recordOfOldNode(place, state)),
      );
      const { generations } = await models.writer.records(['popularity']);
      const found = generations.find(({ number }) => number === place.number);
      if (found === undefined) throw new Error('it has no record');
      return found;
    };
    /** What a node of 0.1.0 does: it states the fence, and knows no identity. */
    const asOldNode = (fence: number, changes: object): Promise<unknown> =>
      inDatabase((database) =>
        database.collection('generations').updateOne({ fence }, [{ $set: changes }]),
      );
    const minuteAgo = new Date(Date.now() - 60_000);

    const shapes: readonly (readonly [GenerationRecord['state'], object])[] = [
      ['serving', { serves: true }],
      ['building', { fills: true, isOffered: false, startedAt: minuteAgo }],
      ['ready', { fills: true, isOffered: true, startedAt: minuteAgo }],
      ['retired', { replacedAt: minuteAgo }],
      ['removed', { isGoing: true }],
      ['removed', {}],
    ];
    test.each(shapes)('are read: %s', async (state, fields) => {
      const found = await make(fields);
      expect(found).toMatchObject({ state, number: 1, checkpoint: 0, isTaken: false });
      expect(found).toMatchObject({ identity: undefined, checkpointId: undefined });
      expect(found).toMatchObject({ settings: {}, retriesWanted: 0, fault: undefined });
      if (state === 'building' || state === 'retired') {
        expect(found.since).toBe(minuteAgo.getTime());
        expect(found.ageMs).toBeGreaterThanOrEqual(60_000);
      }
    });

    test('get an identity, and their collections, from who takes them over', async () => {
      const found = await make({ serves: true });
      expect(await read(models, ({ settings }) => Promise.resolve(settings))).toEqual({});
      const acquired = await acquire(found);
      expect(acquired.identity).toMatch(/^[0-9a-f-]{36}$/);
      expect(acquired.fence).toBe(2);
      await models.writer.commit(acquired, puts(1, put('a')));
      const { identity, collections, checkpointEvent } = (await stored(1)) ?? {};
      const uuid = expect.stringMatching(/^[0-9a-f]{32}$/) as unknown;
      const indexes = ['_id_', 'by.rank', 'by.since', 'by.retiresAt'];
      expect({ identity, collections }).toEqual({
        identity: acquired.identity,
        collections: { documents: uuid, parked: uuid, indexes },
      });
      expect(checkpointEvent).toEqual({ position: 1 });
      await acquire(acquired);
      expect(await stored(1)).toMatchObject({ collections });
    });

    test('whose collections are gone are not taken for whole when others come', async () => {
      const found = await make({ serves: true });
      await inDatabase((database) => database.dropCollection('popularity.v1.g1'));
      const acquired = await acquire(found);
      await models.writer.commit(acquired, puts(1, put('a')));
      expect((await servingOf(models.writer))?.fault).toMatch(/replaced by another one/);
    });

    test('keep what 0.1.0 does not know, which is not believed of another checkpoint', async () => {
      const started = await start(models.writer);
      const committed = await models.writer.commit(started, { ...puts(1), checkpointId: 'e1' });
      expect(await servingOf(models.writer)).toMatchObject({ checkpointId: 'e1' });
      await asOldNode(committed.fence, { owner: 'old', fence: { $add: ['$fence', 1] } });
      await asOldNode(committed.fence + 1, { checkpoint: 2, isRetryWanted: true });
      await isRefused(committed);
      expect(await servingOf(models.writer)).toMatchObject({
        ...{ identity: started.identity, checkpoint: 2, checkpointId: undefined },
        ...{ isTaken: true, owner: 'old', isRetryWanted: true, retriesWanted: 0, fault: undefined },
      });
    });

    test('are promoted, brought back and removed, in the shapes that it knows', async () => {
      const old = await acquire(await make({ serves: true }));
      await make({ fills: true, isOffered: false, startedAt: minuteAgo });
      const generations = generationsOf(models.writer);
      const building = async (): Promise<Generation> => {
        const [status] = await generations.look([spec]);
        if (status?.building === undefined) throw new Error('nothing is built');
        return acquire(status.building);
      };
      const shape = async (number: number): Promise<object> => {
        const { serves, fills, isOffered, startedAt, replacedAt, isGoing } =
          (await stored(number)) ?? {};
        return { serves, fills, isOffered, startedAt, replacedAt, isGoing };
      };
      const none = { serves: undefined, fills: undefined, isOffered: undefined };
      const noTime = { startedAt: undefined, replacedAt: undefined, isGoing: undefined };
      const aTime = expect.any(Date) as unknown;

      await generations.offer(await building());
      const ready = { ...none, ...noTime, fills: true, isOffered: true, startedAt: minuteAgo };
      expect(await shape(2)).toEqual(ready);
      await generations.promote(old, await building(), end);
      expect(await shape(1)).toEqual({ ...none, ...noTime, replacedAt: aTime });
      expect(await shape(2)).toEqual({ ...none, ...noTime, serves: true });
      await generations.begin(spec, 'previous');
      const back = { ...none, ...noTime, fills: true, isOffered: false, startedAt: aTime };
      expect(await shape(1)).toEqual(back);
      await generations.abandon(spec, end);
      expect(await shape(1)).toEqual({ ...none, ...noTime, isGoing: true });
    });
  });
});
