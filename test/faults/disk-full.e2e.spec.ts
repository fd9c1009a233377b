import { ApiClient } from '../support/api-client.js';
import { until } from '../support/polling.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import { ReadinessWatch } from '../support/readiness-watch.js';
import { recomputedContents, storedContents, storedEvents } from '../support/recomputation.js';
import { endLeftovers, startServer } from '../support/server.js';
import { fill, removeDisk, smallDisk } from '../support/small-disk.js';
import { audienceOf } from './audience.js';
import { expectFigures } from './figures.js';
import { Outbox } from './outbox.js';

/** How often the disk runs full; FAULT_ROUNDS asks for more. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 2);
const SESSIONS = 300;
const CLIENTS = 8;
const DISK_MIB = 48;
/** Enough for a few commits, and for nothing more. */
const LEFT_BYTES = 300 * 2 ** 10;
const TIMEOUT_MS = 600_000 + ROUNDS * 60_000;

const disk = smallDisk(DISK_MIB);
const onSmallDisk = disk === undefined ? test.skip : test;
let watch: ReadinessWatch | undefined;
afterAll(async () => {
  await watch?.stop();
  await endLeftovers();
  if (disk !== undefined) removeDisk(disk);
});

onSmallDisk(
  `a disk that is full, ${String(ROUNDS)} times: 503, nothing lost, and well again by itself`,
  async () => {
    const folder = disk ?? '';
    const seed = seedOfRun();
    console.log(`FAULT_SEED=${String(seed)} FAULT_ROUNDS=${String(ROUNDS)}`);
    const random = new SeededRandom(seed);
    const audience = audienceOf(random, SESSIONS * ROUNDS, `seed ${String(seed)}`);
    const server = await startServer(folder, { LOG_LEVEL: 'error' });
    watch = new ReadinessWatch(server.url);
    await watch.untilReady();
    const body = JSON.stringify([{ mediaId: 'refused', eventType: 'BUFFERING' }]);
    const recordOne = (): Promise<Response> =>
      fetch(`${server.url}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const share = Math.ceil(audience.requests.length / ROUNDS);
    let recorded = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const requests = audience.requests.slice(round * share, (round + 1) * share);
      const free = fill(folder, LEFT_BYTES);
      const delivery = new Outbox(requests, random).deliver(() => [server.url], CLIENTS);
      await until(async () => {
        const answer = await recordOne();
        if (answer.status === 202) recorded += 1;
        else expect(await answer.json()).toMatchObject({ code: 'STORE_UNAVAILABLE' });
        return answer.status === 503;
      }, 30_000);
      await watch.untilDown('eventStore', 'readModels');
      free();
      await watch.untilReady();
      await delivery;
    }

    const client = new ApiClient(server.url);
    // Its position is that of the last event: whoever has passed it has passed them all.
    await client.record({ mediaId: 'marker', eventType: 'HEARTBEAT' });
    const { bufferingEvents } = await client.analytics('refused');
    expect(bufferingEvents).toBe(recorded);
    await expectFigures(client, audience.expected);
    expect(await server.stop()).toBe(0);
    const events = await storedEvents(folder);
    const ids = events.map(({ stream, data }) => `${stream} ${JSON.stringify(data.eventId)}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await storedContents(folder)).toEqual(await recomputedContents(folder));
  },
  TIMEOUT_MS,
);
