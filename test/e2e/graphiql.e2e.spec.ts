import { GRAPHIQL_FILES } from '../../src/api/graphiql/graphiql-page.js';
import { withServer } from '../support/e2e.js';
import { codeOf, sendGraphql } from '../support/graphql.js';
import { send, withKey } from '../support/http.js';

const KEY = 'admin-key-00000001';
const open = withServer();
const keyed = withServer({ ADMIN_KEY: KEY });
const shown = withServer({ ADMIN_KEY: KEY, INTROSPECTION: 'on' });
const plain = withServer({ DASHBOARD: 'off' });

/** Where a page's elements and styles lead to. */
const addressesIn = (page: string): readonly string[] =>
  [...page.matchAll(/(?:src|href)="([^"]*)"|url\(([^)]*)\)/g)].map(
    ([, address, inStyle = '']) => address ?? inStyle,
  );

describe.each([
  ['a server without keys', open],
  ['a server with keys that shows its schema', shown],
])('GraphiQL on %s', (_, under) => {
  test('is a page of this server alone', async () => {
    const { status, headers, text } = await send(`${under.server.url}/graphiql`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('GraphiQL');
    expect(text).not.toMatch(/https?:|["'(]\/\//);
  });

  test('is made of files that are there', async () => {
    const { url } = under.server;
    const page = await send(`${url}/graphiql`);
    const ofPage = addressesIn(page.text).filter((address) => !address.startsWith('data:'));
    const files = GRAPHIQL_FILES.map((name) => `/graphiql/${name}`);
    expect(ofPage).toEqual(files.filter((file) => !file.endsWith('.worker.js')));
    expect(files).toHaveLength(5);
    for (const file of files) {
      const { status, headers, text } = await send(`${url}${file}`);
      const type = file.endsWith('.css') ? 'text/css' : 'application/javascript';
      expect([file, status, headers.get('content-type')]).toEqual([
        file,
        200,
        `${type}; charset=utf-8`,
      ]);
      expect(text.length).toBeGreaterThan(1_000);
      if (type !== 'text/css') continue;
      const within = addressesIn(text);
      expect(within.filter((address) => !/^["']?data:/.test(address))).toEqual([]);
    }
  });

  test('may run and load nothing else', async () => {
    const [first, second] = [
      await send(`${under.server.url}/graphiql`),
      await send(`${under.server.url}/graphiql`),
    ];
    const policy = first.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const nonce = /script-src 'self' 'nonce-([^']{22,})'/.exec(policy)?.[1] ?? '';
    expect(first.text).toContain(`<script nonce="${nonce}">`);
    expect(nonce).not.toBe('');
    expect(second.text).not.toContain(nonce);
  });

  test('begins with a query that this server answers', async () => {
    const { text } = await send(`${under.server.url}/graphiql`);
    const query = JSON.parse(/defaultQuery: (".*"),/.exec(text)?.[1] ?? '') as string;
    const { errors, data } = await sendGraphql(under.server.url, { query }, withKey(KEY));
    expect([errors, data]).toEqual([[], { popularStreams: { totalCount: 0, edges: [] } }]);
  });

  test('has no more of its packages than it needs', async () => {
    for (const path of ['package.json', 'graphiql.js', '..%2fpackage.json', 'index.html', '']) {
      const { status, text } = await send(`${under.server.url}/graphiql/${path}`);
      expect([path, status]).toEqual([path, 404]);
      expect(text).not.toContain('node_modules');
    }
  });
});

test('is linked to from the plain page at the root', async () => {
  expect((await send(plain.server.url)).text).toContain('href="/graphiql"');
});

test('with keys what GraphiQL asks needs one', async () => {
  const { url } = shown.server;
  const query = '{ __schema { queryType { name } } }';
  const refused = await sendGraphql(url, { query });
  expect([refused.status, codeOf(refused)]).toEqual([401, 'UNAUTHENTICATED']);
  const answer = await sendGraphql(url, { query }, withKey(KEY));
  expect(answer.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
});

test('with keys there is no GraphiQL unless it is turned on', async () => {
  const { url } = keyed.server;
  for (const path of ['/graphiql', '/graphiql/graphiql.min.js']) {
    for (const headers of [{}, withKey(KEY)]) {
      const answer = await send(`${url}${path}`, { headers });
      const nothing = await send(`${url}/nothing`, { headers });
      expect([answer.status, answer.text]).toEqual([404, nothing.text]);
    }
  }
  expect((await send(url)).text).not.toContain('graphiql');
});
