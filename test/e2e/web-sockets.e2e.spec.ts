import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { send, sendEvents, withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import { endLeftovers, startServer, type Environment, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { connectSocket, openSocket, type SocketClient } from '../support/web-socket.js';

const READ_KEY = 'read-key-000000001';
const SETTINGS: Environment = {
  INGEST_KEY: 'ingest-key-0000001',
  READ_KEY,
  ADMIN_KEY: 'admin-key-00000001',
  CORS_ORIGINS: 'https://video.example',
};
const ADVANCED = 'subscription { advanced { position stopped } }';
const ZONE = 'subscription { live(timeZone: "Mars/Base") { viewers } }';

/** An id that no reason has room for, and whose characters are of several bytes. */
const LONG_ID = '€'.repeat(200);

const DEPTH = 300_000;
const DEEP_PING = `{"type":"ping","payload":{"a":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}}`;

const folders: string[] = [];
const start = (environment: Environment): Promise<TestServer> => {
  const folder = temporaryFolder();
  folders.push(folder);
  return startServer(folder, environment);
};

let server: TestServer;
const open: SocketClient[] = [];
beforeAll(async () => {
  server = await start(SETTINGS);
});
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.terminate();
});
afterAll(async () => {
  await server.stop();
  await endLeftovers();
  folders.forEach(removeFolder);
});

const connect = async (options?: Parameters<typeof openSocket>[1]): Promise<SocketClient> => {
  const client = await openSocket(server.url, options);
  open.push(client);
  return client;
};
const init = (authorization?: string): object => ({
  type: 'connection_init',
  ...(authorization !== undefined && { payload: { authorization } }),
});
const subscribe = (query: string, id = '1'): object => ({
  type: 'subscribe',
  id,
  payload: { query },
});

/** Connects, and is let in by a key. */
async function greeted(key = READ_KEY): Promise<SocketClient> {
  const client = await connect();
  client.say(init(`Bearer ${key}`));
  expect(await client.next()).toEqual({ type: 'connection_ack' });
  return client;
}

const heartbeat = () =>
  sendEvents(server.url, [{ mediaId: 'm', eventType: 'HEARTBEAT' }], withKey('ingest-key-0000001'));
const metrics = async (): Promise<string> =>
  (await send(`${server.url}/metrics`, { headers: withKey(READ_KEY) })).text;

describe('a subscription over a WebSocket', () => {
  it("is understood by the protocol's own client, and goes on until that has enough", async () => {
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${READ_KEY}` },
    });
    const results = client.iterate<{ advanced: { position: string } }>({ query: ADVANCED });
    const first = await results.next();
    expect(first).toMatchObject({ value: { data: { advanced: { stopped: [] } } } });
    await heartbeat();
    const second = await results.next();
    expect(second.value).not.toEqual(first.value);
    await results.return?.();
    const live = client.iterate({ query: 'subscription { live { viewers } }' });
    expect(await live.next()).toMatchObject({ value: { data: { live: { viewers: 0 } } } });
    await live.return?.();
    await client.dispose();
  });

  it('may share its connection with others, each with an end of its own', async () => {
    const client = await greeted();
    client.say(subscribe(ADVANCED, 'a'));
    client.say(subscribe('subscription { live { viewers } }', 'b'));
    const heard = [await client.next(), await client.next()];
    expect(heard.map((one) => one?.id).sort()).toEqual(['a', 'b']);
    client.say({ type: 'complete', id: 'b' });
    client.say({ type: 'ping', payload: { at: 1 } });
    expect(await client.next()).toEqual({ type: 'pong', payload: { at: 1 } });
    await heartbeat();
    expect(await client.next()).toMatchObject({ type: 'next', id: 'a' });
  });

  it('counts as open until its client goes', async () => {
    const isOpen = (count: number) => async () =>
      (await metrics()).includes(`playhead_graphql_open_subscriptions ${String(count)}\n`);
    await until(isOpen(0));
    const client = await greeted();
    client.say(subscribe(ADVANCED));
    await client.next();
    await until(isOpen(1));
    expect(await metrics()).toMatch(
      /operations_total\{operation="subscription",field="advanced",code="OK"\} [1-9]/,
    );
    expect(await metrics()).toMatch(/method="GET",route="\/graphql",status="101"/);
    client.socket.terminate();
    await until(isOpen(0));
  });

  it('is completed when its server ends, and the connection then closed', async () => {
    const ending = await start({});
    const client = await openSocket(ending.url);
    client.say(init());
    await client.next();
    client.say(subscribe(ADVANCED));
    await client.next();
    const ended = ending.stop();
    expect(await client.next()).toEqual({ type: 'complete', id: '1' });
    expect(await client.next()).toBeUndefined();
    expect(await client.closed).toBe(1_001);
    expect(await ended).toBe(0);
  });

  it.each<[string, string, string, string]>([
    ['a query', READ_KEY, '{ freshness { stopped } }', 'BAD_USER_INPUT'],
    ['a mutation', READ_KEY, 'mutation { aggregateRollup { views } }', 'BAD_USER_INPUT'],
    ['no document', READ_KEY, 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', READ_KEY, 'subscription { x }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a zone that is none', READ_KEY, ZONE, 'BAD_USER_INPUT'],
    ['another role', 'ingest-key-0000001', ADVANCED, 'FORBIDDEN'],
    [
      'a role below the field',
      READ_KEY,
      'subscription { projection(name: "sessions") { name } }',
      'FORBIDDEN',
    ],
  ])('is an error with its code, and the connection stays: %s', async (_, key, query, code) => {
    const client = await greeted(key);
    client.say(subscribe(query));
    expect(await client.next()).toMatchObject({
      type: 'error',
      id: '1',
      payload: [{ message: expect.any(String) as string, extensions: { code } }],
    });
    client.say({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
  });
});

describe('a key', () => {
  it.each([
    ['with its scheme', `Bearer ${READ_KEY}`],
    ['alone', READ_KEY],
  ])('is taken %s', async (_, authorization) => {
    const client = await connect();
    client.say(init(authorization));
    expect(await client.next()).toEqual({ type: 'connection_ack' });
  });

  it('is taken as a header from those who can send one', async () => {
    const client = await connect({ headers: withKey(READ_KEY) });
    client.say(init());
    expect(await client.next()).toEqual({ type: 'connection_ack' });
  });

  it.each<[string, object]>([
    ['none', init()],
    ['an unknown one', init('Bearer nobodys-key-000001')],
    ['no text', { type: 'connection_init', payload: { authorization: { a: 1 } } }],
  ])('that is none of ours closes the connection: %s', async (_, message) => {
    const client = await connect();
    client.say(message);
    expect(await client.closed).toBe(4_403);
  });

  it('that does not come in five seconds closes it', async () => {
    const client = await connect();
    const begin = performance.now();
    expect(await client.closed).toBe(4_408);
    expect(performance.now() - begin).toBeGreaterThan(4_900);
  });
});

describe('what is no conversation closes the connection:', () => {
  it.each<[string, readonly (object | string)[], number]>([
    ['no JSON', ['{'], 4_400],
    ['no message', [{ type: 'hello' }], 4_400],
    ['a ping too deep to be answered', [DEEP_PING], 4_400],
    ['a message of the server', [{ type: 'connection_ack' }], 4_400],
    ['a subscription before the key', [subscribe(ADVANCED)], 4_401],
    ['two greetings', [init(READ_KEY), init(READ_KEY)], 4_429],
    ['an id twice', [init(READ_KEY), subscribe(ADVANCED), subscribe(ADVANCED)], 4_409],
    [
      'a long id twice, whatever its characters',
      [init(READ_KEY), subscribe(ADVANCED, LONG_ID), subscribe(ADVANCED, LONG_ID)],
      4_409,
    ],
    ['a message that is too long', [' '.repeat(2 ** 20 + 1)], 1_009],
  ])('%s', async (_, messages, code) => {
    const client = await connect();
    for (const message of messages) client.say(message);
    expect(await client.closed).toBe(code);
  });
});

describe('who may connect', () => {
  const withOrigin = (origin: string) => connectSocket(server.url, { headers: { origin } });

  it('pages of our own and of CORS_ORIGINS', async () => {
    for (const origin of [server.url, 'https://video.example']) {
      const client = await withOrigin(origin);
      if ('status' in client) throw new Error(client.text);
      client.socket.terminate();
    }
  });

  it('pages of every origin where CORS_ORIGINS is *', async () => {
    const anyone = await start({ ...SETTINGS, CORS_ORIGINS: '*' });
    const client = await connectSocket(anyone.url, { headers: { origin: 'https://any.example' } });
    if ('status' in client) throw new Error(client.text);
    client.socket.terminate();
    await anyone.stop();
  });

  it.each(['https://elsewhere.example', 'null', 'https://video.example.evil'])(
    'no page of %s',
    async (origin) => {
      const refusal = await withOrigin(origin);
      expect(refusal).toMatchObject({ status: 403 });
      expect('text' in refusal && JSON.parse(refusal.text)).toMatchObject({
        errors: [{ extensions: { code: 'FORBIDDEN' } }],
      });
    },
  );

  it('nobody by another protocol, and nowhere else', async () => {
    const protocol = 'graphql-ws';
    expect(await connectSocket(server.url, { protocol })).toMatchObject({ status: 400 });
    const nowhere = await connectSocket(server.url, { path: '/nowhere' });
    expect(nowhere).toMatchObject({
      status: 404,
      text: expect.stringContaining('NOT_FOUND') as string,
    });
    const elsewhere = await connectSocket(server.url, { path: '/health/live' });
    expect(elsewhere).toMatchObject({ status: 200 });
  });

  it('without keys, nobody from outside', async () => {
    const keyless = await start({});
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    expect(await connectSocket(keyless.url, { headers })).toMatchObject({ status: 403 });
    const host = 'evil.example';
    expect(await connectSocket(keyless.url, { headers: { host } })).toMatchObject({ status: 403 });
    await keyless.stop();
  });
});
