import { ApiClient } from '../support/api-client.js';
import { eventsIn } from '../support/distributed.js';
import { MINUTE_MS } from '../support/e2e.js';
import { describeWithMongod, newDatabaseName, replicaSetFor } from '../support/mongod.js';
import { sendGraphql } from '../support/graphql.js';
import { until } from '../support/polling.js';
import type { TestServer } from '../support/server.js';
import { ShiftedMachine } from '../support/shifted-machine.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { testsDrawn } from './drawn.js';
import { endTrials, Trial } from './trial.js';

/** How often a node is killed or started; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 2);
const NODES = 3;
const SESSIONS_PER_ACT = 100;
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

/** How far a clock is off; what is recorded is off by much less. */
const OFF_MS = 10 * MINUTE_MS;

const machines: ShiftedMachine[] = [];
afterAll(async () => {
  await endTrials();
  for (const machine of machines) machine.remove();
});

/** A machine with a clock of its own. */
function newMachine(): ShiftedMachine {
  const machine = new ShiftedMachine();
  machines.push(machine);
  return machine;
}

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
  trial.bringBack(node);
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
  const [other] = trial.nodes;
  if (other === undefined) await trial.addNode();
  else expect(await trial.secondsUntilTakenOver(other)).toBeLessThan(AFTER_DEATH_S_MAX);
}

await describeWithMongod('several nodes on one MongoDB, under load', (binary) => {
  const testDrawn = testsDrawn(2, 5);
  let mongodbUrl: string;
  const parameters = [`transactionLifetimeLimitSeconds=${String(TRANSACTION_S)}`];
  const servers = replicaSetFor(binary, { parameters });
  beforeEach(() => {
    mongodbUrl = servers().url(newDatabaseName());
  });

  const startTrial = (fault: string, acts: number, rounds = 1): Promise<Trial> =>
    Trial.start({ fault, mongodbUrl, sessions: SESSIONS_PER_ACT * acts, acts, rounds });

  testDrawn(
    `folded on ${within(AFTER_STOP_S_MAX)} an orderly stop, ${within(AFTER_DEATH_S_MAX)} a death`,
    async () => {
      const trial = await startTrial('folding node stopped, then one killed', 2);
      const [first, second] = [await trial.addNode(), await trial.addNode()];
      await trial.begin();
      await trial.playThrough(async () => {
        trial.remove(first);
        expect(await first.stop()).toBe(0);
        expect(await trial.secondsUntilTakenOver(second)).toBeLessThan(AFTER_STOP_S_MAX);

        const third = await trial.addNode();
        const owner = await ownerOf(third);
        trial.remove(second);
        await second.kill();
        expect(await trial.secondsUntilTakenOver(third)).toBeLessThan(AFTER_DEATH_S_MAX);
        await until(async () => (await ownerOf(third)) !== owner);
      });
      await trial.expectUnharmed(['server']);
      await trial.stop();
    },
    TIMEOUT_MS,
  );

  testDrawn(
    `folded on ${within(AFTER_DEATH_S_MAX)} the owner's pause; once awake it writes no more`,
    async () => {
      const proxy = await TcpProxy.start(servers().port);
      const trial = await startTrial('folding node paused', 3);
      const owner = await trial.addNode({ mongodbUrl: proxy.wayTo(mongodbUrl) });
      const other = await trial.addNode();
      await trial.begin();
      // What it is about to write reaches the server after all, when another one has gone on.
      const isHeld = proxy.hold('upsert');
      await trial.playThrough(async () => {
        await isHeld;
        await pausedWhile(trial, owner, async () => {
          expect(await trial.secondsUntilTakenOver(other)).toBeLessThan(AFTER_DEATH_S_MAX);
        });
        proxy.letGo();
      });
      await trial.playAct().isOver;
      await trial.expectUnharmed([]);
      await until(async () => (await ownerOf(owner)) === (await ownerOf(other)));
      await trial.stop();
      await proxy.close();
    },
    TIMEOUT_MS,
  );

  testDrawn(
    `folded on ${within(AFTER_STUCK_S_MAX)} a pause in a ${String(TRANSACTION_S)} s transaction`,
    async () => {
      const proxy = await TcpProxy.start(servers().port);
      const trial = await startTrial('folding node paused in a commit', 2);
      const owner = await trial.addNode({ mongodbUrl: proxy.wayTo(mongodbUrl) });
      const other = await trial.addNode();
      const isHeld = proxy.hold('commitTransaction');
      await trial.playThrough(async () => {
        await isHeld;
        await pausedWhile(trial, owner, async () => {
          expect(await trial.secondsUntilTakenOver(other)).toBeLessThan(AFTER_STUCK_S_MAX);
        });
        proxy.letGo();
      });
      await trial.begin();
      await trial.expectUnharmed([]);
      await trial.stop();
      await proxy.close();
    },
    TIMEOUT_MS,
  );

  testDrawn(
    `killed and started at random, ${String(ROUNDS)} times: every event counts once`,
    async () => {
      const trial = await startTrial('nodes killed and started at random', ROUNDS + 2, ROUNDS);
      for (let i = 0; i < NODES; i += 1) await trial.addNode();
      await trial.begin();
      for (let round = 0; round < ROUNDS; round += 1) {
        await trial.playThrough(() => killOrStart(trial));
      }
      while (trial.nodes.length < NODES) await trial.addNode();
      await trial.playAct().isOver;
      await trial.expectUnharmed([]);
      await trial.stop();
    },
    TIMEOUT_MS,
  );

  testDrawn(
    `a clock ten minutes off and back, ${String(ROUNDS)} times: ready all the time, one time`,
    async () => {
      const trial = await startTrial('clock 10 minutes off and back', ROUNDS + 2, ROUNDS);
      const own = Array.from({ length: trial.random.whole(2, NODES) }, newMachine);
      for (const { environment } of own) await trial.addNode({ environment });
      await trial.begin();
      const begun = Date.now();
      for (let round = 0; round < ROUNDS; round += 1) {
        const wrong = trial.random.whole(0, own.length - 1);
        await trial.playThrough(async () => {
          for (const offsetMs of [trial.random.pick([-OFF_MS, OFF_MS]), 0]) {
            own[wrong]?.set(offsetMs);
            for (const node of trial.nodes) await trial.secondsUntilCounted(node);
            const client = new ApiClient(trial.nodes[wrong]?.url ?? '');
            expect(await client.rollup()).toMatchObject({ sessionsTimedOut: 0 });
          }
        });
      }
      await trial.playAct().isOver;
      await trial.expectUnharmed([]);
      for (const { recordedAt } of await eventsIn(trial.log)) {
        expect(recordedAt).toBeGreaterThan(begun - OFF_MS / 2);
        expect(recordedAt).toBeLessThan(Date.now() + OFF_MS / 2);
      }
      await trial.stop();
    },
    TIMEOUT_MS,
  );
});
