import { SECOND_MS } from '../../src/domain/time.js';
import { ApiClient } from '../support/api-client.js';
import {
  contentsAt,
  eventsAt,
  readModelsAt,
  recomputedFrom,
  startNode,
} from '../support/distributed.js';
import { DoubleProcess } from '../support/eventstoredb/double-process.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from '../support/mongod.js';
import { until } from '../support/polling.js';
import { endLeftovers } from '../support/server.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** How many events the log holds; FAULT_EVENTS asks for more. */
const EVENTS = Number(process.env.FAULT_EVENTS ?? 1_000);
const BATCH = 500;
const LINES = [250_000, 60_000];
const PREFIX = 'slow-';
/** What a second node may add, on a line and beside it: it starts on the same machine. */
const RATIO_MAX = 1.3;
const START_MS = 10 * SECOND_MS;
const MS_MAX = 1_800_000;

afterAll(endLeftovers);

await describeWithMongo('nodes that begin at the end of a slow line', (start) => {
  let mongo: MongoServers;
  let double: DoubleProcess;
  beforeAll(async () => {
    [mongo, double] = await Promise.all([start(), DoubleProcess.start()]);
    const log = { url: double.url, prefix: PREFIX };
    const node = await startNode({
      ...eventsAt(log),
      ...readModelsAt(mongo.url(newDatabaseName())),
    });
    const client = new ApiClient(node.url);
    for (let first = 0; first < EVENTS; first += BATCH) {
      const inputs = Array.from({ length: BATCH }, (_, i) => ({
        mediaId: `m${String(i % 7)}`,
        sessionId: `s${String(first + i)}`,
        eventType: 'SESSION_START',
        bytesLoaded: 1_000 + i,
      }));
      await client.recordAll(inputs);
    }
    expect(await node.stop()).toBe(0);
  });
  afterAll(async () => {
    await double.stop();
    await mongo.stop();
  });

  /** How long it takes until so many nodes with new read models have the whole log, each ready. */
  async function msUntilReady(nodes: number, bytesPerSecond: number): Promise<number> {
    const database = mongo.url(newDatabaseName());
    const wires = await Promise.all(
      Array.from({ length: nodes }, async () => {
        const wire = await TcpProxy.start(Number(new URL(double.url).port));
        wire.slowDown(bytesPerSecond);
        return wire;
      }),
    );
    const startedAt = performance.now();
    const servers = await Promise.all(
      wires.map(({ port }) => {
        const url = `esdb://127.0.0.1:${String(port)}?tls=false`;
        return startNode({ ...eventsAt({ url, prefix: PREFIX }), ...readModelsAt(database) });
      }),
    );
    for (const { url } of servers) {
      await until(async () => (await fetch(`${url}/health/ready`)).status === 200, MS_MAX);
    }
    const tookMs = performance.now() - startedAt;
    const log = { url: double.url, prefix: PREFIX };
    expect(await contentsAt(database)).toEqual(await recomputedFrom(log));
    for (const server of servers) expect(await server.stop()).toBe(0);
    for (const wire of wires) await wire.close();
    return tookMs;
  }

  test.each(LINES)(
    'of %i bytes a second: two catch up as fast as one',
    async (bytesPerSecond) => {
      const one = await msUntilReady(1, bytesPerSecond);
      const two = await msUntilReady(2, bytesPerSecond);
      const took = [one, two].map((ms) => `${(ms / SECOND_MS).toFixed(1)} s`).join(', two ');
      console.log(`${String(EVENTS)} events at ${String(bytesPerSecond)} B/s: one node ${took}`);
      expect(two).toBeLessThan(RATIO_MAX * one + START_MS);
    },
    MS_MAX,
  );
});
