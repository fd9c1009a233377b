import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { withServer } from '../support/e2e.js';
import { codeOf, sendGraphql } from '../support/graphql.js';
import { send, sendEvents, withKey, type Answer } from '../support/http.js';
import { until } from '../support/polling.js';
import { RawConnection } from '../support/raw-http.js';

const KEY = 'ingest-key-0000001';
const OTHER_KEY = 'ingest-key-0000002';
const ADMIN = 'admin-key-00000001';

const heartbeats = (count: number): readonly object[] =>
  Array.from({ length: count }, () => ({ mediaId: 'm', eventType: 'HEARTBEAT' }));

describe('a body in small chunks', () => {
  const under = withServer();
  const head = 'POST /events HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\n';

  test.each(['/events', '/cmcd', '/graphql'])(
    'is refused early if it comes to %s in chunks of a byte',
    async (path) => {
      const type = path === '/cmcd' ? 'application/cmcd' : 'application/json';
      const connection = await RawConnection.to(under.server.url);
      connection.send(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\ncontent-type: ${type}\r\n`,
        `transfer-encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(300_000)}`,
      );
      const { status, body } = await connection.answer();
      expect([status, body]).toEqual([413, expect.stringContaining('too many chunks')]);
      await connection.end();
    },
  );

  test('is taken in chunks of a few bytes', async () => {
    const connection = await RawConnection.to(under.server.url);
    const events = JSON.stringify(heartbeats(100));
    const chunks = events
      .match(/[^]{1,3}/g)
      ?.map((text) => `${text.length.toString(16)}\r\n${text}`);
    connection.send(`${head}transfer-encoding: chunked\r\n\r\n${chunks?.join('\r\n') ?? ''}`);
    connection.send('\r\n0\r\n\r\n');
    expect((await connection.answer()).status).toBe(202);
    connection.destroy();
  });
});

describe('a rate of events', () => {
  const under = withServer({
    INGEST_KEY: `${KEY},${OTHER_KEY}`,
    ADMIN_KEY: ADMIN,
    RATE_LIMIT_EVENTS_PER_SECOND: '10',
    TRUST_PROXY: 'true',
  });
  const record = (key: string, events: number, from: string): Promise<Answer> =>
    sendEvents(under.server.url, heartbeats(events), { ...withKey(key), 'x-forwarded-for': from });

  test('is counted in events, for each key and address', async () => {
    expect((await record(KEY, 1_000, '192.0.2.1')).status).toBe(202);
    const refused = await record(KEY, 1, '192.0.2.1');
    expect([refused.status, refused.json.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(90);
    expect((await record(OTHER_KEY, 1, '192.0.2.1')).status).toBe(202);
    expect((await record(KEY, 1, '192.0.2.2')).status).toBe(202);
  });

  test('counts what comes over GraphQL too', async () => {
    const query = `mutation { recordStreamingEvent(input: { mediaId: "m", eventType: HEARTBEAT }) {
      eventId } }`;
    const headers = { ...withKey(KEY), 'x-forwarded-for': '192.0.2.3' };
    expect((await record(KEY, 500, '192.0.2.3')).status).toBe(202);
    const answer = await sendGraphql(under.server.url, { query }, headers);
    expect([answer.status, codeOf(answer)]).toEqual([429, 'RATE_LIMITED']);
    expect(answer.data ?? null).toBeNull();
  });

  test('is no reason to send a request again of which a part is stored', async () => {
    const query = `mutation ($inputs: [StreamingEventInput!]!) {
      first: recordStreamingEvents(inputs: $inputs) { accepted }
      second: recordStreamingEvent(input: { mediaId: "part", eventType: HEARTBEAT }) { eventId } }`;
    const headers = { ...withKey(KEY), 'x-forwarded-for': '192.0.2.5' };
    const variables = { inputs: heartbeats(500) };
    const answer = await sendGraphql(under.server.url, { query, variables }, headers);
    expect([answer.status, codeOf(answer)]).toEqual([200, 'RATE_LIMITED']);
    expect(answer.position).toBeDefined();
  });

  test('says nothing of queries', async () => {
    await record(ADMIN, 500, '192.0.2.4');
    const headers = { ...withKey(ADMIN), 'x-forwarded-for': '192.0.2.4' };
    const answer = await sendGraphql(under.server.url, { query: '{ __typename }' }, headers);
    expect(answer.errors).toEqual([]);
  });
});

describe('a rate of query cost', () => {
  const under = withServer({ READ_KEY: KEY, RATE_LIMIT_QUERY_COST_PER_SECOND: '10' });
  const ask = (query: string, headers: object = {}) =>
    send(`${under.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...withKey(KEY), ...headers },
      body: JSON.stringify({ query }),
    });
  const page = '{ popularStreams(first: 100) { edges { cursor } } }';

  test('is counted by the pages that are asked for', async () => {
    expect((await ask(page)).status).toBe(200);
    const refused = await ask('{ __typename }');
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('"RATE_LIMITED"');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(5);
    expect(seconds).toBeLessThan(11);
  });

  test('is counted for the connection’s address, where no proxy is trusted', async () => {
    await ask(page);
    const { status } = await ask('{ __typename }', { 'x-forwarded-for': '192.0.2.9' });
    expect(status).toBe(429);
  });
});

describe('the waiting room', () => {
  const under = withServer();

  test('sheds at once what it has no room for, and leaves queries alone', async () => {
    const batch = (wave: number, request: number): readonly object[] =>
      Array.from({ length: 5_000 }, (_, i) => ({
        mediaId: 'crowd',
        eventType: 'SESSION_START',
        sessionId: `${String(wave)}-${String(request)}-${String(i)}`,
        eventId: 'e',
      }));
    const query = `mutation($i: [StreamingEventInput!]!) {
      recordStreamingEvents(inputs: $i) { accepted } }`;
    let accepted = 0;
    const shed = { events: 0, graphql: 0 };
    let wave = 0;
    await until(async () => {
      wave += 1;
      const events = Array.from({ length: 16 }, async (_, i) => {
        const { status, json, headers } = await sendEvents(under.server.url, batch(wave, i));
        if (status === 202) accepted += Number(json.accepted);
        else {
          expect([status, json.code, headers.get('retry-after')]).toEqual([503, 'OVERLOADED', '1']);
          shed.events += 1;
        }
      });
      const mutations = Array.from({ length: 16 }, async (_, i) => {
        const variables = { i: batch(wave, 100 + i).slice(0, 500) };
        const answer = await sendGraphql(under.server.url, { query, variables });
        if (answer.errors.length === 0) accepted += 500;
        else {
          expect([answer.status, codeOf(answer)]).toEqual([503, 'OVERLOADED']);
          shed.graphql += 1;
        }
      });
      const queries = Array.from({ length: 8 }, async () => {
        const document = '{ streamingAnalytics(mediaId: "other") { totalViews } }';
        expect((await sendGraphql(under.server.url, { query: document })).errors).toEqual([]);
      });
      await Promise.all([...events, ...mutations, ...queries]);
      return shed.events > 0 && shed.graphql > 0;
    });
    await under.client.record({ mediaId: 'marker', eventType: 'HEARTBEAT' });
    expect((await under.client.analytics('crowd')).totalViews).toBe(accepted);
  });
});

describe('a body limit beyond the room for bodies', () => {
  const under = withServer({ BODY_LIMIT_BYTES: String(80 * 2 ** 20) });

  test('makes room for one of that length', async () => {
    const body = `${' '.repeat(70 * 2 ** 20)}${JSON.stringify(heartbeats(1))}`;
    expect((await sendEvents(under.server.url, body)).status).toBe(202);
  });
});

describe('a request that comes too slowly', () => {
  const under = withServer({ REQUEST_TIMEOUT_SECONDS: '1', CONNECTIONS_MAX: '20' });

  /** Sends some bytes and no more; what is answered until the connection is closed. */
  async function begin(bytes: string): Promise<string> {
    const { hostname, port } = new URL(under.server.url);
    const socket: Socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.write(bytes);
    await once(socket, 'close');
    return answer;
  }

  const head = 'POST /events HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\n';
  test.each([
    ['its first line', 'POST /eve'],
    ['its headers', head],
    ['its body', `${head}content-length: 100\r\n\r\n[{"mediaId"`],
    ['its body in chunks', `${head}transfer-encoding: chunked\r\n\r\n5\r\n[{"me\r\n`],
    ['its GraphQL', `${head.replace('/events', '/graphql')}content-length: 100\r\n\r\n{"query"`],
  ])('is refused while %s is awaited', async (_, bytes) => {
    const answer = await begin(bytes);
    expect(answer).toMatch(/^HTTP\/1.1 (408|503) /);
    expect(answer).toContain('"TIMEOUT"');
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(answer).not.toMatch(/FST_|node_modules/);
    expect((await send(`${under.server.url}/health/live`)).status).toBe(200);
  });

  const length = 2 ** 20;
  const cutOff = `${head}content-length: ${String(length)}\r\n\r\n${' '.repeat(length - 1)}`;

  test('takes up no room once it is refused', async () => {
    // Together they have more than the server holds of what has not come in full.
    for (let wave = 0; wave < 5; wave += 1) {
      const answers = await Promise.all(Array.from({ length: 15 }, () => begin(cutOff)));
      for (const answer of answers) expect(answer).toContain('"TIMEOUT"');
    }
    expect((await sendEvents(under.server.url, heartbeats(1))).status).toBe(202);
  });

  test('keeps nobody else out while it comes', async () => {
    const slow = Array.from({ length: 15 }, () => begin(cutOff));
    await sleep(300);
    expect((await sendEvents(under.server.url, heartbeats(1))).status).toBe(202);
    await Promise.all(slow);
  });

  test('is refused when it is not HTTP', async () => {
    const answer = await begin('NONSENSE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"BAD_USER_INPUT"');
  });

  test('is not waited for: beyond the connections that are allowed, more are closed', async () => {
    const { hostname, port } = new URL(under.server.url);
    const sockets = Array.from({ length: 40 }, () => connect(Number(port), hostname));
    for (const socket of sockets) socket.on('error', () => undefined);
    await until(() => sockets.filter(({ closed }) => closed).length >= 20);
    for (const socket of sockets) socket.destroy();
    await until(async () => {
      const answer = await send(`${under.server.url}/health/live`).catch(() => undefined);
      return answer?.status === 200;
    });
  });
});

describe('without keys', () => {
  const under = withServer();

  test.each([
    'example.org',
    '127.0.0.1.example.org',
    'localhost.example.org',
    '192.0.2.1:3000',
    '0.0.0.0',
    '[::2]',
    'localhost:80:80',
    '@localhost',
    '127.0.0.999',
    '127.0.0.256',
    '127.0.1',
  ])('a request for another host is refused: %s', async (host) => {
    for (const path of ['/', '/health/live', '/graphiql', '/graphql', '/events', '/nothing']) {
      expect(await rawRequest(under.server.url, path, [`Host: ${host}`])).toMatch(
        /^HTTP\/1.1 403 /,
      );
    }
  });

  test.each([
    ...['localhost', 'LOCALHOST:3000', '127.0.0.1:1', '127.9.9.9', '127.255.0.10'],
    ...['[::1]', '[::1]:3000'],
  ])('one for this machine is answered: %s', async (host) => {
    const answer = await rawRequest(under.server.url, '/health/live', [`Host: ${host}`]);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  test.each([
    'Forwarded: for=192.0.2.1',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Host: localhost',
    'X-Forwarded-Proto: https',
    'x-forwarded-anything: x',
    'X-Forwarded: for=192.0.2.1',
    'X-Forwarded_For: 192.0.2.1',
    'X_Forwarded_For: 192.0.2.1',
    'X-Scheme: https',
    'X-Url-Scheme: https',
    'Via: 1.1 proxy',
    'X-Real-IP: 192.0.2.1',
    'CF-Connecting-IP: 192.0.2.1',
    'CF-Connecting-IPv6: 2001:db8::1',
    'True-Client-IP: 192.0.2.1',
    'X-Client-IP: 192.0.2.1',
    'X-Cluster-Client-IP: 192.0.2.1',
    'Fastly-Client-IP: 192.0.2.1',
    'X-Appengine-User-IP: 192.0.2.1',
    'X-Remote-Addr: 192.0.2.1',
    'X-Originating-IP: 192.0.2.1',
    'X-Envoy-External-Address: 192.0.2.1',
    'CloudFront-Viewer-Address: 192.0.2.1:443',
    'X-Original-URL: /',
    'X-Original-Host: example.org',
    'X-Rewrite-URL: /',
    'CDN-Loop: cloudflare',
  ])('a request that was passed on is refused: %s', async (header) => {
    const answer = await rawRequest(under.server.url, '/health/live', ['Host: localhost', header]);
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect(answer).toContain('"FORBIDDEN"');
    expect(answer).toContain('set keys: npm run cli -- keys generate');
  });

  test.each([
    ['a header that says that it was passed on', 'Via: 1.1 proxy', 403],
    ['a second host', 'Host: localhost', 400],
  ])('%s counts behind thousands of headers', async (_, header, status) => {
    const headers = ['Host: localhost', ...Array<string>(2_500).fill('a:b'), header];
    const answer = await rawRequest(under.server.url, '/health/live', headers);
    expect(answer.slice(9, 12)).toBe(String(status));
  });

  test('a request whose target names another host is refused, whatever its header is', async () => {
    const statusOf = async (target: string): Promise<string> =>
      (await rawRequest(under.server.url, target, ['Host: localhost'])).slice(9, 12);
    expect(await statusOf('http://example.org/health/live')).toBe('403');
    expect(await statusOf('HTTPS://example.org:80/health/live')).toBe('403');
    expect(await statusOf('http://localhost@example.org/health/live')).toBe('403');
    expect(await statusOf('http://127.0.0.1:3000/health/live')).toBe('200');
    expect(await statusOf('/health/live?x=http://example.org/')).toBe('200');
  });

  test('what programs on this machine send is nothing of the kind', async () => {
    const headers = [
      ...['Host: localhost', 'User-Agent: x', 'Origin: http://localhost', 'Referer: http://x/'],
      ...['Sec-Fetch-Site: same-origin', 'X-Request-Id: 1', 'X-Requested-With: XMLHttpRequest'],
      ...['traceparent: 00-1-1-00', 'Accept: */*', 'Cookie: client=1', 'DNT: 1'],
    ];
    const answer = await rawRequest(under.server.url, '/health/live', headers);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });
});

/** A GET with these headers alone, and the answer as it comes. */
async function rawRequest(url: string, path: string, headers: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
