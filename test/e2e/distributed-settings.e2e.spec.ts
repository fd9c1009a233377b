import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { MongoMemoryServer } from 'mongodb-memory-server-core';
import { failureOf, run } from '../cli/command-line.js';
import { ApiClient } from '../support/api-client.js';
import { eventsAt, eventsIn, readModelsAt, startNode } from '../support/distributed.js';
import { EventStoreDbDouble } from '../support/eventstoredb/eventstoredb-double.js';
import { describeWithMongod, newDatabaseName, ReplicaSet } from '../support/mongod.js';
import { until } from '../support/polling.js';
import { endLeftovers, spawnServer, type Environment, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** Exit statuses of sysexits.h. */
const EX_UNAVAILABLE = 69;
const EX_CONFIG = 78;
/** A ping gives up after 5 s, and a projector tries again after 5 s. */
const HEALTH_MS_MAX = 30_000;
const USER = { name: 'playhead', password: 'the right password' };

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

/** Starts a server that must not come to listen; its status and the one line that it says. */
async function refusalOf(
  environment: Environment,
): Promise<{ readonly status: number | null; readonly line: string }> {
  const settings = { DATA_DIR: folder, STARTUP_WAIT_SECONDS: '0', ...environment };
  const { ended, stdout, stderr } = spawnServer(settings);
  const status = await ended;
  const lines = [...stdout, ...stderr].filter((line) => line.trim() !== '');
  expect(lines).toHaveLength(1);
  return { status, line: lines[0] ?? '' };
}

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** What readiness says is down, and its status. */
async function troublesOf({ url }: TestServer): Promise<readonly [number, readonly string[]]> {
  const answer = await fetch(`${url}/health/ready`);
  const { error } = (await answer.json()) as { error?: Readonly<Record<string, unknown>> };
  return [answer.status, Object.keys(error ?? {})];
}

const untilTroubles = (server: TestServer, ...troubles: readonly string[]): Promise<void> =>
  until(async () => {
    const [status, found] = await troublesOf(server);
    expect(status).toBe(found.length === 0 ? 200 : 503);
    return JSON.stringify(found) === JSON.stringify(troubles);
  }, HEALTH_MS_MAX);

describe('an event store that will not do is refused in one line', () => {
  let double: EventStoreDbDouble;
  beforeAll(async () => {
    double = await EventStoreDbDouble.start({ user: USER });
  });
  afterAll(() => {
    double.down();
  });

  test('with status 69 where nobody listens', async () => {
    const url = `esdb://127.0.0.1:${String(await freePort())}?tls=false`;
    const { status, line } = await refusalOf(eventsAt({ url, prefix: 'p-' }));
    expect(status).toBe(EX_UNAVAILABLE);
    expect(line).toMatch(/EventStoreDB at 127\.0\.0\.1:\d+ cannot be reached.*EVENTSTORE_URL/);
  });

  test('with status 78 where it does not accept the credentials, which stay unsaid', async () => {
    const url = double.url.replace('esdb://', 'esdb://playhead:a-wrong-password@');
    const { status, line } = await refusalOf(eventsAt({ url, prefix: 'p-' }));
    expect(status).toBe(EX_CONFIG);
    expect(line).toMatch(/does not accept the user or the password/);
    expect(line).not.toContain('a-wrong-password');
  });

  test('with status 69 where its certificate is not trusted, and Node warns of nothing beside it', async () => {
    const certificate = fileURLToPath(new URL('../fixtures/tls/localhost.crt', import.meta.url));
    const [cert, key] = [certificate, certificate.replace(/crt$/, 'key')].map((path) =>
      readFileSync(path),
    );
    if (cert === undefined || key === undefined) throw new Error('no certificate');
    const secured = await EventStoreDbDouble.start({ tls: { cert, key } });
    try {
      // Of TLS to an address instead of a name Node says that it is deprecated.
      const url = secured.url.replace('?tls=false', '');
      const { status, line } = await refusalOf(eventsAt({ url, prefix: 'p-' }));
      expect(status).toBe(EX_UNAVAILABLE);
      expect(line).toMatch(/shows a certificate that is not trusted.*EVENTSTORE_URL/);
    } finally {
      secured.down();
    }
  });

  test('with status 78 where no VIEWER_SECRET is given', async () => {
    const { ended, stderr } = spawnServer({ DATA_DIR: folder, EVENTSTORE_URL: double.url });
    expect(await ended).toBe(EX_CONFIG);
    expect(stderr.join('\n')).toMatch(/^playhead: wrong settings: VIEWER_SECRET: is required/);
  });

  test.each(['esdb://', 'http://127.0.0.1:2113', 'esdb://host:2113?tlsVerifyCert=false'])(
    'with status 78 where the connection string is no use: %s',
    async (url) => {
      const { ended, stderr } = spawnServer({
        ...eventsAt({ url, prefix: 'p-' }),
        DATA_DIR: folder,
      });
      expect(await ended).toBe(EX_CONFIG);
      expect(stderr.join('\n')).toContain('EVENTSTORE_URL');
    },
  );
});

await describeWithMongod('a MongoDB', (binary) => {
  let mongo: ReplicaSet;
  let double: EventStoreDbDouble;
  beforeAll(async () => {
    double = await EventStoreDbDouble.start();
    mongo = await ReplicaSet.start(binary);
  });
  afterAll(async () => {
    await endLeftovers();
    await mongo.stop();
    double.down();
  });

  test('where nobody listens is refused in one line, with status 69', async () => {
    const url = `mongodb://127.0.0.1:${String(await freePort())}/playhead?replicaSet=rs`;
    const { status, line } = await refusalOf(readModelsAt(url));
    expect(status).toBe(EX_UNAVAILABLE);
    expect(line).toMatch(/MongoDB at 127\.0\.0\.1:\d+ does not answer/);
  });

  test('that does not accept the credentials is refused in one line, with status 78', async () => {
    const url = mongo
      .url(newDatabaseName())
      .replace('mongodb://', 'mongodb://playhead:a-wrong-password@');
    const { status, line } = await refusalOf(readModelsAt(url));
    expect(status).toBe(EX_CONFIG);
    expect(line).toMatch(/MONGODB_URL: the user name or password is wrong/);
    expect(line).not.toContain('a-wrong-password');
  });

  test('that stands alone is refused in one line that says what to do, with status 78', async () => {
    const { path, version } = binary;
    const alone = await MongoMemoryServer.create({ binary: { systemBinary: path, version } });
    try {
      const { status, line } = await refusalOf(readModelsAt(alone.getUri('playhead')));
      expect(status).toBe(EX_CONFIG);
      expect(line).toMatch(/stands alone.*--replSet/);
    } finally {
      await alone.stop();
    }
  });

  test('another viewer secret than that of the log is refused in one line, with status 78', async () => {
    const log = { url: double.url, prefix: 'secret-' };
    const environment = { ...eventsAt(log), ...readModelsAt(mongo.url(newDatabaseName())) };
    const server = await startNode(environment);
    const other = await refusalOf({ ...environment, VIEWER_SECRET: 'another secret altogether' });
    expect(other.status).toBe(EX_CONFIG);
    expect(other.line).toContain('VIEWER_SECRET is not the one');
    expect(other.line).not.toContain('altogether');
    expect(await server.stop()).toBe(0);
  });

  test('that another log has is refused in one line, until it is taken over from that', async () => {
    const models = readModelsAt(mongo.url(newDatabaseName()));
    const ours = { ...eventsAt({ url: double.url, prefix: 'one-' }), ...models };
    const server = await startNode(ours);
    const client = new ApiClient(server.url);
    await client.record({ mediaId: 'm', eventType: 'SESSION_START' });
    const other = { url: double.url, prefix: 'other-' };
    const others = { ...eventsAt(other), ...models };
    const { status, line } = await refusalOf(others);
    expect(status).toBe(EX_CONFIG);
    expect(line).toMatch(/the database holds the read models of another event log.*take-over/);
    expect(await eventsIn(other)).toEqual([]);
    expect(failureOf(await run(['take-over'], others))).toContain('at work on the database');
    await client.record({ mediaId: 'm', eventType: 'SESSION_START' });
    expect((await client.analytics('m')).totalViews).toBe(2);
    expect(await server.stop()).toBe(0);
    expect((await refusalOf(others)).status).toBe(EX_CONFIG);

    expect((await run(['take-over'], others)).stdout).toMatch(/^What the other log left is gone/);
    const next = await startNode(others);
    expect((await new ApiClient(next.url).analytics('m')).totalViews).toBe(0);
    expect(await next.stop()).toBe(0);
    expect((await run(['take-over'], others)).stdout).toMatch(/nothing was changed/);
    expect((await refusalOf(ours)).status).toBe(EX_CONFIG);
  });

  test('that goes is what readiness names, as it names the event store; both heal by themselves', async () => {
    const log = { url: double.url, prefix: 'health-' };
    const database = mongo.url(newDatabaseName());
    const server = await startNode({ ...eventsAt(log), ...readModelsAt(database) });
    const client = new ApiClient(server.url);
    await client.record({ mediaId: 'm', eventType: 'SESSION_START' });
    await untilTroubles(server);
    expect((await client.analytics('m')).totalViews).toBe(1);

    double.down();
    await untilTroubles(server, 'eventStore');
    expect((await new ApiClient(server.url).analytics('m')).totalViews).toBe(1);
    await double.up();
    await untilTroubles(server);
    await client.record({ mediaId: 'm', eventType: 'SESSION_START' });
    expect((await client.analytics('m')).totalViews).toBe(2);

    await mongo.kill();
    await untilTroubles(server, 'readModels');
    await client.record({ mediaId: 'm', eventType: 'SESSION_START' });
    expect(await client.send('streamingAnalytics', { mediaId: 'm' })).toMatchObject({
      errors: [
        { extensions: { code: expect.stringMatching(/STORE_UNAVAILABLE|BEHIND/) as string } },
      ],
    });
    await mongo.restart();
    await untilTroubles(server);
    expect((await client.analytics('m')).totalViews).toBe(3);
    expect(await server.stop()).toBe(0);
  });
});
