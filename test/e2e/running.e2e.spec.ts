import { once } from 'node:events';
import { connect } from 'node:net';
import { lockFolder } from '../../src/adapters/sqlite/folder-lock.js';
import { read } from '../docs/markdown.js';
import { ApiClient, type EventInput } from '../support/api-client.js';
import { HOUR_MS, hoursAgo, iso, withServer } from '../support/e2e.js';
import { DoubleProcess } from '../support/eventstoredb/double-process.js';
import { sendGraphql } from '../support/graphql.js';
import { send, sendEvents } from '../support/http.js';
import { until } from '../support/polling.js';
import { endLeftovers, spawnServer, startServer, urlOf, withResolvers } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

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
    expect(await response.text()).toContain('Playhead');
  });

  test('names there, without the dashboard, the documents of the repository', async () => {
    const server = await startServer(folder, { DASHBOARD: 'off' });
    const { text } = await send(server.url);
    await server.stop();
    expect(text).toContain('/graphql');
    const named = [...text.matchAll(/<code>([\w/.]+\.(?:md|gql))<\/code>/g)].map(
      ([, name]) => name,
    );
    expect(named).toEqual(
      expect.arrayContaining(['README.md', 'docs/metrics.md', 'docs/errors.md', 'schema.gql']),
    );
    for (const name of named) expect(read(name ?? '')).not.toBe('');
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
  test.each(['silent', 'trace'])('stands on stdout at level %s', async (level) => {
    const started = spawnServer({ DATA_DIR: folder, LOG_LEVEL: level });
    const url = await urlOf(started);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const said = started.stdout.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(said.filter((message) => message === `listening on ${url}`)).toHaveLength(1);
    if (level === 'silent') expect(said).toHaveLength(1);
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(started.stderr).toEqual([]);
  });
});

interface Load {
  /** What was answered without errors. */
  readonly acknowledged: EventInput[];
  /** How each client came to its end: what it was answered, or what befell its connection. */
  readonly ends: string[];
  /** Resolves when every client has met an error. */
  readonly ended: Promise<unknown>;
  /** Resolves when so many events are acknowledged. */
  reached(count: number): Promise<void>;
}

/** Sends one event; why it was not acknowledged, or undefined. */
type SendOne = (url: string, event: EventInput) => Promise<string | undefined>;

const overGraphql: SendOne = async (url, event) => {
  const query = `mutation($input: StreamingEventInput!) {
    recordStreamingEvent(input: $input) { position } }`;
  const answer = await sendGraphql(url, { query, variables: { input: event } });
  return answer.data?.recordStreamingEvent === undefined ? answer.text : undefined;
};

const overEvents: SendOne = async (url, event) => {
  const { status, text } = await sendEvents(url, [event]);
  return status === 202 ? undefined : text;
};

/** What befell a connection, as the system calls it. */
function mishapOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: string } };
  return cause?.code ?? String(error);
}

/** Clients that record one view after the other until the server no longer answers. */
function load(url: string, clients: number): Load {
  const acknowledged: EventInput[] = [];
  const ends: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const runClient = async (sendOne: SendOne, name: string): Promise<void> => {
    for (let i = 0; ; i += 1) {
      const sessionId = `${name}-${String(i)}`;
      const event = { mediaId: 'load', eventType: 'SESSION_START', sessionId, eventId: 'e' };
      const end = await sendOne(url, event).catch(mishapOf);
      // A server that others leave too little time says so, and stores nothing.
      if (end?.includes('"OVERLOADED"')) continue;
      if (end !== undefined) {
        ends.push(end);
        return;
      }
      acknowledged.push(event);
      for (const { count, resolve } of waiting) if (acknowledged.length >= count) resolve();
    }
  };
  const running = Array.from({ length: clients }, (_, i) =>
    runClient(i % 2 === 0 ? overGraphql : overEvents, `client-${String(i)}`),
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
  return { acknowledged, ends, ended: Promise.all(running), reached };
}

/** Resolves when nobody listens any more. */
const untilClosed = (url: string): Promise<void> =>
  until(async () => (await send(`${url}/health/live`).catch(() => undefined)) === undefined);

interface Upload {
  /** Resolves when the server has taken it in. */
  readonly begun: Promise<unknown>;
  /** Sends the rest; what is answered. */
  finish(): Promise<string>;
  abort(): void;
}

/** A request for `/events` of which the last byte is not sent yet. */
function slowUpload(url: string): Upload {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const body = JSON.stringify([{ mediaId: 'slow', eventType: 'SESSION_START' }]);
  // It is taken in when the server asks for the body.
  const begun = once(socket, 'data');
  socket.write(
    'POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${String(body.length)}\r\nExpect: 100-continue\r\n\r\n`,
  );
  return {
    begun,
    finish: async () => {
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      socket.write(body);
      await once(socket, 'close');
      return answer;
    },
    abort: () => {
      socket.destroy();
    },
  };
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
      // Nobody listens any more, or a client was so slow that its connection had been given up.
      const mishaps = ['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'];
      for (const end of under.ends) expect(mishaps).toContain(end);
      const again = await startServer(folder);
      const client = new ApiClient(again.url);
      const { totalViews } = await client.analytics('load');
      // Nobody was caught half-way: what was not answered was not done.
      expect(totalViews).toBe(under.acknowledged.length);
      const { duplicates, accepted } = await client.recordAll(under.acknowledged.slice(-1_000));
      expect([duplicates, accepted]).toEqual([Math.min(1_000, under.acknowledged.length), 0]);
      expect(await again.stop()).toBe(0);
    },
  );

  test('is seen in the readiness, and in every answer, before nobody listens any more', async () => {
    const server = await startServer(folder);
    const ended = server.stop();
    const seen: (readonly [number, string | null, unknown])[] = [];
    await until(async () => {
      const ready = await send(`${server.url}/health/ready`).catch(() => undefined);
      if (ready !== undefined) {
        seen.push([ready.status, ready.headers.get('connection'), ready.json.code]);
      }
      return ready === undefined;
    });
    expect(seen.at(-1)).toEqual([503, 'close', 'STORE_UNAVAILABLE']);
    expect(await ended).toBe(0);
  });

  test('answers what was under way when it was told to end', async () => {
    const server = await startServer(folder);
    const upload = slowUpload(server.url);
    await upload.begun;
    const ended = server.stop();
    await untilClosed(server.url);
    const answer = await upload.finish();
    expect(answer).toMatch(/^HTTP\/1.1 202 /);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(await ended).toBe(0);
  });

  test('is cut short by a second signal, but not by the same one passed on', async () => {
    const server = await startServer(folder, { SHUTDOWN_GRACE_SECONDS: '50' });
    const upload = slowUpload(server.url);
    await upload.begun;
    const ended = server.stop();
    server.process.child.kill('SIGTERM');
    await untilClosed(server.url);
    expect(server.process.child.exitCode).toBeNull();
    server.process.child.kill('SIGTERM');
    expect(await ended).toBe(1);
    upload.abort();
  });

  test('is given up after the grace period', async () => {
    const double = await DoubleProcess.start();
    const server = await startServer(folder, {
      SHUTDOWN_GRACE_SECONDS: '1',
      EVENTSTORE_URL: double.url,
      VIEWER_SECRET: 'a secret of viewers',
    });
    double.signal('SIGSTOP');
    const event = { mediaId: 'm', eventType: 'HEARTBEAT' };
    const answer = sendEvents(server.url, [event]).catch(() => undefined);
    // By then the one before it is under way.
    await send(`${server.url}/health/live`);
    expect(await server.stop()).toBe(1);
    expect(server.process.stderr.join()).toContain('did not end within 1 s');
    double.signal('SIGCONT');
    await double.stop();
    await answer;
  });

  test('does not wait beyond half of the grace period for the rest of a request', async () => {
    const server = await startServer(folder, { SHUTDOWN_GRACE_SECONDS: '2' });
    const upload = slowUpload(server.url);
    await upload.begun;
    expect(await server.stop()).toBe(0);
    upload.abort();
  });

  test('does not wait for whoever began a request and sends no more of it', async () => {
    const server = await startServer(folder);
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: 127');
    await send(`${server.url}/health/live`);
    expect(await server.stop()).toBe(0);
  });

  test('lets the next start have the folder, however soon it comes', async () => {
    const first = await startServer(folder);
    await new ApiClient(first.url).record({ mediaId: 'm', eventType: 'SESSION_START' });
    const ending = first.stop();
    const second = await startServer(folder);
    expect(await ending).toBe(0);
    const client = new ApiClient(second.url);
    await until(async () => (await client.analytics('m')).totalViews === 1);
    expect(await second.stop()).toBe(0);
  });

  test('comes soon, though clients keep their connections', async () => {
    const server = await startServer(folder, { SHUTDOWN_GRACE_SECONDS: '50' });
    const client = new ApiClient(server.url);
    await Promise.all(Array.from({ length: 20 }, () => client.projections()));
    const from = Date.now();
    expect(await server.stop()).toBe(0);
    expect(Date.now() - from).toBeLessThan(20_000);
  });
});

describe('a start after kill -9', () => {
  test('has the folder at once, and everything that was acknowledged', async () => {
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
  });
});

describe('a restart', () => {
  const under = withServer();

  test('keeps every figure', async () => {
    const inputs: EventInput[] = Array.from({ length: 500 }, (_, i) => ({
      mediaId: `m${String(i % 7)}`,
      eventType: (['SESSION_START', 'HEARTBEAT', 'SESSION_END', 'BUFFERING'] as const)[i % 4] ?? '',
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
  });
});
