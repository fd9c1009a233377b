import { withClient } from '../support/mongo-read-models.js';
import { describeWithMongod, newDatabaseName, replicaSetFor } from '../support/mongod.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { testsDrawn } from './drawn.js';
import { endTrials, Trial } from './trial.js';

/** How often a fault is met; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
const SESSIONS_PER_ACT = 100;
/** One act before the faults, one during each, one after. */
const ACTS = ROUNDS + 2;
const PLAY = { sessions: SESSIONS_PER_ACT * ACTS, acts: ACTS, rounds: ROUNDS };
const TIMEOUT_MS = 600_000 + ROUNDS * 60_000;

const ROOT = { name: 'root', password: 'the root password', source: 'admin' };
const USER = { name: 'playhead', password: 'pa55-w0rd' };

afterAll(endTrials);

const timesUnderLoad = (count = ROUNDS): string => `under load, ${String(count)} times`;

/** A fault, met again and again while an audience plays to nodes that share a MongoDB. */
interface Met {
  readonly fault: string;
  readonly mongodbUrl: string;
  readonly fail: (trial: Trial) => Promise<void>;
}

async function meet({ fault, mongodbUrl, fail }: Met): Promise<void> {
  const trial = await Trial.start({ fault, mongodbUrl, ...PLAY });
  await trial.beginWithSeveral();
  for (let round = 0; round < ROUNDS; round += 1) await trial.playThrough(() => fail(trial));
  await trial.playAct().isOver;
  await trial.expectUnharmed(['readModels']);
  await trial.stop();
}

await describeWithMongod('MongoDB under several nodes, events in EventStoreDB', (binary) => {
  const testDrawn = testsDrawn(1, 2);
  let mongodbUrl: string;
  const servers = replicaSetFor(binary);
  beforeEach(() => {
    mongodbUrl = servers().url(newDatabaseName());
  });

  testDrawn(
    `killed and started again ${timesUnderLoad()}: every event counts once`,
    () =>
      meet({
        fault: 'only member killed',
        mongodbUrl,
        fail: async (trial) => {
          await servers().kill();
          await trial.untilAllDown('readModels');
          await servers().restart();
        },
      }),
    TIMEOUT_MS,
  );

  testDrawn(
    `replies to commits lost ${timesUnderLoad(3 * ROUNDS)}: every event counts once`,
    async () => {
      const proxy = await TcpProxy.start(servers().port);
      const fault = 'replies to commits lost';
      const trial = await Trial.start({ fault, mongodbUrl, ...PLAY });
      await trial.addNode({ mongodbUrl: proxy.wayTo(mongodbUrl) });
      await trial.beginWithSeveral();
      for (let round = 0; round < ROUNDS; round += 1) {
        const lost = [1, 2, 3].reduce(
          (before) => before.then(() => proxy.loseReplyTo('commitTransaction')),
          Promise.resolve(),
        );
        await trial.playThrough(() => lost);
      }
      await trial.playAct().isOver;
      await trial.expectUnharmed(['readModels']);
      await trial.stop();
      await proxy.close();
    },
    TIMEOUT_MS,
  );
});

await describeWithMongod('a replica set of three under several nodes', (binary) => {
  const servers = replicaSetFor(binary, { members: 3 });

  /** Resolves when every node counts what it is told, whatever has just failed. */
  async function untilCounted(trial: Trial): Promise<void> {
    for (const node of trial.nodes) await trial.secondsUntilCounted(node);
  }

  const faults: readonly (readonly [string, Met['fail']])[] = [
    [
      'primary stepped down',
      async () => {
        await servers().admin({ replSetStepDown: 5, force: true });
      },
    ],
    [
      'primary killed',
      async (trial) => {
        const primary = await servers().primary();
        await servers().kill(primary);
        await untilCounted(trial);
        await servers().restart(primary);
      },
    ],
    [
      // For half a minute the others may confirm nothing: readiness is right about that.
      'primary paused',
      async (trial) => {
        const primary = await servers().primary();
        servers().signal('SIGSTOP', primary);
        await untilCounted(trial);
        servers().signal('SIGCONT', primary);
      },
    ],
    [
      'both secondaries paused',
      async (trial) => {
        await servers().signalSecondaries('SIGSTOP');
        await trial.untilAllDown('readModels');
        await servers().signalSecondaries('SIGCONT');
      },
    ],
  ];
  const testDrawn = testsDrawn(1, faults.length);
  for (const [fault, fail] of faults) {
    testDrawn(
      `${fault} ${timesUnderLoad()}: every event counts once`,
      () => meet({ fault, mongodbUrl: servers().url(newDatabaseName()), fail }),
      TIMEOUT_MS,
    );
  }
});

await describeWithMongod('a MongoDB that asks who comes, under several nodes', (binary) => {
  const servers = replicaSetFor(binary, { root: ROOT });

  test(
    `the nodes' user dropped and made anew ${timesUnderLoad()}: every event counts once`,
    async () => {
      const database = newDatabaseName();
      const command = (one: object): Promise<unknown> =>
        withClient(servers().url(database), (client) => client.db().command({ ...one }));
      const make = { createUser: USER.name, pwd: USER.password, roles: ['readWrite'] };
      await command(make);
      await meet({
        fault: 'user dropped and made anew',
        mongodbUrl: servers().url(database, '', { ...USER, source: database }),
        fail: async (trial) => {
          await command({ dropUser: USER.name });
          await trial.untilAllDown('readModels');
          await command(make);
        },
      });
    },
    TIMEOUT_MS,
  );
});
