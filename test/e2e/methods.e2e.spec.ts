import { withServer } from '../support/e2e.js';
import { send, withKey } from '../support/http.js';
import { headOf, RawConnection, type RawAnswer } from '../support/raw-http.js';

const KEY = 'admin-key-00000001';
const open = withServer();
const keyed = withServer({ ADMIN_KEY: KEY });

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

const RANGE = 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z';

/** What is there, and for which methods. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  '/': ['GET', 'HEAD'],
  '/health/live': ['GET', 'HEAD'],
  '/health/ready': ['GET', 'HEAD'],
  '/metrics': ['GET', 'HEAD'],
  [`/export/sessions.csv?${RANGE}`]: ['GET', 'HEAD'],
  '/events': ['POST'],
  '/graphql': ['GET', 'HEAD', 'POST'],
  '/graphiql': ['GET', 'HEAD'],
};
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'];

/** The answer to a request over a connection of its own. */
async function ask(line: string, ...headers: readonly string[]): Promise<RawAnswer> {
  const connection = await RawConnection.to(open.server.url);
  connection.send(headOf(line, ...headers));
  const answer = await connection.answer({ isToHead: line.startsWith('HEAD ') });
  connection.destroy();
  return answer;
}

describe.each(Object.entries(PATHS))('%s', (path, methods) => {
  test.each(METHODS.filter((method) => !methods.includes(method)))(
    'is not there for %s, and says what for',
    async (method) => {
      const { status, headers, body } = await ask(`${method} ${path}`);
      expect([status, headers.allow]).toEqual([405, [...methods, 'OPTIONS'].join(', ')]);
      if (method !== 'HEAD') {
        expect(JSON.parse(body)).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
      }
    },
  );

  test('tells OPTIONS what it is there for', async () => {
    const { status, headers, body } = await ask(`OPTIONS ${path}`);
    expect([status, headers.allow, body]).toEqual([204, [...methods, 'OPTIONS'].join(', '), '']);
  });

  test('answers HEAD as GET, without a body', async () => {
    if (!methods.includes('HEAD')) return;
    const query = path === '/graphql' ? '?query={__typename}' : '';
    const [head, get] = [await ask(`HEAD ${path}${query}`), await ask(`GET ${path}${query}`)];
    expect([head.status, head.headers['content-type'], head.body]).toEqual([
      ...[200, get.headers['content-type']],
      '',
    ]);
    const connection = await RawConnection.to(open.server.url);
    connection.send(headOf(`HEAD ${path}${query}`), headOf('GET /health/live'));
    expect((await connection.answer({ isToHead: true })).status).toBe(200);
    expect((await connection.answer()).body).toBe('{"status":"ok"}');
    connection.destroy();
  });
});

test('GET /events says how events are sent', async () => {
  const { json } = await send(`${open.server.url}/events`);
  expect(json).toEqual({
    code: 'METHOD_NOT_ALLOWED',
    message: expect.stringContaining('as a POST: a JSON array') as string,
    allow: ['POST', 'OPTIONS'],
  });
});

test('a path that is not there is not there for any method', async () => {
  for (const method of [...METHODS, 'OPTIONS']) {
    expect([method, (await ask(`${method} /nothing`)).status]).toEqual([method, 404]);
  }
});

describe('every error outside of GraphQL has the same body', () => {
  const requests: readonly (readonly [number, string, string, readonly string[]])[] = [
    [400, 'BAD_USER_INPUT', 'POST /events', ['content-type: application/json']],
    [400, 'BAD_USER_INPUT', 'GET /%ff', []],
    [400, 'BAD_USER_INPUT', 'GET /health/live', ['Host: localhost']],
    [403, 'FORBIDDEN', 'GET /health/live', ['Via: 1.1 proxy']],
    [403, 'FORBIDDEN', 'GET /nothing', ['Via: 1.1 proxy']],
    [404, 'NOT_FOUND', 'GET /nothing', []],
    [404, 'NOT_FOUND', 'GET /graphiql/nothing.js', []],
    [404, 'NOT_FOUND', `GET /${'x'.repeat(1_000)}`, []],
    [405, 'METHOD_NOT_ALLOWED', 'DELETE /metrics', []],
    [415, 'UNSUPPORTED_MEDIA_TYPE', 'POST /events', ['content-type: text/csv']],
    [431, 'HEADERS_TOO_LARGE', 'GET /', [`x: ${'x'.repeat(20_000)}`]],
    [431, 'HEADERS_TOO_LARGE', `GET /${'x'.repeat(20_000)}`, []],
    [400, 'BAD_USER_INPUT', 'GET / x', []],
    [400, 'BAD_USER_INPUT', 'POST /events', ['content-length: 1', 'content-length: 2']],
    [400, 'BAD_USER_INPUT', 'CONNECT example.org:443', []],
    [415, 'UNSUPPORTED_MEDIA_TYPE', 'POST /events', ['expect: something']],
  ];
  test.each(requests)('%i %s: %.40s', async (status, code, line, headers) => {
    const answer = await ask(line, ...headers);
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      'application/json; charset=utf-8',
    ]);
    const body = JSON.parse(answer.body) as Readonly<Record<string, unknown>>;
    expect(body).toEqual(expect.objectContaining({ code, message: expect.any(String) as string }));
    expect(answer.body).not.toMatch(/FST_|statusCode|"error"/);
  });

  test('one without a host too', async () => {
    const connection = await RawConnection.to(open.server.url);
    connection.send('GET /health/live HTTP/1.1\r\n\r\n');
    const { status, body } = await connection.answer();
    expect([status, JSON.parse(body)]).toMatchObject([400, { code: 'BAD_USER_INPUT' }]);
    connection.destroy();
  });
});

describe('GraphQL, opened in a browser', () => {
  const openedAt = (url: string, accept = BROWSER) =>
    send(`${url}/graphql`, { headers: { accept }, redirect: 'manual' });

  test('leads to GraphiQL', async () => {
    const { status, headers } = await openedAt(open.server.url);
    expect([status, headers.get('location')]).toEqual([302, '/graphiql']);
  });

  test('says what it is where there is no GraphiQL, whatever the key', async () => {
    const { status, headers, text } = await openedAt(keyed.server.url);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(text).toContain('content-type: application/json');
    expect(text).toContain('schema.gql');
  });

  test('answers a program, and a question that stands in the address, as ever', async () => {
    for (const accept of ['*/*', 'application/json', 'application/json, text/html']) {
      expect((await openedAt(open.server.url, accept)).status).toBe(400);
      expect((await openedAt(keyed.server.url, accept)).status).toBe(401);
    }
    const { json } = await send(`${open.server.url}/graphql?query={__typename}`, {
      headers: { accept: BROWSER },
    });
    expect(json).toEqual({ data: { __typename: 'Query' } });
    const headers = { accept: BROWSER, ...withKey(KEY) };
    expect(
      (await send(`${keyed.server.url}/graphql?query={__typename}`, { headers })).json,
    ).toEqual(json);
  });
});
