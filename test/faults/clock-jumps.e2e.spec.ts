import { ApiClient } from '../support/api-client.js';
import { DAY_MS, HOUR_MS } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { until } from '../support/polling.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import { recomputedContents, storedContents, storedEvents } from '../support/recomputation.js';
import { endLeftovers, startServer } from '../support/server.js';
import { ShiftedMachine } from '../support/shifted-machine.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { audienceOf } from './audience.js';
import { expectFigures } from './figures.js';
import { Outbox } from './outbox.js';

/** How often the clock jumps; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 4);
const SESSIONS_PER_ROUND = 100;
const CLIENTS = 8;
/** As far as what the audience reports is still neither too old nor yet to come. */
const BACK_MS_MAX = 12 * HOUR_MS;
const AHEAD_MS_MAX = 5 * DAY_MS;

const folder = temporaryFolder();
const clock = new ShiftedMachine();
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
  clock.remove();
});

/** Asks for a rebuild; where one is under way, that goes on. */
async function rebuild(url: string): Promise<void> {
  const query = 'mutation { rebuildProjection(name: "streaming-analytics") { name } }';
  const { errors } = await sendGraphql(url, { query });
  expect(errors).toEqual([]);
}

async function expectHonestLag(client: ApiClient): Promise<void> {
  for (const { state, lagSeconds } of await client.projections()) {
    expect(state).not.toBe('STOPPED');
    expect(lagSeconds).toBeGreaterThanOrEqual(0);
  }
}

test(
  `a clock that jumps, ${String(ROUNDS)} times: every acknowledged event counts exactly once`,
  async () => {
    const seed = seedOfRun();
    console.log(`FAULT_SEED=${String(seed)} FAULT_ROUNDS=${String(ROUNDS)}`);
    const random = new SeededRandom(seed);
    const server = await startServer(folder, clock.environment);
    const { url } = server;
    const audience = audienceOf(random, SESSIONS_PER_ROUND * ROUNDS, `seed ${String(seed)}`);
    const client = new ApiClient(url);
    const share = Math.ceil(audience.requests.length / ROUNDS);
    for (let round = 0; round < ROUNDS; round += 1) {
      const requests = audience.requests.slice(round * share, (round + 1) * share);
      const outbox = new Outbox(requests, random);
      const jumpAt = random.whole(1, requests.length);
      const offsetMs = random.whole(-BACK_MS_MAX, AHEAD_MS_MAX);
      outbox.onAcknowledged = () => {
        if (outbox.acknowledgedCount === jumpAt) clock.set(offsetMs);
      };
      await rebuild(url);
      await outbox.deliver(() => [url], CLIENTS);
      await client.rollup();
      await expectHonestLag(client);
    }
    clock.set(0);
    await client.record({ mediaId: 'marker', eventType: 'HEARTBEAT' });
    await expectFigures(client, audience.expected);
    await until(async () => (await fetch(`${url}/health/ready`)).status === 200);
    await until(async () =>
      (await client.projections()).every(({ rebuildProgress }) => rebuildProgress === null),
    );
    expect(await server.stop()).toBe(0);
    const recorded = (await storedEvents(folder)).map(({ recordedAt }) => recordedAt);
    expect(Math.max(...recorded) - Math.min(...recorded)).toBeGreaterThan(HOUR_MS);
    expect(await storedContents(folder)).toEqual(await recomputedContents(folder));
  },
  600_000 + ROUNDS * 60_000,
);
