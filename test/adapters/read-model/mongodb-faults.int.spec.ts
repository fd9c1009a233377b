import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { Collection } from 'mongodb';
import { MongoConnection } from '../../../src/adapters/read-model/mongodb/mongo-connection.js';
import { MongoReadModelReader } from '../../../src/adapters/read-model/mongodb/mongo-read-model-reader.js';
import { MongoReadModelWriter } from '../../../src/adapters/read-model/mongodb/mongo-read-model-writer.js';
import { CheckpointMoved, type Generation } from '../../../src/ports/read-model/generation.js';
import { CLAIM_MS } from '../../../src/ports/read-model/records.js';
import {
  allKeys,
  at,
  generationsOf,
  put,
  puts,
  read,
  servingOf,
  startWith,
  VERSION_1,
  type ReadModels,
} from '../../contracts/read-model-store.js';
import { CountingFold, countsIn } from '../../support/counting-fold.js';
import { closeReadModels, openReadModels, withClient } from '../../support/mongo-read-models.js';
import { describeWithMongod, newDatabaseName, replicaSetFor } from '../../support/mongod.js';
import { until } from '../../support/polling.js';
import { SeededRandom, seedOfRun } from '../../support/random.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const seed = seedOfRun();
const random = new SeededRandom(seed);

const unavailable = { code: 'STORE_UNAVAILABLE' };

await describeWithMongod(`MongoDB that fails (seed ${String(seed)})`, (binary) => {
  let url: string;
  let models: ReadModels;
  const servers = replicaSetFor(binary);
  beforeEach(async () => {
    url = servers().url(newDatabaseName());
    models = await openReadModels(url);
  });
  afterEach(async () => {
    await closeReadModels(models);
  });

  /** Makes the server answer Playhead's commands of a kind in a way of its own. */
  const failCommands = (mode: object | string, data: object): Promise<unknown> =>
    servers().admin({
      configureFailPoint: 'failCommand',
      mode,
      data: { appName: 'playhead', ...data },
    });
  const queriesSoFar = async (): Promise<number> => {
    const status = (await servers().admin({ serverStatus: 1 })) as {
      opcounters: { query: number };
    };
    return status.opcounters.query;
  };
  /** Resolves when the connections of a test wait for the server to tell that it has changed. */
  const untilWatched = (): Promise<void> =>
    until(async () => {
      const isWatch = { appName: 'playhead', 'command.maxAwaitTimeMS': { $exists: true } };
      const found = await servers().admin({ currentOp: true, $all: true, ...isWatch });
      return (found as { inprog: unknown[] }).inprog.length === 2;
    });
  const failNothing = (): Promise<unknown> => failCommands('off', {});

  describe('killed', () => {
    test('and started again: writer and reader go on, every event counted once', async () => {
      const fold = await CountingFold.start(models.writer);
      for (let round = 1; round <= 2; round += 1) {
        await fold.stepTo(fold.position + 5);
        const killAt = fold.position + random.whole(1, 20);
        const folding = fold.stepTo(fold.position + 40);
        await until(() => fold.position >= killAt);
        await servers().kill();
        const reading = countsIn(models.reader);
        await servers().restart();
        await folding;
        // A read under way may have been answered, or told that nobody was there.
        await reading.catch((error: unknown) => {
          expect(error).toMatchObject(unavailable);
        });
        expect(await countsIn(models.reader)).toEqual([fold.position]);
      }
      expect(fold.position).toBe(90);
    });

    test('it is out of reach for writer and reader, until it is back', async () => {
      const generation = await startWith(models, put('a'));
      await servers().kill();
      const { writer } = models;
      const outcomes = await Promise.allSettled([
        writer.commit(generation, puts(2, put('b'))),
        allKeys(models),
      ]);
      await servers().restart();
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
      }
      const [acquired] = (await generationsOf(writer).acquire([generation])) ?? [];
      expect(acquired).toMatchObject({ checkpoint: 1 });
      expect(await allKeys(models)).toEqual(['a']);
    });
  });

  describe('on a wire that breaks', () => {
    let proxy: TcpProxy;
    let connection: MongoConnection;
    beforeEach(async () => {
      proxy = await TcpProxy.start(servers().port);
      connection = await MongoConnection.open(proxy.wayTo(url));
    });
    afterEach(async () => {
      await connection.close();
      await proxy.close();
    });

    const steps = [
      ['load', 'key-0'],
      ['bulk of documents', 'upsert'],
      ['checkpoint', 'checkpointEvent'],
      ['commit', 'commitTransaction'],
    ] as const;
    test.each(steps)(
      'a lost reply to the %s neither loses nor repeats an event',
      async (_, text) => {
        const fold = await CountingFold.start(new MongoReadModelWriter(connection));
        await fold.stepTo(3);
        const lost = proxy.loseReplyTo(text);
        await fold.stepTo(4);
        await lost;
        await fold.stepTo(6);
        expect(fold.failures).toEqual([]);
        expect(fold.confirmed).toBe(6);
        expect(await countsIn(models.reader)).toEqual([6]);
      },
    );

    test('a reader whose reply is lost reads again', async () => {
      await startWith(models, put('a'));
      const reader = new MongoReadModelReader(connection, VERSION_1);
      expect(await allKeys({ reader })).toEqual(['a']);
      const lost = proxy.loseReplyTo('generations');
      expect(await allKeys({ reader })).toEqual(['a']);
      await lost;
    });

    test('who stops inside a commit is followed all the same, and refused', async () => {
      const owner = new MongoReadModelWriter(connection);
      const generation = await startWith({ writer: owner }, put('a'));
      await models.passTime(CLAIM_MS - 500);
      const isHeld = proxy.hold('commitTransaction');
      const late = owner.commit(generation, puts(2, put('a', {}, { late: true }), put('b')));
      const refused = expect(late).rejects.toThrow(CheckpointMoved);
      await isHeld;
      await until(async () => (await servingOf(models.writer))?.isTaken === false);

      // Queries go on meanwhile, on what was committed before.
      expect(await allKeys(models)).toEqual(['a']);
      let taken: readonly Generation[] | undefined;
      await until(async () => {
        taken = await generationsOf(models.writer).acquire([generation]);
        return taken !== undefined;
      });
      for (const mine of taken ?? []) await models.writer.commit(mine, puts(3, put('c')));

      proxy.letGo();
      await refused;
      expect(await allKeys(models)).toEqual(['a', 'c']);
      expect(await servingOf(models.writer)).toMatchObject({ checkpoint: 3 });
    });
  });

  test('a thread that died inside a commit does not hold up the next one of its node', async () => {
    const proxy = await TcpProxy.start(servers().port);
    const [dying, next] = [proxy.wayTo(url), url];
    const open = async (way: string): Promise<MongoReadModelWriter> =>
      new MongoReadModelWriter(await MongoConnection.open(way), { owner: 'a node' });
    const dead = await open(dying);
    const generation = await startWith({ writer: dead }, put('a'));
    const isHeld = proxy.hold('commitTransaction');
    const late = expect(dead.commit(generation, puts(2, put('b')))).rejects.toThrow(
      CheckpointMoved,
    );
    await isHeld;
    const writer = await open(next);
    const [mine] = (await generationsOf(writer).acquire([generation])) ?? [];
    expect(mine && (await writer.commit(mine, puts(2, put('b'))))).toMatchObject({ checkpoint: 2 });
    proxy.letGo();
    await late;
    await writer.close();
    await dead.close();
    await proxy.close();
  });

  describe('while a commit is out', () => {
    let proxy: TcpProxy;
    let connection: MongoConnection;
    let owner: MongoReadModelWriter;
    let generation: Generation;
    beforeEach(async () => {
      proxy = await TcpProxy.start(servers().port);
      connection = await MongoConnection.open(proxy.wayTo(url));
      owner = new MongoReadModelWriter(connection);
      generation = await startWith({ writer: owner }, put('a'));
    });
    afterEach(async () => {
      await connection.close();
      await proxy.close();
    });
    const aborted = async (): Promise<number> => {
      const status = await servers().admin({ serverStatus: 1 });
      return (status as { transactions: { totalAborted: number } }).transactions.totalAborted;
    };
    const expiry = async (): Promise<number> => {
      const { generations } = await models.writer.records(['popularity']);
      return -(generations[0]?.unusedMs ?? NaN);
    };

    test('a claim is kept, whatever the commit waits for; then that is begun anew', async () => {
      const abortedBefore = await aborted();
      const isHeld = proxy.hold('checkpointEvent');
      const commit = owner.commit(generation, puts(2, put('b')));
      await isHeld;
      await models.passTime(CLAIM_MS - 1_000);
      await owner.keep(generation, 2);
      expect(await expiry()).toBeGreaterThan(CLAIM_MS / 2);
      proxy.letGo();
      expect(await commit).toMatchObject({ checkpoint: 2 });
      expect(await aborted()).toBe(abortedBefore + 1);
      expect(await allKeys(models)).toEqual(['a', 'b']);
    });

    test('a claim is kept by the commit, where that is in time', async () => {
      const abortedBefore = await aborted();
      const isHeld = proxy.hold('checkpointEvent');
      const commit = owner.commit(generation, puts(2, put('b')));
      await isHeld;
      const keeping = owner.keep(generation, 2);
      // If it did not wait, it would be done by then.
      for (let looks = 0; looks < 5; looks += 1) await allKeys(models);
      proxy.letGo();
      await Promise.all([commit, keeping]);
      expect(await aborted()).toBe(abortedBefore);
      expect(await expiry()).toBeGreaterThan(CLAIM_MS / 2);
      await models.passTime(CLAIM_MS);
      await owner.keep(generation, 2);
      expect(await expiry()).toBeGreaterThan(CLAIM_MS / 2);
    });

    test('who has lost the claim is told, though its commit is out', async () => {
      const isHeld = proxy.hold('checkpointEvent');
      const commit = expect(owner.commit(generation, puts(2, put('b')))).rejects.toThrow(
        CheckpointMoved,
      );
      await isHeld;
      await models.passTime(CLAIM_MS);
      await generationsOf(models.writer).acquire([generation]);
      await expect(owner.keep(generation, 2)).rejects.toThrow(CheckpointMoved);
      proxy.letGo();
      await commit;
    });

    test('keeping a claim is given up on a mute wire, and works on another one', async () => {
      const isMute = proxy.hold('$in');
      await expect(owner.keep(generation)).rejects.toMatchObject(unavailable);
      await isMute;
      await models.passTime(CLAIM_MS);
      await owner.keep(generation);
      expect(await expiry()).toBeGreaterThan(CLAIM_MS / 2);
    });

    test('keeping a claim is given up where the record is held, and not done later', async () => {
      await models.passTime(CLAIM_MS);
      await withClient(url, (client) =>
        client.withSession(async (session) => {
          session.startTransaction();
          const records = client.db().collection<{ _id: string }>('generations');
          const touch = { $inc: { noise: 1 } };
          await records.updateOne({ _id: 'popularity.v1.g1' }, touch, { session });
          await expect(owner.keep(generation)).rejects.toMatchObject(unavailable);
          await session.abortTransaction();
        }),
      );
      expect(await servingOf(models.writer)).toMatchObject({ isTaken: false });
    });

    test('it is made although it takes longer than a claim can go unkept', async () => {
      const write = Reflect.get(Collection.prototype, 'bulkWrite') as (
        ...all: unknown[]
      ) => Promise<never>;
      const slow = jest.spyOn(Collection.prototype, 'bulkWrite');
      slow.mockImplementation(async function (this: Collection, ...parameters) {
        const written = await write.apply(this, parameters);
        await pause(CLAIM_MS - 500);
        return written;
      });
      let isOver = false;
      const commit = owner.commit(generation, puts(2, put('b'))).finally(() => {
        isOver = true;
        slow.mockRestore();
      });
      const keep = async (): Promise<void> => {
        while (!isOver) {
          await owner.keep(generation, 2).catch(() => undefined);
          await pause(100);
        }
      };
      const keeping = keep();
      expect(await commit).toMatchObject({ checkpoint: 2 });
      await keeping;
      expect(await allKeys(models)).toEqual(['a', 'b']);
    });

    test('writes to its record, without end, do not keep it from being made', async () => {
      let isOver = false;
      const writing = withClient(url, async (client) => {
        const records = client.db().collection<{ _id: string }>('generations');
        while (!isOver)
          await records.updateOne({ _id: 'popularity.v1.g1' }, { $inc: { noise: 1 } });
      });
      const many = Array.from({ length: 2_000 }, (_, i) => put(String(i)));
      const commit = owner.commit(generation, puts(2, ...many));
      await commit.finally(() => {
        isOver = true;
      });
      await writing;
      expect(await servingOf(models.writer)).toMatchObject({ checkpoint: 2 });
    });
  });

  test('a snapshot that is older than asked for is taken again until it is not', async () => {
    const { writer } = models;
    const generation = await startWith(models, put('a'));
    const before = await queriesSoFar();
    const reading = read(models, () => Promise.resolve('the answer'), 2);
    await until(async () => (await queriesSoFar()) > before + 1);
    await writer.renew(generation, at(2));
    expect(await reading).toBe('the answer');
  });

  describe('answering with errors', () => {
    afterEach(failNothing);

    test('that it calls transient: a commit is tried again, and made once', async () => {
      const fold = await CountingFold.start(models.writer);
      const transient = { errorCode: 112, errorLabels: ['TransientTransactionError'] };
      for (const command of ['update', 'commitTransaction']) {
        await failCommands({ times: 3 }, { failCommands: [command], ...transient });
        await fold.stepTo(fold.position + 2);
      }
      expect(fold.failures).toEqual([]);
      expect(await countsIn(models.reader)).toEqual([4]);
    });

    test('that leave open whether it committed: it is asked until it says so', async () => {
      const fold = await CountingFold.start(models.writer);
      const writeConcernError = { code: 91, errmsg: 'shutting down' };
      // A server that says so, and does not go, has nothing to tell.
      await untilWatched();
      await failCommands({ times: 3 }, { failCommands: ['commitTransaction'], writeConcernError });
      await fold.stepTo(2);
      expect(fold.failures).toEqual([]);
      expect(await countsIn(models.reader)).toEqual([2]);
    });

    test('without end: the store is unavailable, for the reason that it gave', async () => {
      const fold = await CountingFold.start(models.writer);
      const transient = { errorCode: 112, errorLabels: ['TransientTransactionError'] };
      await failCommands('alwaysOn', { failCommands: ['commitTransaction'], ...transient });
      const step = fold.step();
      await until(() => fold.failures.length > 0, 30_000);
      await failNothing();
      await step;
      expect(fold.failures[0]).toMatchObject({
        ...unavailable,
        cause: { message: expect.stringMatching(/^MongoDB at /) as string, cause: { code: 112 } },
      });
      await fold.stepTo(1);
      expect(await countsIn(models.reader)).toEqual([1]);
    });

    test('for want of a snapshot: a query is run again in another one', async () => {
      await startWith(models, put('a'));
      await failCommands({ times: 2 }, { failCommands: ['find'], errorCode: 246 });
      expect(await allKeys(models)).toEqual(['a']);
      await failCommands('alwaysOn', { failCommands: ['find'], errorCode: 246 });
      await expect(allKeys(models)).rejects.toMatchObject(unavailable);
    });

    test('that no repetition helps: they are thrown as they are', async () => {
      const generation = await startWith(models, put('a'));
      await failCommands({ times: 1 }, { failCommands: ['update'], errorCode: 2 });
      const commit = models.writer.commit(generation, puts(2, put('b')));
      await expect(commit).rejects.toMatchObject({ code: 2 });
      expect(await allKeys(models)).toEqual(['a']);
    });
  });
});

await describeWithMongod('a replica set of three', (binary) => {
  const servers = replicaSetFor(binary, { members: 3 });

  test('whose primary steps down under commits counts every event once', async () => {
    const models = await openReadModels(servers().url(newDatabaseName()));
    const fold = await CountingFold.start(models.writer);
    for (let round = 1; round <= 2; round += 1) {
      const downAt = fold.position + random.whole(1, 10);
      const folding = fold.stepTo(fold.position + 40);
      await until(() => fold.position >= downAt);
      await servers().admin({ replSetStepDown: 5, force: true });
      await folding;
      expect(await countsIn(models.reader)).toEqual([fold.position]);
    }
    expect(fold.confirmed).toBeLessThanOrEqual(fold.position);
    await closeReadModels(models);
  });
});
