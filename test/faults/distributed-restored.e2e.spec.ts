import type { Db } from 'mongodb';
import { parkedNameOf } from '../../src/adapters/read-model/mongodb/stored-documents.js';
import { dumpOf, restore } from '../support/mongo-dump.js';
import { withClient } from '../support/mongo-read-models.js';
import { describeWithMongod, newDatabaseName, replicaSetFor } from '../support/mongod.js';
import { testsDrawn } from './drawn.js';
import { servingIn, untilReplaced } from './serving.js';
import { endTrials, Trial } from './trial.js';

/** How often a fault is met; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
const SESSIONS_PER_ACT = 100;
/** One act before all, in each round one while a copy is made and one for the fault, one after. */
const ACTS = 2 * ROUNDS + 2;
const TIMEOUT_MS = 600_000 + ROUNDS * 60_000;

/** Within this time it is noticed that collections are others; and what a busy machine adds. */
const NOTICED_S_MAX = 10 + 10;
/** A member is back so soon with another folder; and what a busy machine adds. */
const BACK_S_MAX = 1.5 + 5;

afterAll(endTrials);

const timesUnderLoad = `under load, ${String(ROUNDS)} times`;
const nothing = (): Promise<void> => Promise.resolve();
const secondsSince = (from: number): number => (performance.now() - from) / 1_000;

await describeWithMongod('read models that are not what several nodes left', (binary) => {
  const testDrawn = testsDrawn(1, 4);
  let mongodbUrl: string;
  const servers = replicaSetFor(binary);
  beforeEach(() => {
    mongodbUrl = servers().url(newDatabaseName());
  });

  const inDatabase = <Result>(work: (database: Db) => Promise<Result>): Promise<Result> =>
    withClient(mongodbUrl, (client) => work(client.db()));

  /** Another node has the claims when a copy comes back than when it was made. */
  async function replaceOwner(trial: Trial): Promise<void> {
    const [owner, other] = trial.nodes;
    if (owner === undefined || other === undefined) throw new Error('too few nodes');
    trial.remove(owner);
    await owner.kill();
    await trial.secondsUntilTakenOver(other);
    await trial.addNode();
  }

  /** A fault, and what is done for it earlier, in the middle of a play. */
  async function meet<Before>(
    fault: string,
    prepare: (trial: Trial) => Promise<Before>,
    fail: (trial: Trial, before: Before) => Promise<void>,
  ): Promise<void> {
    const sessions = SESSIONS_PER_ACT * ACTS;
    const order = { fault, mongodbUrl, sessions, acts: ACTS, rounds: ROUNDS };
    const trial = await Trial.start(order);
    await trial.beginWithSeveral();
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await trial.playThrough(() => prepare(trial));
      if (trial.random.chance(0.5)) await replaceOwner(trial);
      await trial.playThrough(() => fail(trial, before));
    }
    await trial.playAct().isOver;
    await trial.expectUnharmed(['readModels']);
    await trial.stop();
  }

  /** Waits until others serve in the place of these, as soon as that is noticed. */
  async function untilNoticed(gone: readonly string[]): Promise<void> {
    const from = performance.now();
    await untilReplaced(mongodbUrl, gone);
    expect(secondsSince(from)).toBeLessThan(NOTICED_S_MAX);
  }

  testDrawn(
    `a dump restored ${timesUnderLoad}: all is folded anew, every event counts once`,
    () =>
      meet(
        'dump restored',
        ({ random }) => dumpOf(mongodbUrl, random),
        async (_, dump) => {
          const before = await servingIn(mongodbUrl);
          await restore(mongodbUrl, dump);
          await untilNoticed(before);
        },
      ),
    TIMEOUT_MS,
  );

  testDrawn(
    `a folder put back ${timesUnderLoad}: every event counts once`,
    () =>
      meet(
        'folder put back',
        () => servers().copyFolder(),
        async () => {
          const from = performance.now();
          await servers().putFolderBack();
          expect(secondsSince(from)).toBeLessThan(BACK_S_MAX);
        },
      ),
    TIMEOUT_MS,
  );

  testDrawn(
    `the database dropped ${timesUnderLoad}: every event counts once`,
    () =>
      meet('database dropped', nothing, async () => {
        await inDatabase((database) => database.dropDatabase());
        await untilNoticed([]);
      }),
    TIMEOUT_MS,
  );

  testDrawn(
    `a collection dropped ${timesUnderLoad}: every event counts once`,
    () =>
      meet('collection dropped', nothing, async ({ random }) => {
        const id = random.pick((await servingIn(mongodbUrl)) as [string, ...string[]]);
        const name = random.pick([id, parkedNameOf(id), 'generations']);
        await inDatabase((database) => database.dropCollection(name));
        await untilNoticed(name === 'generations' ? [] : [id]);
      }),
    TIMEOUT_MS,
  );
});
