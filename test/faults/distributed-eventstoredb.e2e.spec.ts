import { describeWithMongo, newDatabaseName, type MongoServers } from '../support/mongod.js';
import { until } from '../support/polling.js';
import { endTrials, Trial } from './trial.js';

/** How often replies are lost; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 2);
const SESSIONS_PER_ACT = 150;
const OUTAGE_MS = 10_000;
const TIMEOUT_MS = 600_000 + ROUNDS * 60_000;

afterAll(endTrials);

await describeWithMongo('EventStoreDB under a server, read models in MongoDB', (start) => {
  let servers: MongoServers;
  beforeAll(async () => {
    servers = await start();
  }, TIMEOUT_MS);
  afterAll(async () => {
    await servers.stop();
  });

  const startTrial = (fault: string, rounds: number): Promise<Trial> =>
    Trial.start({
      fault,
      mongodbUrl: servers.url(newDatabaseName()),
      sessions: SESSIONS_PER_ACT * (rounds + 2),
      acts: rounds + 2,
      rounds,
    });

  test(
    `gone for ${String(OUTAGE_MS / 1_000)} s under load: every event counts once`,
    async () => {
      const trial = await startTrial('event store gone', 1);
      const node = await trial.addNode();
      const watch = trial.watch(node);
      await trial.begin();

      const [from, to] = await trial.playThrough(async () => {
        await trial.double.down();
        const from = performance.now();
        await until(() => performance.now() - from >= OUTAGE_MS, 2 * OUTAGE_MS);
        const to = performance.now();
        await trial.double.up();
        return [from, to] as const;
      });
      for (const { status, troubles } of watch.sinceLoss(from, to)) {
        expect({ status, troubles }).toEqual({ status: 503, troubles: ['eventStore'] });
      }

      await trial.playAct().isOver;
      await trial.expectUnharmed(['eventStore']);
      await trial.stop();
    },
    TIMEOUT_MS,
  );

  test(
    `replies to appends lost under load, ${String(5 * ROUNDS)} of them: every event counts once`,
    async () => {
      const trial = await startTrial('replies to appends lost', ROUNDS);
      await trial.addNode();
      await trial.begin();
      for (let round = 0; round < ROUNDS; round += 1) {
        await trial.playThrough(() => trial.double.fault('reply-lost', 5));
        expect(await trial.double.faultsToCome()).toBe(0);
      }
      await trial.playAct().isOver;
      await trial.expectUnharmed(['eventStore']);
      await trial.stop();
    },
    TIMEOUT_MS,
  );
});
