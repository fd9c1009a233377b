import { ApiClient } from '../support/api-client.js';
import { eventsAt, readModelsAt, startNode } from '../support/distributed.js';
import { EventStoreDbDouble } from '../support/eventstoredb/eventstoredb-double.js';
import { describeWithMongod, newDatabaseName, ReplicaSet } from '../support/mongod.js';
import { ReadinessWatch } from '../support/readiness-watch.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { fill, removeDisk, smallDisk } from '../support/small-disk.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/polling.js';

/** An answer from memory takes a moment; one that asks a silent store takes many seconds. */
const ANSWER_MS_MAX = 2_000;
const DISK_MIB = 24;
/** More appends than come while one is looked for. */
const MANY = 10_000;

let watch: ReadinessWatch | undefined;
afterEach(async () => {
  await watch?.stop();
  await endLeftovers();
});

async function watching({ url }: TestServer): Promise<ReadinessWatch> {
  const watching = new ReadinessWatch(url);
  watch = watching;
  await watching.untilReady();
  return watching;
}

/** The code, what is said to be down, and why. */
async function bodyOf({ url }: TestServer): Promise<unknown> {
  return (await fetch(`${url}/health/ready`)).json();
}

/** Of every answer so far: it came from memory. */
function expectAnswersAtOnce({ answers }: ReadinessWatch): void {
  const longest = Math.max(...answers.map(({ from, to }) => to - from));
  expect(longest).toBeLessThan(ANSWER_MS_MAX);
}

const linesOf = ({ process: { stdout } }: TestServer, pattern: RegExp): readonly string[] =>
  stdout.filter((line) => pattern.test(line));

test('an event store that answers reads and no appends is out of reach, without a request', async () => {
  const folder = temporaryFolder();
  const double = await EventStoreDbDouble.start();
  try {
    const environment = { ...eventsAt({ url: double.url, prefix: 'p-' }), LOG_LEVEL: 'info' };
    const server = await startServer(folder, environment);
    const watch = await watching(server);
    const { length } = double.log.records;
    double.faults.appends.push(...Array.from({ length: MANY }, () => 'stuck' as const));
    await watch.untilDown('eventStore');
    expect(await bodyOf(server)).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      error: {
        eventStore: { message: 'out of reach', reason: 'the event store does not answer' },
      },
    });
    double.faults.appends.splice(0);
    await watch.untilReady();
    expectAnswersAtOnce(watch);
    expect(double.log.records).toHaveLength(length);
    const where = `EventStoreDB at 127.0.0.1:${String(double.port)}`;
    expect(linesOf(server, new RegExp(`${where} was silent for 1.5 s; .* refused`))).toHaveLength(
      1,
    );
    expect(linesOf(server, /the event store is back, after \d+ s/)).toHaveLength(1);
    expect(await server.stop()).toBe(0);
  } finally {
    double.down();
    removeFolder(folder);
  }
});

test('a leader that has lost its followers is ready for reads until it gives up leading', async () => {
  const folder = temporaryFolder();
  const double = await EventStoreDbDouble.start();
  try {
    const environment = { ...eventsAt({ url: double.url, prefix: 'p-' }), LOG_LEVEL: 'info' };
    const server = await startServer(folder, environment);
    const watch = await watching(server);
    const client = new ApiClient(server.url);
    const input = { mediaId: 'm', sessionId: 's', eventId: 'e', eventType: 'SESSION_START' };
    double.faults.lostFollowers = 'leads-on';
    const lostAt = performance.now();
    await expect(client.record(input)).rejects.toThrow('STORE_UNAVAILABLE');
    // It answers conflicts and reads by itself, so that nobody can know.
    expect(watch.troubles({ from: lostAt, to: performance.now() })).toEqual([]);
    const told = linesOf(server, /too few of its nodes confirm it: see that most of them run/);
    expect(told.length).toBeGreaterThan(0);

    double.faults.lostFollowers = 'gave-up';
    const gaveUpAt = performance.now();
    await watch.untilDown('eventStore');
    const [known] = watch.sinceLoss(gaveUpAt, performance.now());
    expect((known?.to ?? Infinity) - gaveUpAt).toBeLessThan(3_000);

    double.faults.lostFollowers = undefined;
    await watch.untilReady();
    expectAnswersAtOnce(watch);
    expect(await client.record(input)).toMatchObject({ duplicate: false });
    expect(await server.stop()).toBe(0);
  } finally {
    double.down();
    removeFolder(folder);
  }
});

const disk = smallDisk(DISK_MIB);
const onSmallDisk = disk === undefined ? test.skip : test;
afterAll(() => {
  if (disk !== undefined) removeDisk(disk);
});

onSmallDisk('a disk that is full is known without a request, and so is room on it', async () => {
  const folder = disk ?? '';
  const server = await startServer(folder);
  const watch = await watching(server);
  const free = fill(folder, 0);
  await watch.untilDown('eventStore', 'readModels');
  const reason = (what: string): object => ({
    message: 'out of reach',
    reason: `${what} cannot be written: the disk is full`,
  });
  expect(await bodyOf(server)).toMatchObject({
    error: { eventStore: reason('the event log'), readModels: reason('the read models') },
  });
  free();
  await watch.untilReady();
  expectAnswersAtOnce(watch);
  expect(await server.stop()).toBe(0);
});

await describeWithMongod('a MongoDB of three members', (binary) => {
  let servers: ReplicaSet;
  let server: TestServer;
  let double: EventStoreDbDouble;
  beforeAll(async () => {
    double = await EventStoreDbDouble.start();
    servers = await ReplicaSet.start(binary, { members: 3 });
    // Longer than all that is looked at here: the primary does not know yet what it has lost.
    await servers.setElectionMs(60_000);
  });
  afterAll(async () => {
    await servers.signalSecondaries('SIGCONT');
    await servers.stop();
    double.down();
  });
  beforeEach(async () => {
    const prefix = `${newDatabaseName()}-`;
    const environment = eventsAt({ url: double.url, prefix });
    server = await startNode({
      ...environment,
      ...readModelsAt(servers.url(newDatabaseName())),
      LOG_LEVEL: 'info',
    });
  });

  test('whose primary has lost the others is out of reach, though it answers', async () => {
    const watch = await watching(server);
    await servers.signalSecondaries('SIGSTOP');
    await watch.untilDown('readModels');
    expect(await servers.admin({ ping: 1 })).toMatchObject({ ok: 1 });
    await servers.signalSecondaries('SIGCONT');
    await watch.untilReady();
    expectAnswersAtOnce(watch);
    await until(() => linesOf(server, /the store of the read models is back/).length === 1);
    // The projector says so, too, where it had something to write meanwhile.
    const told = linesOf(server, /no majority of MongoDB confirms a write: .* tried again every/);
    expect(told).toEqual([expect.stringMatching(/MongoDB at 127\.0\.0\.1:\d+, /)]);
    expect(await server.stop()).toBe(0);
  });
});

await describeWithMongod('a MongoDB of one member', (binary) => {
  let servers: ReplicaSet;
  let double: EventStoreDbDouble;
  beforeAll(async () => {
    double = await EventStoreDbDouble.start();
    servers = await ReplicaSet.start(binary);
  });
  afterAll(async () => {
    servers.signal('SIGCONT');
    await servers.stop();
    double.down();
  });

  test('that is silent is out of reach, and called so', async () => {
    const environment = eventsAt({ url: double.url, prefix: 'silent-' });
    const database = servers.url(newDatabaseName());
    const server = await startNode({ ...environment, ...readModelsAt(database) });
    const watch = await watching(server);
    servers.signal('SIGSTOP');
    await watch.untilDown('readModels');
    expect(await bodyOf(server)).toMatchObject({
      error: { readModels: { reason: 'the store of the read models does not answer' } },
    });
    // By then the driver has noticed it too.
    await until(() => linesOf(server, /MongoDB is silent: MongoDB at 127/).length > 0);
    servers.signal('SIGCONT');
    await watch.untilReady();
    expectAnswersAtOnce(watch);
    expect(await server.stop()).toBe(0);
  });
});
