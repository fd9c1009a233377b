import { describeWithMongod, newDatabaseName, ReplicaSet } from '../support/mongod.js';
import { sendGraphql } from '../support/graphql.js';
import { until } from '../support/polling.js';
import type { TestServer } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { endTrials, Trial } from './trial.js';

/** How often a node is killed or started; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 4);
const NODES = 3;
const SESSIONS_PER_ACT = 150;
const TIMEOUT_MS = 600_000 + ROUNDS * 60_000;

/** What a busy machine may add to each of these times. */
const SLACK_S = 8;
/** A claim lasts 6 s, and the others look each second. */
const AFTER_DEATH_S_MAX = 7 + SLACK_S;
/** Sooner than any claim runs out. */
const AFTER_STOP_S_MAX = 5;
/** How long the server lets a transaction live; it looks for older ones in half that time. */
const TRANSACTION_S = 8;
const AFTER_STUCK_S_MAX = 1.5 * TRANSACTION_S + 1 + SLACK_S;

afterAll(endTrials);

const within = (seconds: number): string => `within ${String(seconds)} s of`;

/** The node that folds, the same for all projections. */
async function ownerOf({ url }: TestServer): Promise<string> {
  const { data } = await sendGraphql(url, { query: '{ projections { owner } }' });
  const { projections } = data as { projections: readonly { readonly owner: string }[] };
  return [...new Set(projections.map(({ owner }) => owner))].join();
}

/** Pauses a node, to which the audience then plays no longer, until some work is done. */
async function pausedWhile(
  trial: Trial,
  node: TestServer,
  work: () => Promise<void>,
): Promise<void> {
  trial.remove(node);
  node.process.child.kill('SIGSTOP');
  await work();
  node.process.child.kill('SIGCONT');
  trial.nodes.push(node);
}

/** The more nodes there are, the likelier one of them is killed. */
async function killOrStart(trial: Trial): Promise<void> {
  const victim = trial.nodes[trial.random.whole(0, NODES - 1)];
  if (victim === undefined) {
    await trial.addNode();
    return;
  }
  trial.remove(victim);
  await victim.kill();
}

await describeWithMongod('several nodes on one MongoDB, under load', (binary) => {
  let servers: ReplicaSet;
  let mongodbUrl: string;
  beforeAll(async () => {
    const parameters = [`transactionLifetimeLimitSeconds=${String(TRANSACTION_S)}`];
    servers = await ReplicaSet.start(binary, { parameters });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await servers.stop();
  });
  beforeEach(() => {
    mongodbUrl = servers.url(newDatabaseName());
  });

  const startTrial = (acts: number): Promise<Trial> =>
    Trial.start({ mongodbUrl, sessions: SESSIONS_PER_ACT * acts, acts });

  test(
    `folded on ${within(AFTER_STOP_S_MAX)} an orderly stop, ${within(AFTER_DEATH_S_MAX)} a death`,
    async () => {
      const trial = await startTrial(2);
      const [first, second] = [await trial.addNode(), await trial.addNode()];
      await trial.begin();
      trial.remove(first);
      expect(await first.stop()).toBe(0);
      expect(await trial.secondsUntilCounted(second)).toBeLessThan(AFTER_STOP_S_MAX);

      const third = await trial.addNode();
      const owner = await ownerOf(third);
      await second.kill();
      trial.remove(second);
      expect(await trial.secondsUntilCounted(third)).toBeLessThan(AFTER_DEATH_S_MAX);
      await until(async () => (await ownerOf(third)) !== owner);
      await trial.playAct().isOver;
      await trial.expectUnharmed(['server']);
      await trial.stop();
    },
    TIMEOUT_MS,
  );

  test(
    `folded on ${within(AFTER_DEATH_S_MAX)} the owner's pause; once awake it writes no more`,
    async () => {
      const proxy = await TcpProxy.start(servers.port);
      const trial = await startTrial(3);
      const owner = await trial.addNode(proxy.wayTo(mongodbUrl));
      const other = await trial.addNode();
      await trial.begin();
      // What it is about to write reaches the server after all, when another one has gone on.
      const isHeld = proxy.hold('upsert');
      const act = trial.playAct();
      await isHeld;
      await pausedWhile(trial, owner, async () => {
        expect(await trial.secondsUntilCounted(other)).toBeLessThan(AFTER_DEATH_S_MAX);
      });
      proxy.letGo();
      await act.isOver;
      await trial.playAct().isOver;
      await trial.expectUnharmed([]);
      await until(async () => (await ownerOf(owner)) === (await ownerOf(other)));
      await trial.stop();
      await proxy.close();
    },
    TIMEOUT_MS,
  );

  test(
    `folded on ${within(AFTER_STUCK_S_MAX)} a pause in a ${String(TRANSACTION_S)} s transaction`,
    async () => {
      const proxy = await TcpProxy.start(servers.port);
      const trial = await startTrial(2);
      const owner = await trial.addNode(proxy.wayTo(mongodbUrl));
      const other = await trial.addNode();
      const isHeld = proxy.hold('commitTransaction');
      const act = trial.playAct();
      await isHeld;
      await pausedWhile(trial, owner, async () => {
        expect(await trial.secondsUntilCounted(other)).toBeLessThan(AFTER_STUCK_S_MAX);
      });
      proxy.letGo();
      await act.isOver;
      await trial.begin();
      await trial.expectUnharmed([]);
      await trial.stop();
      await proxy.close();
    },
    TIMEOUT_MS,
  );

  test(
    `killed and started at random, ${String(ROUNDS)} times: every event counts once`,
    async () => {
      const trial = await startTrial(ROUNDS + 2);
      for (let i = 0; i < NODES; i += 1) await trial.addNode();
      await trial.begin();
      for (let round = 0; round < ROUNDS; round += 1) {
        const act = trial.playAct();
        await act.isUnderWay;
        await killOrStart(trial);
        if (trial.nodes.length > 0) await act.isOver;
        else await Promise.all([trial.addNode(), act.isOver]);
      }
      while (trial.nodes.length < NODES) await trial.addNode();
      await trial.playAct().isOver;
      await trial.expectUnharmed([]);
      await trial.stop();
    },
    TIMEOUT_MS,
  );
});
