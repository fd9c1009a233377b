import { read, tableRows } from '../docs/markdown.js';
import { withKey, type Answer } from '../support/http.js';
import { until } from '../support/polling.js';
import { KEYS, type Proxied } from '../support/proxied.js';
import { SecureClient, type Asked } from '../support/secure.js';
import { connectSocket, openSocket } from '../support/web-socket.js';

const BODY_BYTES_MAX = 2 ** 20;
/** What is held back comes after a minute, when the proxy gives up. */
const STREAM_MS_MAX = 30_000;
const JSON_TYPE = { 'content-type': 'application/json' };
const PAGE = { origin: 'https://videos.example' };
const VIEWER = 'a-viewer-of-the-proxy';

const start = (sessionId: string, members: object = {}): object => ({
  ...{ mediaId: 'm', sessionId, eventId: '1', eventType: 'SESSION_START', userId: VIEWER },
  ...members,
});
const events = (body: readonly object[]): Asked => ({
  method: 'POST',
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});
const graphql = (query: string, headers: Asked['headers'] = {}): Asked => ({
  method: 'POST',
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify({ query }),
});
const cmcd = (sid: string): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/cmcd' },
  body: `cid="m",e=ps,sid="${sid}",sn=0,sta=s,ts=${String(Date.now())},v=2`,
});
const RANGE = {
  from: new Date(Date.now() - 86_400_000).toISOString(),
  to: new Date(Date.now() + 86_400_000).toISOString(),
};
const EXPORT = `/export/sessions.csv?range=${encodeURIComponent(JSON.stringify(RANGE))}`;
const FIGURES = '{ popularStreams(first: 1) { totalCount } }';

/** The requests that a row of docs/going-public.md stands for: a path, with what is sent there. */
const REQUESTS: Readonly<Record<string, readonly (readonly [path: string, asked?: Asked])[]>> = {
  '`GET /`': ['/', '/live', '/media?id=m', '/quality', '/delivery', '/sessions', '/system'].map(
    (path) => [path] as const,
  ),
  '`GET /playhead.js`': [['/playhead.js'], ['/playhead.module.js']],
  '`GET /health/live`': [['/health/live']],
  '`GET /health/ready`': [['/health/ready'], ['/health'], ['/health/'], ['//health/ready']],
  '`GET /metrics`': [
    ...['/metrics', '/metrics/', '//metrics', '/%6detrics', '/METRICS', '/./metrics'],
    ...['/metrics?a=b', '/live/../metrics', '/metrics%2f', '/metrics;a', '/metrics%3fa'],
  ].map((path) => [path] as const),
  '`GET /graphiql`': [['/graphiql']],
  '`POST /events`': [['/events?partial=1', events([start('a')])]],
  '`POST /events` of the past': [
    [
      '/events',
      {
        ...events([start('b', { occurredAt: '2020-01-01T00:00:00Z' })]),
        headers: { ...JSON_TYPE, import: 'past' },
      },
    ],
  ],
  '`POST /cmcd`': [['/cmcd', cmcd('c')]],
  '`POST /graphql`, figures': [
    ['/graphql', graphql(FIGURES)],
    ['/graphql', graphql('{ live { viewers } }')],
  ],
  '`POST /graphql`, events': [
    [
      '/graphql',
      graphql(
        'mutation { recordStreamingEvent(input: { mediaId: "m", eventType: HEARTBEAT, ' +
          'eventId: "h" }) { duplicate } }',
      ),
    ],
  ],
  '`POST /graphql`, titles and read models': [
    ['/graphql', graphql('{ projections { name } }')],
    ['/graphql', graphql('mutation { registerMedia(input: { mediaId: "m", title: "M" }) { id } }')],
  ],
  '`POST /graphql`, its schema': [['/graphql', graphql('{ __schema { types { name } } }')]],
  '`GET /graphql?query=`': [[`/graphql?query=${encodeURIComponent(FIGURES)}`]],
  '`GET /export/sessions.csv`': [[EXPORT]],
  'anything else': [
    ...['/nothing', '/.env', '/.git/config', '/package.json', '/schema.gql', '/data/events.db'],
    ...['/dist/src/main.js', '/dashboard/', '/dashboard.html', '/debug/vars', '/server-status'],
    ...['/nginx_status', '/config/', '/.well-known/acme-challenge/', '/live/%2e%2e/package.json'],
  ].map((path) => [path] as const),
};

/** What an answer comes to: its status, or the code of the error in an answer of GraphQL. */
function outcome({ status, json }: Answer): string {
  const [error] = (json.errors ?? []) as readonly { extensions?: { code?: string } }[];
  return status === 200 && error !== undefined
    ? `\`${String(error.extensions?.code)}\``
    : String(status);
}

/** What holds of every proxy of `deploy/`, without a browser. */
export function proxySuite(under: Proxied): void {
  const send = (path: string, asked: Asked = {}, key?: string): Promise<Answer> =>
    under.client.send(path, {
      ...asked,
      headers: { ...asked.headers, ...(key !== undefined && withKey(key)) },
    });

  describe('the table of docs/going-public.md', () => {
    const rows = tableRows(read('docs/going-public.md'), 'request');

    it('has a row for everything that is walked here', () => {
      expect(rows.map(([request]) => request)).toEqual(Object.keys(REQUESTS));
    });

    it.each(rows.map(([request = '', ...outcomes]) => ({ request, outcomes })))(
      'is right about $request',
      async ({ request, outcomes }) => {
        for (const [path, asked] of REQUESTS[request] ?? []) {
          const found = [];
          for (const key of [undefined, KEYS.ingest, KEYS.read, KEYS.admin]) {
            found.push(outcome(await send(path, asked, key)));
          }
          expect([path, ...found]).toEqual([path, ...outcomes]);
        }
      },
    );

    it('holds for a key in the address: an ingest key, where players report', async () => {
      const found = [];
      for (const key of Object.values(KEYS)) {
        found.push(
          (await send(`/events?key=${key}`, events([start('d')]))).status,
          (await send(`/cmcd?key=${key}`, cmcd('e'))).status,
          (await send(`${EXPORT}&key=${key}`)).status,
        );
      }
      expect(found).toEqual([202, 204, 401, 401, 401, 401, 401, 401, 401]);
    });
  });

  it('moves plain HTTP to HTTPS, the path and the query included', async () => {
    const url = `http://localhost:${String(under.proxy.plainPort)}/media?id=a%2Fb`;
    const { status, headers } = await fetch(url, { redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([308, 'https://localhost/media?id=a%2Fb']);
    expect(headers.has('strict-transport-security')).toBe(false);
  });

  it('promises HTTPS, and leaves the other headers as the server sets them', async () => {
    const { headers } = await send('/');
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
    const direct = await fetch(under.server.url);
    for (const name of ['content-security-policy', 'x-frame-options', 'referrer-policy']) {
      expect(headers.get(name)).toBe(direct.headers.get(name));
    }
    const { headers: recorded } = await send('/events', {
      ...events([start('f')]),
      headers: { ...JSON_TYPE, ...PAGE, ...withKey(KEYS.ingest) },
    });
    expect(recorded.get('access-control-allow-origin')).toBe('*');
    expect(recorded.get('position')).not.toBeNull();
  });

  it('takes a body as large as the server does, and no larger', async () => {
    const text = JSON.stringify([start('g')]);
    const ofBytes = (length: number): Asked => ({
      method: 'POST',
      headers: { ...JSON_TYPE, ...PAGE },
      body: text.padEnd(length),
    });
    expect((await send('/events', ofBytes(BODY_BYTES_MAX), KEYS.ingest)).status).toBe(202);
    const { status, json, headers } = await send(
      '/events',
      ofBytes(BODY_BYTES_MAX + 1),
      KEYS.ingest,
    );
    expect([status, json.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  it('lets pages of other origins read that the headers are too long, for the server too', async () => {
    const long = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, name.repeat(7_000)]));
    const { status, json, headers } = await send('/events', {
      ...events([start('h')]),
      headers: { ...JSON_TYPE, ...PAGE, ...long },
    });
    expect([status, json.code]).toEqual([431, 'HEADERS_TOO_LARGE']);
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  describe('what a client says of its address and its country', () => {
    const FORGED = {
      'x-forwarded-for': '203.0.113.9',
      'x-real-ip': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
      'cf-ipcountry': 'BR',
    };
    const countryOf = async (sessionId: string): Promise<unknown> => {
      const query = `{ sessions(range: { from: "${RANGE.from}", to: "${RANGE.to}" }, first: 1,
        sessionId: "${sessionId}") { edges { node { context { country } } } } }`;
      const { json } = await send('/graphql', graphql(query), KEYS.admin);
      const { data } = json as { data: { sessions: Edges<{ context: { country: string } }> } };
      return data.sessions.edges[0]?.node.context.country;
    };
    const readAfter = async (position: unknown): Promise<void> => {
      const asked = graphql(FIGURES, { 'read-after': String(position) });
      expect((await send('/graphql', asked, KEYS.admin)).status).toBe(200);
    };

    it('does not count: its own address does', async () => {
      const asked = events([start('forged')]);
      const headers = { ...asked.headers, ...FORGED };
      const { json } = await send('/events', { ...asked, headers }, KEYS.ingest);
      await readAfter(json.position);
      expect(await countryOf('forged')).toBe('DE');
    });

    it('would count without the proxy', async () => {
      const { 'cf-ipcountry': country, ...address } = FORGED;
      for (const [sessionId, headers] of Object.entries({
        address,
        country: { 'cf-ipcountry': country },
      })) {
        const response = await fetch(`${under.server.url}/events`, {
          ...events([start(sessionId)]),
          headers: { ...JSON_TYPE, ...withKey(KEYS.ingest), ...headers },
        });
        await readAfter(((await response.json()) as { position: string }).position);
      }
      expect([await countryOf('address'), await countryOf('country')]).toEqual(['FR', 'BR']);
    });

    it('does not open WebSockets to pages of other origins', async () => {
      const headers = { 'x-forwarded-host': 'videos.example' };
      const options = { ca: under.certificate.cert, ...PAGE, headers };
      expect(await connectSocket(under.origin, options)).toMatchObject({ status: 403 });
    });
  });

  it('passes the events of a subscription on as they come', async () => {
    const query = 'subscription { advanced { position } }';
    const headers = { accept: 'text/event-stream', ...withKey(KEYS.read) };
    const stream = await under.client.begin('/graphql', graphql(query, headers));
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const nextsAfter = (count: number): Promise<void> =>
      until(() => text.split('event: next').length - 1 > count, STREAM_MS_MAX);
    await nextsAfter(0);
    // A late report of a page may be told in place of one of these, and then all before it are.
    for (let nexts = 1, position = ''; nexts === 1 || !text.includes(position); nexts += 1) {
      const session = start(`streamed-${String(nexts)}`);
      position = String((await send('/events', events([session]), KEYS.ingest)).json.position);
      await nextsAfter(nexts);
    }
    expect(stream.headers['content-type']).toContain('text/event-stream');
    stream.destroy();
  });

  it('passes WebSockets of its own pages on', async () => {
    const options = { ca: under.certificate.cert, origin: under.origin };
    const client = await openSocket(under.origin, options);
    client.say({ type: 'connection_init', payload: withKey(KEYS.read) });
    expect(await client.next()).toMatchObject({ type: 'connection_ack' });
    const query = 'subscription { advanced { position } }';
    client.say({ type: 'subscribe', id: '1', payload: { query } });
    expect(await client.next()).toMatchObject({ type: 'next', id: '1' });
    client.socket.close();
    await client.closed;
  });
}

interface Edges<Node> {
  readonly edges: readonly { readonly node: Node }[];
}

/** What the proxy has written by the end of a file's tests: what was asked, and not by whom. */
export function logSuite(under: Proxied): void {
  it('logs no key, no query, no user id and no address', () => {
    const text = under.proxy.logs();
    expect(text).toMatch(/"POST".*"\/events".*202|202.*"POST".*"\/events"/);
    for (const secret of [...Object.values(KEYS), VIEWER, SecureClient.ADDRESS, 'key=']) {
      expect([secret, text.split('\n').filter((line) => line.includes(secret))]).toEqual([
        secret,
        [],
      ]);
    }
    expect(text).not.toMatch(/\/(events|cmcd|graphql|media|export\/\w+\.csv)\?/);
    expect(text).not.toContain('Mozilla');
  });
}
