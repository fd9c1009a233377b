import { join } from 'node:path';
import { describeWithMongod, newDatabaseName, replicaSetFor } from '../support/mongod.js';
import type { TestServer } from '../support/server.js';
import { noteSkipped } from '../support/test-run.js';
import { differingAt, endTrials, Trial } from './trial.js';

/** The folder of a build of release 0.1.0, which is no part of this repository. */
const oldBuild = process.env.OLD_BUILD;
const OLD_MAIN = oldBuild === undefined ? undefined : join(oldBuild, 'src', 'main.js');

/** How often nodes are killed; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 2);
const SESSIONS_PER_ACT = 100;
const ACTS = ROUNDS + 2;
const PLAY = { sessions: SESSIONS_PER_ACT * ACTS, acts: ACTS, rounds: ROUNDS };
const TIMEOUT_MS = 600_000 + ROUNDS * 60_000;

/** A claim lasts 6 s, and the others look each second; the rest is what a busy machine adds. */
const AFTER_DEATH_S_MAX = 7 + 8;

afterAll(endTrials);

/** Which program a node runs: where none is named, this one. */
type Build = NonNullable<Parameters<Trial['addNode']>[0]>;

const title = 'nodes of 0.1.0 beside new ones';
if (OLD_MAIN === undefined) noteSkipped(`${title} (OLD_BUILD names the dist/ of such a build)`);

await describeWithMongod(title, (binary) => {
  const servers = replicaSetFor(binary);

  (OLD_MAIN === undefined ? test.skip : test)(
    'two upgraded one after the other under load: nothing is lost, and nothing counts twice',
    async () => {
      const mongodbUrl = servers().url(newDatabaseName());
      const acts = 3;
      const play = { sessions: SESSIONS_PER_ACT * acts, acts, rounds: 2 };
      const trial = await Trial.start({ fault: 'an upgrade from 0.1.0', mongodbUrl, ...play });
      const old = { main: OLD_MAIN ?? '' };
      const nodes = [await trial.addNode(old), await trial.addNode(old)];
      await trial.begin();
      for (const before of nodes) {
        await trial.playThrough(async () => {
          trial.remove(before);
          expect(await before.stop()).toBe(0);
          await trial.addNode();
          for (const one of trial.nodes) {
            expect(await trial.secondsUntilTakenOver(one)).toBeLessThan(AFTER_DEATH_S_MAX);
          }
        });
      }
      // A node that is stopped in order says so while it drains.
      await trial.expectUnharmed(['server']);
      await trial.stop();
    },
    TIMEOUT_MS,
  );

  (OLD_MAIN === undefined ? test.skip : test)(
    `one killed and started again under load, ${String(ROUNDS)} times: every event counts once`,
    async () => {
      const mongodbUrl = servers().url(newDatabaseName());
      const trial = await Trial.start({ fault: title, mongodbUrl, ...PLAY });
      const { random } = trial;
      const old = { main: OLD_MAIN ?? '' };
      // The order in which they come decides who has the claim on what both fold.
      const builds = random.shuffled<Build>([old, {}, random.pick<Build>([old, {}])]);
      const nodes: TestServer[] = [];
      for (const build of builds) nodes.push(await trial.addNode(build));
      await trial.begin();
      for (let round = 0; round < ROUNDS; round += 1) {
        await trial.playThrough(async () => {
          const index = random.whole(0, nodes.length - 1);
          const [victim, build] = [nodes[index], builds[index]];
          if (victim === undefined) throw new Error('no node');
          trial.remove(victim);
          await victim.kill();
          for (const other of trial.nodes) {
            expect(await trial.secondsUntilTakenOver(other)).toBeLessThan(AFTER_DEATH_S_MAX);
          }
          nodes[index] = await trial.addNode(build);
        });
      }
      await trial.playAct().isOver;
      await trial.expectUnharmed([]);
      for (const [i, node] of nodes.entries()) {
        if (builds[i] === old) expect(await differingAt(node)).toBe(0);
      }
      await trial.stop();
    },
    TIMEOUT_MS,
  );
});
