import { lockFolder } from '../../src/adapters/sqlite/folder-lock.js';
import { ApiClient, type EventInput } from '../support/api-client.js';
import { HOUR_MS, hoursAgo, iso, withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { until } from '../support/polling.js';
import { endLeftovers, spawnServer, startServer, urlOf, withResolvers } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const TIMEOUT_MS = 60_000;

let folder: string;
afterAll(endLeftovers);
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  removeFolder(folder);
});

describe('a server that runs', () => {
  const under = withServer();

  test('is live and ready', async () => {
    const live = await fetch(`${under.server.url}/health/live`);
    expect(live.status).toBe(200);
    await until(async () => (await fetch(`${under.server.url}/health/ready`)).status === 200);
  });

  test('shows at its root what it is', async () => {
    const response = await fetch(under.server.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    const page = await response.text();
    expect(page).toContain('Playhead');
    expect(page).toContain('/graphql');
  });

  test('says nothing about itself where there is nothing', async () => {
    for (const path of ['/nothing', '/graphql/x', '/health', '/.env', '/%ff', '/../package.json']) {
      const response = await fetch(`${under.server.url}${path}`);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(await response.text()).not.toMatch(/FST_|node_modules|\bat .*\(|"stack"/);
    }
  });
});

describe('the line that says where it listens', () => {
  test.each(['silent', 'trace'])(
    'stands on stdout at level %s',
    async (level) => {
      const started = spawnServer({ DATA_DIR: folder, LOG_LEVEL: level });
      const url = await urlOf(started);
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      const said = started.stdout.map((line) => (JSON.parse(line) as { msg: string }).msg);
      expect(said.filter((message) => message === `listening on ${url}`)).toHaveLength(1);
      if (level === 'silent') expect(said).toHaveLength(1);
      started.child.kill('SIGTERM');
      expect(await started.ended).toBe(0);
      expect(started.stderr).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

interface Load {
  /** What was answered without errors. */
  readonly acknowledged: EventInput[];
  /** What was sent. */
  readonly sent: EventInput[];
  /** Resolves when every client has met an error. */
  readonly ended: Promise<unknown>;
  /** Resolves when so many events are acknowledged. */
  reached(count: number): Promise<void>;
}

/** Clients that record one view after the other until the server no longer answers. */
function load(url: string, clients: number): Load {
  const acknowledged: EventInput[] = [];
  const sent: EventInput[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const runClient = async (client: ApiClient, name: string): Promise<void> => {
    for (let i = 0; ; i += 1) {
      const sessionId = `${name}-${String(i)}`;
      const event = { mediaId: 'load', eventType: 'SESSION_START', sessionId, eventId: 'e' };
      sent.push(event);
      const query = `mutation($input: StreamingEventInput!) {
        recordStreamingEvent(input: $input) { position } }`;
      const request = { query, variables: { input: event } };
      const answer = await sendGraphql(client.url, request).catch(() => undefined);
      // A server that ends refuses with a 503 that has neither data nor errors.
      if (answer?.data?.recordStreamingEvent === undefined) return;
      acknowledged.push(event);
      for (const { count, resolve } of waiting) if (acknowledged.length >= count) resolve();
    }
  };
  const running = Array.from({ length: clients }, (_, i) =>
    runClient(new ApiClient(url), `client-${String(i)}`),
  );
  const reached = (count: number): Promise<void> => {
    const { promise, resolve } = withResolvers<undefined>();
    waiting.push({
      count,
      resolve: () => {
        resolve(undefined);
      },
    });
    return promise;
  };
  return { acknowledged, sent, ended: Promise.all(running), reached };
}

describe('an orderly end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s loses nothing that was acknowledged',
    async (signal) => {
      const server = await startServer(folder);
      const under = load(server.url, 16);
      await under.reached(200);
      const status = await server.stop(signal);
      await under.ended;
      expect(status).toBe(0);
      expect(server.process.stderr).toEqual([]);
      const again = await startServer(folder);
      const client = new ApiClient(again.url);
      const { totalViews } = await client.analytics('load');
      expect(totalViews).toBeGreaterThanOrEqual(under.acknowledged.length);
      expect(totalViews).toBeLessThanOrEqual(under.sent.length);
      const { duplicates, accepted } = await client.recordAll(under.acknowledged.slice(-1_000));
      expect([duplicates, accepted]).toEqual([Math.min(1_000, under.acknowledged.length), 0]);
      expect(await again.stop()).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'lets the next start have the folder, however soon it comes',
    async () => {
      const first = await startServer(folder);
      await new ApiClient(first.url).record({ mediaId: 'm', eventType: 'SESSION_START' });
      const ending = first.stop();
      const second = await startServer(folder);
      expect(await ending).toBe(0);
      const client = new ApiClient(second.url);
      await until(async () => (await client.analytics('m')).totalViews === 1);
      expect(await second.stop()).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'comes at once, though clients keep their connections',
    async () => {
      const server = await startServer(folder, { SHUTDOWN_GRACE_SECONDS: '5' });
      const client = new ApiClient(server.url);
      await Promise.all(Array.from({ length: 20 }, () => client.projections()));
      const from = Date.now();
      expect(await server.stop()).toBe(0);
      expect(Date.now() - from).toBeLessThan(4_000);
    },
    TIMEOUT_MS,
  );
});

describe('a start after kill -9', () => {
  test(
    'has the folder at once, and everything that was acknowledged',
    async () => {
      const server = await startServer(folder);
      const under = load(server.url, 8);
      await under.reached(100);
      await server.kill();
      const from = Date.now();
      (await lockFolder(folder)).release();
      expect(Date.now() - from).toBeLessThan(2_000);
      await under.ended;
      const again = await startServer(folder);
      const client = new ApiClient(again.url);
      const { duplicates } = await client.recordAll(under.acknowledged.slice(0, 1_000));
      expect(duplicates).toBe(Math.min(1_000, under.acknowledged.length));
      expect(await again.stop()).toBe(0);
    },
    TIMEOUT_MS,
  );
});

describe('a restart', () => {
  const under = withServer();

  test(
    'keeps every figure',
    async () => {
      const inputs: EventInput[] = Array.from({ length: 500 }, (_, i) => ({
        mediaId: `m${String(i % 7)}`,
        eventType:
          (['SESSION_START', 'HEARTBEAT', 'SESSION_END', 'BUFFERING'] as const)[i % 4] ?? '',
        sessionId: `s${String(i % 50)}`,
        userId: `u${String(i % 20)}`,
        quality: ['360p', '720p', '1080p', '4k'][i % 4] ?? '',
        duration: i % 60,
        bytesLoaded: 1_000_000 + i,
        occurredAt: iso(hoursAgo(48) + i * 300_000),
      }));
      await under.client.recordAll(inputs);
      await under.client.register({ mediaId: 'm1', title: 'A title' });
      const to = iso(Date.now() - (Date.now() % HOUR_MS) + HOUR_MS);
      const figures = async (): Promise<unknown> => ({
        analytics: await Promise.all(
          [0, 1, 2, 3, 4, 5, 6].map((i) => under.client.analytics(`m${String(i)}`, { to })),
        ),
        bandwidth: await under.client.bandwidth('MONTH'),
        popular: (await under.client.popular({ first: 100, period: 'MONTH' })).edges.map(
          ({ node: { popularity, ...rest }, cursor }) => ({
            ...rest,
            isLiked: popularity > 0,
            cursor,
          }),
        ),
      });
      const before = await figures();
      await under.restart();
      expect(await figures()).toEqual(before);
    },
    TIMEOUT_MS,
  );
});
