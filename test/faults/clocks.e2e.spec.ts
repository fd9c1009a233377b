import { ApiClient } from '../support/api-client.js';
import {
  contentsAt,
  eventsAt,
  eventsIn,
  readModelsAt,
  recomputedFrom,
  startNode,
} from '../support/distributed.js';
import { iso, MINUTE_MS } from '../support/e2e.js';
import { DoubleProcess } from '../support/eventstoredb/double-process.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from '../support/mongod.js';
import { until } from '../support/polling.js';
import { lint } from '../support/promlint.js';
import { ReadinessWatch } from '../support/readiness-watch.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { ShiftedMachine } from '../support/shifted-machine.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const TEN_MINUTES_MS = 10 * MINUTE_MS;
const SESSIONS = 15;
/** What a second's date, its age and a busy machine leave open, in seconds and milliseconds. */
const CLOSE_S = 3;
const CLOSE_MS = 1_000 * CLOSE_S;

const prefix = 'p-';

const isReady = async ({ url }: TestServer): Promise<boolean> =>
  (await fetch(`${url}/health/ready`)).status === 200;

/** What a node says of the clock of a store, in seconds that it is ahead of the machine's. */
async function offsetAt({ url }: TestServer, store: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(lint(text)).toEqual([]);
  const name = `playhead_clock_offset_seconds{store="${store}"} `;
  const line = text.split('\n').find((one) => one.startsWith(name));
  return Number(line?.slice(name.length));
}

const isClose = async (node: TestServer, offMs: number): Promise<boolean> => {
  const offsets = [await offsetAt(node, 'EventStoreDB'), await offsetAt(node, 'MongoDB')];
  return offsets.every((seconds) => Math.abs(seconds + offMs / 1_000) < CLOSE_S);
};

const warningsOf = ({ process }: TestServer): readonly string[] =>
  process.stdout.filter((line) => line.includes("this machine's clock"));

/** Views that begin now on one node and go on now on the next one; every event must be taken. */
async function playOn(nodes: readonly TestServer[], round: string): Promise<void> {
  const clients = nodes.map(({ url }) => new ApiClient(url));
  for (let i = 0; i < SESSIONS; i += 1) {
    const session = { mediaId: 'm', sessionId: `${round}-${String(i)}`, userId: `u${String(i)}` };
    const types = ['SESSION_START', 'HEARTBEAT', 'HEARTBEAT'];
    for (const [n, eventType] of types.entries()) {
      const event = { ...session, eventType, eventId: String(n), quality: '720p' };
      const amount = n === 0 ? {} : { duration: 1, bytesLoaded: 1_000_000 };
      await clients[(i + n) % clients.length]?.record({
        ...event,
        ...amount,
        occurredAt: iso(Date.now()),
      });
    }
  }
}

/** Every node gives the figures of so many rounds, and none of their sessions is idle. */
async function expectFigures(nodes: readonly TestServer[], rounds: number): Promise<void> {
  for (const { url } of nodes) {
    const client = new ApiClient(url);
    await client.record({ mediaId: 'marker', eventType: 'HEARTBEAT' });
    expect(await client.rollup()).toMatchObject({ sessionsTimedOut: 0 });
    expect(await client.analytics('m')).toMatchObject({
      totalViews: rounds * SESSIONS,
      uniqueViewers: SESSIONS,
      averageWatchTime: 2,
    });
    // The nodes' time may be some milliseconds behind: then the last view has yet to come.
    await until(async () => {
      const { edges } = await client.popular({ first: 1, period: 'HOUR' });
      return edges[0]?.node.viewCount === rounds * SESSIONS;
    });
    const { totalGB } = await client.bandwidth('HOUR');
    expect(totalGB).toBeCloseTo((rounds * SESSIONS * 2_000_000) / 2 ** 30, 9);
    for (const { state, lagSeconds } of await client.projections()) {
      expect(state).toBe('LIVE');
      expect(lagSeconds).toBeLessThan(MINUTE_MS / 1_000);
    }
  }
}

await describeWithMongo('nodes whose machines show another time', (startMongo) => {
  let mongo: MongoServers;
  let double: DoubleProcess;
  const clocks: ShiftedMachine[] = [];
  beforeAll(async () => {
    mongo = await startMongo();
  });
  beforeEach(async () => {
    double = await DoubleProcess.start();
  });
  afterEach(async () => {
    await endLeftovers();
    await double.stop();
    for (const clock of clocks.splice(0)) clock.remove();
  });
  afterAll(async () => {
    await mongo.stop();
  });

  const shifted = (offsetMs = 0): ShiftedMachine => {
    const clock = new ShiftedMachine(offsetMs);
    clocks.push(clock);
    return clock;
  };

  it.each([-TEN_MINUTES_MS, TEN_MINUTES_MS])(
    'two nodes, one %d ms off, then the other one: one time, no fault, exact figures',
    async (offMs) => {
      const database = mongo.url(newDatabaseName());
      const log = { url: double.url, prefix };
      const stores = { ...eventsAt(log), ...readModelsAt(database) };
      const machines = [shifted(), shifted(offMs)] as const;
      const begun = Date.now();
      const start = (machine: ShiftedMachine): Promise<TestServer> =>
        startNode({ ...stores, ...machine.environment });
      const nodes = [await start(machines[0]), await start(machines[1])] as const;
      const [right, wrong] = nodes;
      await until(async () => (await isReady(right)) && (await isReady(wrong)));
      const watches = nodes.map(({ url }) => new ReadinessWatch(url));

      await playOn(nodes, 'first');
      await expectFigures(nodes, 1);
      expect(await isClose(right, 0)).toBe(true);
      expect(await isClose(wrong, offMs)).toBe(true);
      expect(warningsOf(right)).toEqual([]);
      const way = offMs > 0 ? 'ahead of' : 'behind';
      expect(warningsOf(wrong)[0]).toContain(`s ${way} that of EventStoreDB`);

      machines[0].set(offMs);
      machines[1].set(0);
      await playOn(nodes, 'second');
      await expectFigures(nodes, 2);
      await until(async () => (await isClose(right, offMs)) && (await isClose(wrong, 0)));
      expect(warningsOf(right)[0]).toContain(`s ${way} that of EventStoreDB`);

      await Promise.all(watches.map((watch) => watch.stop()));
      for (const { answers } of watches) {
        expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      }
      for (const node of nodes) expect(await node.stop()).toBe(0);
      for (const { recordedAt } of await eventsIn(log)) {
        expect(recordedAt).toBeGreaterThan(begun - CLOSE_MS);
        expect(recordedAt).toBeLessThan(Date.now() + CLOSE_MS);
      }
      expect(await contentsAt(database)).toEqual(await recomputedFrom(log));
    },
  );

  it('a node is not ready while its two stores are more than a minute apart', async () => {
    const stores = { ...eventsAt({ url: double.url, prefix }) };
    const node = await startNode({ ...stores, ...readModelsAt(mongo.url(newDatabaseName())) });
    await until(() => isReady(node));
    const watch = new ReadinessWatch(node.url);
    await double.setClock(TEN_MINUTES_MS);
    await watch.untilDown('clock');
    await double.setClock(0);
    await watch.untilReady();
    await watch.stop();
    expect(node.process.stdout.join('\n')).toContain('clocks of EventStoreDB and MongoDB are ');
    expect(await node.stop()).toBe(0);
  });

  it("a node with read models of its own goes by the event store's clock, when that is set too", async () => {
    const folder = temporaryFolder();
    await double.setClock(-TEN_MINUTES_MS);
    const log = { url: double.url, prefix };
    const node = await startServer(folder, eventsAt(log));
    const client = new ApiClient(node.url);
    await client.record({ mediaId: 'm', eventType: 'SESSION_START', eventId: 'before' });
    await double.setClock(TEN_MINUTES_MS);
    await until(async () => (await offsetAt(node, 'EventStoreDB')) > 600 - CLOSE_S);
    await client.record({ mediaId: 'm', eventType: 'SESSION_START', eventId: 'after' });
    const now = Date.now();
    expect(await node.stop()).toBe(0);
    const events = (await eventsIn(log)).filter(({ type }) => type === 'session_start');
    const offsets = events.map(({ recordedAt }) => Math.round((recordedAt - now) / MINUTE_MS));
    expect(offsets).toEqual([-10, 10]);
    removeFolder(folder);
  });
});
