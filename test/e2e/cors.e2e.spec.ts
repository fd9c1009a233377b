import { withServer } from '../support/e2e.js';
import { send, withKey, type Answer } from '../support/http.js';
import { headOf, RawConnection } from '../support/raw-http.js';

const KEY = 'read-key-000000001';
const OURS = ['https://dashboard.example.org', 'http://localhost:8080'] as const;

const under = withServer({ READ_KEY: KEY, CORS_ORIGINS: OURS.join(', ') });

const preflight = (origin: string): Promise<Answer> =>
  send(`${under.server.url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  });

const ask = (origin: string): Promise<Answer> =>
  send(`${under.server.url}/graphql`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', ...withKey(KEY) },
    body: '{"query":"{ __typename }"}',
  });

test.each(OURS)('a page of %s may use GraphQL', async (origin) => {
  for (const { status, headers } of [await preflight(origin), await ask(origin)]) {
    expect(status).toBeLessThan(300);
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('vary')).toContain('Origin');
    expect(headers.get('access-control-expose-headers')).toBe('position, retry-after');
    expect(headers.has('access-control-allow-credentials')).toBe(false);
  }
  const { headers } = await preflight(origin);
  expect(headers.get('access-control-allow-methods')).toBe('GET, POST');
  expect(headers.get('access-control-allow-headers')).toBe(
    'authorization, content-type, read-after',
  );
});

test.each(['https://example.org', 'https://dashboard.example.org.evil.test', 'null'])(
  'a page of %s may not',
  async (origin) => {
    for (const { headers } of [await preflight(origin), await ask(origin)]) {
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
  },
);

const LONG = 'x'.repeat(20_000);

test.each([
  [404, 'NOT_FOUND', 'POST /event'],
  [404, 'NOT_FOUND', 'POST /events/?key=a'],
  [404, 'NOT_FOUND', 'GET /playhead.min.js'],
  [405, 'METHOD_NOT_ALLOWED', 'GET /events'],
  [405, 'METHOD_NOT_ALLOWED', 'GET /cmcd'],
  [405, 'METHOD_NOT_ALLOWED', 'POST /playhead.js'],
  [405, 'METHOD_NOT_ALLOWED', 'POST /playhead.module.js'],
  [431, 'HEADERS_TOO_LARGE', `POST /events?key=${LONG}`],
  [431, 'HEADERS_TOO_LARGE', `POST /cmcd?CMCD=${LONG}`],
  [401, 'UNAUTHENTICATED', 'POST /events'],
])('a page of any origin can read %i %s: %.24s', async (status, code, line) => {
  const connection = await RawConnection.to(under.server.url);
  connection.send(headOf(line, 'Origin: https://example.org', 'Content-Length: 0'));
  const answer = await connection.answer();
  connection.destroy();
  expect([answer.status, JSON.parse(answer.body)]).toMatchObject([status, { code }]);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
});

test('a page of any origin may ask at a path that is not there, to read that', async () => {
  const headers = { origin: 'https://example.org', 'access-control-request-method': 'POST' };
  const asked = await send(`${under.server.url}/event`, { method: 'OPTIONS', headers });
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  const inside = await send(`${under.server.url}/metrics`, { method: 'OPTIONS', headers });
  expect(inside.headers.has('access-control-allow-origin')).toBe(false);
});

test('every answer forbids pages what they do not need', async () => {
  for (const path of ['/', '/health/live', '/nothing', '/graphql', '/graphiql']) {
    const { headers } = await send(`${under.server.url}${path}`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.has('x-powered-by')).toBe(false);
  }
});
