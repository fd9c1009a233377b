import { ApiClient } from '../support/api-client.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import { recomputedContents, storedContents, storedEvents } from '../support/recomputation.js';
import { endLeftovers, startServer, withResolvers, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { audienceOf } from './audience.js';
import { expectFigures } from './figures.js';
import { Outbox } from './outbox.js';

/** How often the server is killed; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 6);
const SESSIONS_PER_ROUND = 400;
const CLIENTS = 12;

const folder = temporaryFolder();
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

/** Sends until a random number of requests is acknowledged, and kills the server while more are. */
async function sendAndKill(server: TestServer, outbox: Outbox, after: number): Promise<void> {
  const { promise, resolve } = withResolvers<undefined>();
  const wanted = outbox.acknowledgedCount + after;
  outbox.onAcknowledged = () => {
    if (outbox.acknowledgedCount >= wanted) resolve(undefined);
  };
  const sending = outbox.sendAll(server.url, CLIENTS).then(() => {
    resolve(undefined);
  });
  await promise;
  await server.kill();
  await sending;
}

test(
  `kill -9 under load, ${String(ROUNDS)} times: every acknowledged event counts exactly once`,
  async () => {
    const seed = seedOfRun();
    console.log(`FAULT_SEED=${String(seed)} FAULT_ROUNDS=${String(ROUNDS)}`);
    const random = new SeededRandom(seed);
    const audience = audienceOf(random, SESSIONS_PER_ROUND * ROUNDS, `seed ${String(seed)}`);
    const outbox = new Outbox(audience.requests, random);
    const share = Math.floor(audience.requests.length / (ROUNDS + 1));
    for (let round = 0; round < ROUNDS; round += 1) {
      const server = await startServer(folder);
      await sendAndKill(server, outbox, random.whole(1, share));
    }
    const server = await startServer(folder);
    await outbox.sendAll(server.url, CLIENTS);
    expect(outbox.isEmpty).toBe(true);

    const client = new ApiClient(server.url);
    // Its position is that of the last event: whoever has passed it has passed them all.
    await client.record({ mediaId: 'marker', eventType: 'HEARTBEAT' });
    await expectFigures(client, audience.expected);
    expect(await server.stop()).toBe(0);

    const events = await storedEvents(folder);
    const ids = events.map(({ stream, data }) => `${stream} ${JSON.stringify(data.eventId)}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await storedContents(folder)).toEqual(await recomputedContents(folder));
  },
  600_000 + ROUNDS * 60_000,
);
