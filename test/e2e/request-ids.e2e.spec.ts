import { send, sendEvents, withKey } from '../support/http.js';
import { sendGraphql } from '../support/graphql.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const INGEST = 'ingest-key-0000001';
const ADMIN = 'admin-key-00000001';
const HEADER = 'x-request-id';

const folder = temporaryFolder();
let server: TestServer;
beforeEach(async () => {
  server = await startServer(folder, {
    INGEST_KEY: INGEST,
    ADMIN_KEY: ADMIN,
    LOG_LEVEL: 'trace',
  });
});
afterEach(async () => {
  await endLeftovers();
});
afterAll(() => {
  removeFolder(folder);
});

type Line = Readonly<Record<string, unknown>>;

/** Ends the server and gives what it logged. */
async function logged(): Promise<readonly Line[]> {
  await server.stop();
  return server.process.stdout.map((line) => JSON.parse(line) as Line);
}

test('an answer carries the id that stands in the log, drawn or brought along', async () => {
  const drawn = await send(`${server.url}/health/live`);
  const id = drawn.headers.get(HEADER) ?? '';
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const brought = 'trace/7:a.b_c-d=';
  const sent = await sendEvents(server.url, [], { ...withKey(INGEST), [HEADER]: brought });
  expect([sent.status, sent.headers.get(HEADER)]).toEqual([400, brought]);
  const lines = (await logged()).filter(({ requestId }) => requestId !== undefined);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ requestId: id, path: '/health/live', status: 200 }),
      expect.objectContaining({ requestId: brought, path: '/events', status: 400 }),
    ]),
  );
});

test.each(['', 'two words', 'x'.repeat(101), '"}{', 'ä'])(
  'an id that has no place in a log is replaced: %j',
  async (bad) => {
    const { headers } = await send(`${server.url}/health/live`, { headers: { [HEADER]: bad } });
    expect(headers.get(HEADER)).toMatch(/^[0-9a-f-]{36}$/);
  },
);

test('no key is logged, however it came and whatever was made of it', async () => {
  const wrong = 'a-key-that-is-wrong-1';
  for (const key of [INGEST, ADMIN, wrong]) {
    for (const path of ['/events', '/graphql', '/nothing', '/health/live', '/%ff']) {
      await send(`${server.url}${path}?key=${key}`, { method: 'POST' });
      await send(`${server.url}${path}?key=${key}`, { headers: withKey(key) });
    }
    await sendGraphql(server.url, { query: '{ nothing }' }, withKey(key));
    await sendEvents(server.url, [{}], withKey(key));
  }
  const all = JSON.stringify(await logged());
  for (const key of [INGEST, ADMIN, wrong]) expect(all).not.toContain(key);
});
