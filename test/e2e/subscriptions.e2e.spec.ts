import { createClient } from 'graphql-sse';
import { nextResult, openEvents, subscribe, type EventSource } from '../support/event-source.js';
import { sendGraphql } from '../support/graphql.js';
import { send, sendEvents, withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import { headOf, RawConnection } from '../support/raw-http.js';
import { endLeftovers, startServer, type Environment, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const KEYS = {
  ingest: withKey('ingest-key-0000001'),
  read: withKey('read-key-000000001'),
  admin: withKey('admin-key-00000001'),
};
const SETTINGS: Environment = {
  INGEST_KEY: 'ingest-key-0000001',
  READ_KEY: 'read-key-000000001',
  ADMIN_KEY: 'admin-key-00000001',
};
const ADVANCED = { query: 'subscription { advanced { position asOf stopped } }' };
const REBUILD = 'mutation($name: String!) { rebuildProjection(name: $name) { state } }';
const WATCHED = `subscription($name: String!) {
  projection(name: $name) { name state generation rebuildProgress lastRebuild { outcome } } }`;

const folder = temporaryFolder();
let server: TestServer;
const open: EventSource[] = [];

/** Subscribes; what a test leaves open is closed after it. */
async function watch(request: object, headers: object = KEYS.read): Promise<EventSource> {
  const source = await subscribe(server.url, request, { ...headers });
  open.push(source);
  return source;
}

const heartbeat = async (): Promise<string> => {
  const { headers } = await sendEvents(
    server.url,
    [{ mediaId: 'm', eventType: 'HEARTBEAT' }],
    KEYS.ingest,
  );
  return headers.get('position') ?? '';
};

const metrics = async (): Promise<string> =>
  (await send(`${server.url}/metrics`, { headers: KEYS.read })).text;

beforeAll(async () => {
  server = await startServer(folder, SETTINGS);
});
afterEach(() => {
  for (const source of open.splice(0)) source.close();
});
afterAll(async () => {
  await server.stop();
  await endLeftovers();
  removeFolder(folder);
});

interface Advanced {
  readonly advanced: { readonly position: string; readonly asOf: string };
}

const advancedIn = async (source: EventSource): Promise<Advanced['advanced']> =>
  ((await nextResult(source)).data as unknown as Advanced).advanced;

describe('`advanced` over server-sent events', () => {
  it('tells the freshness now, then when a read model has moved on', async () => {
    const source = await watch(ADVANCED);
    expect(source.response.status).toBe(200);
    expect(source.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(source.response.headers.get('cache-control')).toBe('no-store');
    const { position } = await advancedIn(source);
    const stored = await heartbeat();
    let told = position;
    while (told === position) told = (await advancedIn(source)).position;
    const query = '{ streamingAnalytics(mediaId: "m") { totalViews } }';
    const { errors } = await sendGraphql(
      server.url,
      { query },
      { ...KEYS.read, 'read-after': told },
    );
    expect([errors, told]).toEqual([[], stored]);
  });

  it('tells it once a second at most, however much is recorded', async () => {
    const source = await watch(ADVANCED);
    await advancedIn(source);
    const times: number[] = [];
    const over = new AbortController();
    const recording = (async () => {
      while (!over.signal.aborted) await heartbeat();
    })();
    while (times.length < 3) {
      await advancedIn(source);
      times.push(Date.now());
    }
    over.abort();
    await recording;
    const [first = 0, , last = 0] = times;
    expect(last - first).toBeGreaterThan(1_900);
  });

  it('comes by GET too', async () => {
    const address = `${server.url}/graphql?${new URLSearchParams(ADVANCED).toString()}`;
    const headers = { accept: 'text/event-stream', ...KEYS.read };
    const source = await openEvents(address, { headers });
    open.push(source);
    expect(await advancedIn(source)).toHaveProperty('position');
  });

  it("is understood by the protocol's own client", async () => {
    const client = createClient({ url: `${server.url}/graphql`, headers: KEYS.read });
    const results = client.iterate<Advanced>(ADVANCED);
    expect(await results.next()).toMatchObject({ value: { data: { advanced: { stopped: [] } } } });
    const query = client.iterate({ query: '{ freshness { stopped } }' });
    expect(await query.next()).toMatchObject({ value: { data: { freshness: { stopped: [] } } } });
    expect(await query.next()).toMatchObject({ done: true });
    client.dispose();
  });

  it('is counted as it begins, and open until its client goes', async () => {
    const isOpen = (count: number) => async () =>
      (await metrics()).includes(`playhead_graphql_open_subscriptions ${String(count)}\n`);
    await until(isOpen(0));
    const source = await watch(ADVANCED);
    await advancedIn(source);
    expect(await metrics()).toMatch(
      /operations_total\{operation="subscription",field="advanced",code="OK"\} [1-9]/,
    );
    await until(isOpen(1));
    source.close();
    await until(isOpen(0));
    expect(await metrics()).toMatch(
      /subscriptions_ended_total\{field="advanced",code="OK"\} [1-9]/,
    );
  });
});

it('ends with its connection also where its answer waits for the one before it', async () => {
  const isOpen = (count: number) => async () =>
    (await metrics()).includes(`playhead_graphql_open_subscriptions ${String(count)}\n`);
  await until(isOpen(0));
  const body = JSON.stringify(ADVANCED);
  const request = headOf(
    'POST /graphql',
    'content-type: application/json',
    'accept: text/event-stream',
    `authorization: ${KEYS.read.authorization}`,
    `content-length: ${String(body.length)}`,
  );
  const connection = await RawConnection.to(server.url);
  connection.send(`${request}${body}`.repeat(5));
  await until(isOpen(5));
  connection.destroy();
  await until(isOpen(0));
});

describe('`projection` over server-sent events', () => {
  it('tells of a rebuild until the new read model serves', async () => {
    const name = 'sessions';
    await heartbeat();
    const source = await watch({ query: WATCHED, variables: { name } }, KEYS.admin);
    const before = (await nextResult(source)).data?.projection as { readonly generation: number };
    expect(before).toMatchObject({ name, state: 'LIVE', rebuildProgress: null });
    const { errors } = await sendGraphql(
      server.url,
      { query: REBUILD, variables: { name } },
      KEYS.admin,
    );
    expect(errors).toEqual([]);
    let status: object = before;
    while (!('generation' in status) || status.generation === before.generation) {
      status = (await nextResult(source)).data?.projection as object;
    }
    expect(status).toMatchObject({ generation: before.generation + 1 });
  });

  it('is NOT_FOUND for a name that is none', async () => {
    const { response } = await watch({ query: WATCHED, variables: { name: 'x' } }, KEYS.admin);
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { errors: [{ path: ['projection'], extensions: { code: 'NOT_FOUND' } }] },
    ]);
  });
});

describe('what is refused before a stream begins is an answer like any other:', () => {
  const stopped = '{ advanced { stopped } }';
  it.each<[string, object, object, readonly [number, string]]>([
    ['without a key', ADVANCED, {}, [401, 'UNAUTHENTICATED']],
    ['an unknown key', ADVANCED, withKey('nobodys-key-000001'), [401, 'UNAUTHENTICATED']],
    ['a key of another role', ADVANCED, KEYS.ingest, [403, 'FORBIDDEN']],
    [
      'a role below the field',
      { query: WATCHED, variables: { name: 'sessions' } },
      KEYS.read,
      [403, 'FORBIDDEN'],
    ],
    ['no document', { query: 'subscription {' }, KEYS.read, [400, 'GRAPHQL_PARSE_FAILED']],
    ['no query', {}, KEYS.read, [400, 'BAD_USER_INPUT']],
    [
      'a field that is not there',
      { query: 'subscription { nothing }' },
      KEYS.read,
      [400, 'GRAPHQL_VALIDATION_FAILED'],
    ],
    [
      'several fields',
      { query: 'subscription { advanced { stopped } b: advanced { stopped } }' },
      KEYS.read,
      [400, 'GRAPHQL_VALIDATION_FAILED'],
    ],
    [
      'a field that may be left out',
      {
        query: 'subscription($s: Boolean!) { advanced @skip(if: $s) { stopped } }',
        variables: { s: true },
      },
      KEYS.read,
      [400, 'GRAPHQL_VALIDATION_FAILED'],
    ],
    [
      'a field that is left out',
      { query: 'subscription { advanced @skip(if: true) { stopped } }' },
      KEYS.read,
      [400, 'GRAPHQL_VALIDATION_FAILED'],
    ],
    [
      'a field about the schema',
      { query: 'subscription { __typename }' },
      KEYS.read,
      [400, 'GRAPHQL_VALIDATION_FAILED'],
    ],
    [
      'several fields in fragments',
      {
        query: `subscription { ...A ... { b: advanced { asOf } } }
        fragment A on Subscription ${stopped}`,
      },
      KEYS.read,
      [400, 'GRAPHQL_VALIDATION_FAILED'],
    ],
    [
      'several operations',
      { query: `subscription a ${stopped} subscription b ${stopped}` },
      KEYS.read,
      [400, 'GRAPHQL_VALIDATION_FAILED'],
    ],
    [
      'a bad variable',
      { query: WATCHED, variables: { name: 1 } },
      KEYS.admin,
      [400, 'BAD_USER_INPUT'],
    ],
    [
      'too deep a document',
      { query: `subscription ${'{ advanced '.repeat(20)}${'}'.repeat(20)}` },
      KEYS.read,
      [400, 'QUERY_TOO_COMPLEX'],
    ],
  ])('%s', async (_, request, headers, [status, code]) => {
    const { response } = await watch(request, headers);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect([response.status, await response.json()]).toMatchObject([
      status,
      { errors: [{ extensions: { code } }] },
    ]);
  });

  it('an answer that may not be events', async () => {
    for (const accept of ['application/json', '*/*', 'text/event-stream;q=0']) {
      const answer = await sendGraphql(server.url, ADVANCED, { ...KEYS.read, accept });
      expect([answer.status, answer.errors[0]?.extensions?.code]).toEqual([400, 'BAD_USER_INPUT']);
    }
  });

  it('a HEAD, which has no events', async () => {
    const address = `${server.url}/graphql?${new URLSearchParams(ADVANCED).toString()}`;
    const headers = { accept: 'text/event-stream', ...KEYS.read };
    expect((await fetch(address, { method: 'HEAD', headers })).status).toBe(400);
  });

  it('a mutation by GET', async () => {
    const query = 'mutation { aggregateRollup { views } }';
    const { response } = await openEvents(
      `${server.url}/graphql?${new URLSearchParams({ query }).toString()}`,
      { headers: { accept: 'text/event-stream', ...KEYS.admin } },
    );
    expect([response.status, await response.json()]).toMatchObject([
      405,
      { errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }] },
    ]);
  });
});

describe('a query or a mutation that asks for events', () => {
  it('is answered by one, and the end', async () => {
    const query = `mutation { recordStreamingEvent(input: { mediaId: "m", eventType: HEARTBEAT }) {
      duplicate } }`;
    const source = await watch({ query }, KEYS.ingest);
    expect(source.response.headers.get('position')).toMatch(/./);
    expect(await nextResult(source)).toEqual({
      data: { recordStreamingEvent: { duplicate: false } },
    });
    expect(await source.next()).toEqual({ event: 'complete', data: '' });
    expect(await source.next()).toBeUndefined();
  });

  it('tells errors beside data in it', async () => {
    const query = '{ freshness { stopped } media(mediaId: "") { title } }';
    const result = await nextResult(await watch({ query }));
    expect(result).toMatchObject({
      data: { freshness: { stopped: [] }, media: null },
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});

describe('a stream', () => {
  const folders: string[] = [];
  afterAll(() => {
    folders.forEach(removeFolder);
  });
  const another = async (environment: Environment): Promise<TestServer> => {
    const own = temporaryFolder();
    folders.push(own);
    return startServer(own, environment);
  };

  it('outlives the time limits of answers and connections, kept alive by comments', async () => {
    const hasty = await another({ REQUEST_TIMEOUT_SECONDS: '1' });
    const source = await subscribe(hasty.url, ADVANCED);
    await advancedIn(source);
    const next = source.next();
    await until(() => source.comments.length > 1);
    await sendEvents(hasty.url, [{ mediaId: 'm', eventType: 'HEARTBEAT' }]);
    expect(await next).toMatchObject({ event: 'next' });
    source.close();
    await hasty.stop();
  }, 60_000);

  it('is completed when its server ends', async () => {
    const ending = await another({});
    const source = await subscribe(ending.url, ADVANCED);
    await advancedIn(source);
    const ended = ending.stop();
    expect(await source.next()).toEqual({ event: 'complete', data: '' });
    expect(await source.next()).toBeUndefined();
    expect(await ended).toBe(0);
  });

  it('is charged to its client like a query', async () => {
    const slow = await another({ RATE_LIMIT_QUERY_COST_PER_SECOND: '1' });
    const first = await subscribe(slow.url, ADVANCED);
    expect(first.response.status).toBe(200);
    const second = await subscribe(slow.url, ADVANCED);
    expect([second.response.status, second.response.headers.get('retry-after')]).toEqual([
      429,
      expect.stringMatching(/^\d+$/),
    ]);
    first.close();
    await slow.stop();
  });
});
