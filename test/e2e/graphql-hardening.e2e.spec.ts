import { withServer } from '../support/e2e.js';
import { codeOf, sendBody, sendGraphql, type GraphqlAnswer } from '../support/graphql.js';
import { send, withKey } from '../support/http.js';

/**
 * The checks of graphql-cop (https://github.com/dolevf/graphql-cop), each as a test, against a server
 * with keys. Every request has an admin key: what is refused is refused to everyone.
 */
const KEY = 'admin-key-00000001';
const under = withServer({ ADMIN_KEY: KEY });

const json = { 'content-type': 'application/json', ...withKey(KEY) };
const ask = (query: string): Promise<GraphqlAnswer> =>
  sendGraphql(under.server.url, { query }, withKey(KEY));
const times = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');

describe('what would make the server work too much', () => {
  const dear: readonly (readonly [string, string])[] = [
    ['101 aliases', `query cop { ${times(101, (i) => `alias${String(i)}: __typename`)} }`],
    ['2,000 aliases', `{ ${times(2_000, (i) => `alias${String(i)}: __typename`)} }`],
    ['a field 500 times', `query cop { ${times(500, () => '__typename')} }`],
    ['10 directives on a field', `query cop { __typename ${'@aa'.repeat(10)} }`],
    [
      'a circle of types',
      `query cop { __schema { ${'types { fields { type { '.repeat(6)} name
      ${'} } }'.repeat(6)} } }`,
    ],
    ['500,000 tokens', `{ ${'a '.repeat(500_000)} }`],
    ['20,000 levels', `${'{a'.repeat(20_000)}${'}'.repeat(20_000)}`],
    ['20,000 levels of a list', `{ a(b: ${'['.repeat(20_000)}${']'.repeat(20_000)}) }`],
    [
      '60 pages of 100 streams',
      `{ ${times(
        60,
        (i) => `a${String(i)}:
      popularStreams(first: 100) { edges { cursor node { id mediaId title thumbnail duration
      viewCount quality popularity createdAt } } }`,
      )} }`,
    ],
  ];
  test.each(dear)('is refused: %s', async (_, query) => {
    const answer = await ask(query);
    expect([codeOf(answer), answer.data]).toEqual(['QUERY_TOO_COMPLEX', undefined]);
    expect(answer.errors.length).toBeLessThan(10);
  });

  test('is refused: several requests in one', async () => {
    const request = JSON.stringify(times(10, () => '{"query":"query cop { __typename }"}'));
    for (const body of [`[${'{"query":"query cop { __typename }"},'.repeat(9)}{}]`, request]) {
      const answer = await sendBody(under.server.url, body, json);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_USER_INPUT']);
      expect(answer.text).not.toContain('"data"');
    }
  });

  test('is refused: a syntax tree in place of a document', async () => {
    const name = { kind: 'Name', value: '__typename' };
    const selectionSet = { kind: 'SelectionSet', selections: [{ kind: 'Field', name }] };
    const operation = { kind: 'OperationDefinition', operation: 'query', selectionSet };
    const tree = JSON.stringify({ kind: 'Document', definitions: [operation] });
    for (const query of [tree, ` ${tree}`, '[]', '5', '"x"', 'null']) {
      expect(codeOf(await ask(query))).toBe('GRAPHQL_PARSE_FAILED');
    }
  });

  test('is told in a few errors, however many there are', async () => {
    const answer = await ask(`{ ${times(300, (i) => `nothing${String(i)}`)} }`);
    expect(codeOf(answer)).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(answer.errors.length).toBeLessThan(10);
  });
});

describe('what would tell of the schema', () => {
  test.each(['{ __schema { types { name } } }', '{ __type(name: "Query") { name } }'])(
    'is refused: %s',
    async (query) => {
      const answer = await ask(query);
      expect([codeOf(answer), answer.data]).toEqual(['GRAPHQL_VALIDATION_FAILED', undefined]);
    },
  );

  test.each([
    'query cop { __schema { directive } }',
    '{ popularStream(first: 1) { totalCount } }',
    '{ popularStreams(firs: 1) { totalCount } }',
    '{ popularStreams(first: 1, period: WEEKS) { totalCount } }',
    'query($x: Strin) { __typename }',
    '{ popularStreams(first: 1) { totalCoun } }',
  ])('is not guessed at: %s', async (query) => {
    const { text, errors } = await ask(query);
    expect(errors.length).toBeGreaterThan(0);
    expect(text).not.toMatch(/did you mean/i);
  });

  test.each(['/graphiql', '/playground', '/console', '/graphql', '/altair', '/voyager', '/ide'])(
    'has no page: %s',
    async (path) => {
      const { text, headers } = await send(`${under.server.url}${path}`, {
        headers: { accept: 'text/html', ...withKey(KEY) },
      });
      expect(headers.get('content-type')).not.toContain('text/html');
      expect(text).not.toMatch(/graphiql|playground|voyager|altair/i);
    },
  );
});

describe('what a foreign page could send in the name of its visitor', () => {
  const mutation = 'mutation cop { aggregateRollup { views } }';

  test('changes nothing as a GET', async () => {
    const address = new URLSearchParams({ query: mutation }).toString();
    const url = `${under.server.url}/graphql?${address}`;
    const { status, json: body } = await send(url, { headers: withKey(KEY) });
    expect(status).toBe(405);
    expect(body).not.toHaveProperty('data');
  });

  test('asks nothing as a GET either: the key has to be in a header', async () => {
    const { status } = await send(`${under.server.url}/graphql?query={__typename}`);
    expect(status).toBe(401);
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
    'is refused as a POST: %s',
    async (type) => {
      const body = new URLSearchParams({ query: mutation }).toString();
      const answer = await sendBody(under.server.url, body, { ...json, 'content-type': type });
      expect([answer.status, codeOf(answer)]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    },
  );
});

describe('what would tell of the server', () => {
  test('is not traced', async () => {
    const answer = await sendBody(under.server.url, '{"query":"query cop { __typename }"}', {
      ...json,
      'apollo-query-plan-experimental': '1',
      'apollo-tracing': '1',
    });
    expect(Object.keys(JSON.parse(answer.text) as object)).toEqual(['data']);
  });

  test.each(['qwerty cop { abc }', 'query cop { abc', 'query cop { projections(x: 1) { name } }'])(
    'does not stand in errors: %s',
    async (query) => {
      const { text } = await ask(query);
      expect(text).not.toMatch(/exception|stack|node_modules|\.[jt]s:|at .*\(/i);
    },
  );
});
