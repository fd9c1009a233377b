import { auditServer } from 'graphql-http';
import { withServer } from '../support/e2e.js';
import { codeOf, sendBody } from '../support/graphql.js';
import { send, withKey } from '../support/http.js';

const NEGOTIATED = 'application/graphql-response+json';
const AUDITS = 61;
const KEY = 'admin-key-00000001';

const open = withServer();
// Some of the audits ask for the schema.
const keyed = withServer({ ADMIN_KEY: KEY, INTROSPECTION: 'on' });
const servers = [
  ['without keys', open, {}],
  ['with keys', keyed, withKey(KEY)],
] as const;

test.each(servers)('the audits of graphql-http find nothing, %s', async (_, under, headers) => {
  const audited = await auditServer({
    url: `${under.server.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...(init.headers as object), ...headers } }),
  });
  expect(audited).toHaveLength(AUDITS);
  const found = audited.filter(({ status }) => status !== 'ok');
  expect(found.map(({ id, name, status }) => `${status} ${id}: ${name}`)).toEqual([]);
});

describe.each(servers)('an answer %s', (_, under, key) => {
  const ask = (body: object, accept: string) =>
    sendBody(under.server.url, JSON.stringify(body), {
      'content-type': 'application/json',
      accept,
      ...key,
    });

  const faulty: readonly (readonly [string, object, string])[] = [
    ['GRAPHQL_PARSE_FAILED', { query: '{' }, 'is not well formed'],
    ['GRAPHQL_VALIDATION_FAILED', { query: '{ nothing }' }, 'does not fit the schema'],
    ['QUERY_TOO_COMPLEX', { query: `{ ${'__typename '.repeat(60)} }` }, 'asks too much'],
    [
      'BAD_USER_INPUT',
      {
        query: 'query($n: Int!) { popularStreams(first: $n) { totalCount } }',
        variables: { n: 'x' },
      },
      'has a bad variable',
    ],
  ];
  test.each(faulty)('to a document says %s: it %3$s', async (code, body) => {
    const plain = await ask(body, 'application/json');
    expect([plain.status, codeOf(plain)]).toEqual([200, code]);
    const negotiated = await ask(body, NEGOTIATED);
    expect([negotiated.status, codeOf(negotiated)]).toEqual([400, code]);
    expect(negotiated.text).not.toContain('"data"');
  });

  test('to what was executed is 200 in either type, data beside errors', async () => {
    for (const accept of ['application/json', NEGOTIATED]) {
      const answer = await ask(
        { query: '{ streamingAnalytics(mediaId: "") { totalViews } }' },
        accept,
      );
      expect([answer.status, codeOf(answer), answer.data]).toEqual([200, 'BAD_USER_INPUT', null]);
    }
  });

  test('has the type that the client prefers', async () => {
    for (const [accept, type] of [
      [NEGOTIATED, NEGOTIATED],
      ['*/*', 'application/json'],
    ] as const) {
      const { headers } = await send(`${under.server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, ...key },
        body: '{"query":"{ __typename }"}',
      });
      expect(headers.get('content-type')).toBe(`${type}; charset=utf-8`);
    }
  });
});

describe('a GET', () => {
  const get = (parameters: Readonly<Record<string, string>>) =>
    send(`${open.server.url}/graphql?${new URLSearchParams(parameters).toString()}`);

  test('asks as a POST does, with variables as JSON', async () => {
    const { status, json } = await get({
      query:
        'query A($n: Int!) { popularStreams(first: $n) { totalCount } } query B { __typename }',
      operationName: 'A',
      variables: '{"n": 3}',
      extensions: '{}',
    });
    expect([status, json]).toEqual([200, { data: { popularStreams: { totalCount: 0 } } }]);
  });

  const bad: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['without a document', {}],
    ['with variables that are no JSON', { query: '{ __typename }', variables: '{' }],
    ['with variables that are no object', { query: '{ __typename }', variables: '[1]' }],
    ['with extensions that are no JSON', { query: '{ __typename }', extensions: 'x' }],
  ];
  test.each(bad)('is refused %s', async (_, parameters) => {
    const { status, text } = await get(parameters);
    expect(status).toBe(400);
    expect(text).toContain('"BAD_USER_INPUT"');
  });

  test('of several operations without a name is a fault of the document', async () => {
    const { status, text } = await get({ query: 'query A { __typename } query B { __typename }' });
    expect(status).toBe(200);
    expect(text).toContain('"GRAPHQL_VALIDATION_FAILED"');
  });

  test('of a mutation is refused, and names what is allowed', async () => {
    const { status, headers, text } = await get({
      query: 'mutation { aggregateRollup { views } }',
    });
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
    expect(text).toContain('"METHOD_NOT_ALLOWED"');
  });
});
