import { describeWithMongod, newDatabaseName, ReplicaSet } from '../support/mongod.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { endTrials, Trial } from './trial.js';

/** How often a fault is met; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 2);
const SESSIONS_PER_ACT = 150;
/** One act before the faults, one during each, one after. */
const ACTS = ROUNDS + 2;
const SESSIONS = SESSIONS_PER_ACT * ACTS;
const TIMEOUT_MS = 600_000 + ROUNDS * 60_000;

afterAll(endTrials);

await describeWithMongod('MongoDB under a server, events in EventStoreDB', (binary) => {
  let servers: ReplicaSet;
  let mongodbUrl: string;
  let trial: Trial;
  beforeAll(async () => {
    servers = await ReplicaSet.start(binary);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await servers.stop();
  });
  beforeEach(async () => {
    mongodbUrl = servers.url(newDatabaseName());
    trial = await Trial.start({ mongodbUrl, sessions: SESSIONS, acts: ACTS });
  });

  test(
    `killed and started again under load, ${String(ROUNDS)} times: every event counts once`,
    async () => {
      const node = await trial.addNode();
      const watch = trial.watch(node);
      await trial.begin();
      for (let round = 0; round < ROUNDS; round += 1) {
        const act = trial.playAct();
        await act.isUnderWay;
        await servers.kill();
        await watch.untilDown('readModels');
        await servers.restart();
        await watch.untilReady();
        await act.isOver;
      }
      await trial.playAct().isOver;
      await trial.expectUnharmed(['readModels']);
      await trial.stop();
    },
    TIMEOUT_MS,
  );

  test(
    `replies to commits lost under load, ${String(3 * ROUNDS)} of them: every event counts once`,
    async () => {
      const proxy = await TcpProxy.start(servers.port);
      await trial.addNode(proxy.wayTo(mongodbUrl));
      await trial.begin();
      for (let round = 0; round < ROUNDS; round += 1) {
        const lost = [1, 2, 3].reduce(
          (before) => before.then(() => proxy.loseReplyTo('commitTransaction')),
          Promise.resolve(),
        );
        const act = trial.playAct();
        await lost;
        await act.isOver;
      }
      await trial.playAct().isOver;
      await trial.expectUnharmed(['readModels']);
      await trial.stop();
      await proxy.close();
    },
    TIMEOUT_MS,
  );
});

await describeWithMongod('a replica set of three under a server', (binary) => {
  let servers: ReplicaSet;
  beforeAll(async () => {
    servers = await ReplicaSet.start(binary, { members: 3 });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await servers.stop();
  });

  test(
    `its primary steps down under load, ${String(ROUNDS)} times: every event counts once`,
    async () => {
      const mongodbUrl = servers.url(newDatabaseName());
      const trial = await Trial.start({ mongodbUrl, sessions: SESSIONS, acts: ACTS });
      const node = await trial.addNode();
      const watch = trial.watch(node);
      await trial.begin();
      for (let round = 0; round < ROUNDS; round += 1) {
        const act = trial.playAct();
        await act.isUnderWay;
        await servers.admin({ replSetStepDown: 5, force: true });
        await act.isOver;
        await watch.untilReady();
      }
      await trial.playAct().isOver;
      await trial.expectUnharmed(['readModels']);
      await trial.stop();
    },
    TIMEOUT_MS,
  );
});
