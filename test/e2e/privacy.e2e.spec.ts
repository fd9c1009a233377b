import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsAt, eventsIn, readModelsAt } from '../support/distributed.js';
import { subscribe } from '../support/event-source.js';
import { sendGraphql } from '../support/graphql.js';
import { send, sendEvents, withKey, type Answer } from '../support/http.js';
import { mmdb } from '../support/mmdb.js';
import { withClient } from '../support/mongo-read-models.js';
import { describeWithOutsideStores } from '../support/outside-stores.js';
import { storedEvents } from '../support/recomputation.js';
import { endLeftovers, startServer, type Environment, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const INGEST = 'ingest-key-of-privacy-1';
const READ = 'read-key-of-privacy-0001';
const ADMIN = 'admin-key-of-privacy-001';
const KEYS = { INGEST_KEY: INGEST, READ_KEY: READ, ADMIN_KEY: ADMIN };
const WRONG_KEY = 'nobodys-key-of-privacy-1';

const ADDRESS = '203.0.113.77';
const NEIGHBOUR = '198.51.100.23';
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.9) Gecko/20100199 Firefox/127.9';
const USERS = ['raw-ada@site.example', 'raw-bob@site.example', 'raw-eve@site.example'] as const;
const [ADA, BOB, EVE] = USERS;

/** A viewer behind a proxy. */
const PAGE = {
  'user-agent': AGENT,
  'x-forwarded-for': `${NEIGHBOUR}, ${ADDRESS}`,
  origin: 'https://videos.example',
  referer: 'https://videos.example/watch/harbour?token=raw-token',
};

/** What nothing that the server writes or answers may hold, in any of its usual forms. */
const SECRETS: readonly string[] = [
  ...[...USERS, ADDRESS, NEIGHBOUR, AGENT, ...Object.values(KEYS), WRONG_KEY, 'raw-token'],
  ...['rv:127.9', 'Gecko/20100199'],
].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
]);

/** What is known of viewers, and may be: without it a search proves nothing. */
const TRACES = { stored: ['harbour', 'Firefox', 'videos.example/watch/harbour'], told: ['Linux'] };

const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
const RANGE = `range: { from: "${at(-120)}", to: "${at(60)}" }`;
const FIGURES = 'views uniqueViewers watchTime';
const CONTEXT = 'device os browser player app cdn country referrer page live';

/** Every query that tells of viewers or of the server. */
const QUERIES: readonly string[] = [
  `{ figures(${RANGE}) { figures { ${FIGURES} } } }`,
  `{ timeSeries(${RANGE}, interval: HOUR, metrics: UNIQUE_VIEWERS) { series { values } } }`,
  ...['MEDIA', 'OS', 'BROWSER', 'COUNTRY', 'DEVICE', 'PAGE', 'REFERRER', 'APP'].map(
    (by) => `{ breakdown(${RANGE}, by: ${by}, first: 50) {
      edges { cursor node { value label figures { ${FIGURES} } } } } }`,
  ),
  `{ sessions(${RANGE}, first: 50) { edges { cursor node { id viewer sessionId state
      context { ${CONTEXT} } timeline(first: 50) { edges { cursor node { type detail } } } } }
      pageInfo { endCursor } } }`,
  ...USERS.map(
    (user) => `{ sessions(${RANGE}, first: 1, userId: "${user}") {
      edges { cursor node { id viewer sessionId } } } }`,
  ),
  `{ retention(mediaId: "harbour", ${RANGE}) { views audience } }`,
  '{ live { viewers media { viewers } by(dimension: BROWSER) { value viewers } } }',
  '{ popularStreams(first: 50) { edges { cursor node { id mediaId title } } } }',
  '{ streamingAnalytics(mediaId: "harbour") { totalViews uniqueViewers } }',
  '{ mediaList(first: 50) { edges { cursor node { mediaId title } } } }',
  '{ server { version role customDimensions } freshness { position } }',
  '{ ingest { accepted refused { reason count } } }',
  '{ projections { name state owner } parkedEvents(projection: "sessions") { id } }',
  `{ figures(${RANGE}, filter: [{ dimension: OS, anyOf: "x", wrong: 1 }]) { figures { views } } }`,
];

const start = (sessionId: string, userId: string, more: object = {}): object => ({
  ...{ mediaId: 'harbour', eventType: 'SESSION_START', sessionId, eventId: '1', userId },
  ...more,
});

/** Sends the same viewers by every way in, also what is refused; gives all answers. */
async function report(url: string): Promise<readonly Answer[]> {
  const record = `mutation ($e: [StreamingEventInput!]!) {
    recordStreamingEvents(inputs: $e) { accepted position } }`;
  const graphql = (events: readonly object[], key = INGEST): Promise<Answer> =>
    send(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...PAGE, ...withKey(key) },
      body: JSON.stringify({ query: record, variables: { e: events } }),
    });
  const cmcd = (query: string, line: string): Promise<Answer> =>
    send(`${url}/cmcd${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/cmcd', ...PAGE },
      body: line,
    });
  const inKey = `${url}/events?key=${INGEST}`;
  const post = (body: string, target = inKey): Promise<Answer> =>
    send(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...PAGE },
      body,
    });
  const line = `cid="harbour",e=ps,sid="c1",sn=0,sta=s,ts=${String(Date.now())},v=2\n`;
  return [
    await post(JSON.stringify([start('e1', ADA), start('e2', BOB)])),
    await graphql([start('g1', EVE), start('g2', ADA)]),
    await cmcd(`?key=${INGEST}`, line),
    // What is refused is told, too, and may be logged.
    await post(JSON.stringify([start('e3', BOB, { duration: -1 }), { userId: ADA }])),
    await post('not JSON', `${url}/events?key=${WRONG_KEY}`),
    await post(JSON.stringify([start('e4', EVE, { quality: 'nonsense' })])),
    await graphql([start('g3', EVE, { bytesLoaded: -1 })]),
    await graphql([start('g4', EVE)], WRONG_KEY),
    await cmcd(`?key=${WRONG_KEY}`, line),
    await cmcd(`?key=${INGEST}`, 'neither a key nor a value\n'),
  ];
}

const textOf = ({ status, headers, text }: Pick<Answer, 'status' | 'headers' | 'text'>): string =>
  [status, ...[...headers].flat(), text].join('\n');

/** All that a server answers to each role, once it knows a position. */
async function answersOf(url: string, position: string): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const key of [READ, ADMIN, INGEST, WRONG_KEY]) {
    const headers = { ...PAGE, ...withKey(key), 'read-after': position };
    for (const query of QUERIES) answers.push((await sendGraphql(url, { query }, headers)).text);
    const asked = `from=${at(-120)}&to=${at(60)}`;
    for (const path of [
      ...['sessions.csv', 'sessions.ndjson'].map((file) => `export/${file}?${asked}`),
      `export/sessions.csv?${asked}&userId=${ADA}`,
      `export/breakdown.csv?${asked}&by=BROWSER`,
      `export/timeseries.csv?${asked}&interval=HOUR&metrics=VIEWS`,
      ...['metrics', 'health/ready', 'nowhere', `nowhere?key=${WRONG_KEY}`],
    ]) {
      answers.push(textOf(await send(`${url}/${path}`, { headers })));
    }
    const watching = await subscribe(url, { query: 'subscription { live { viewers } }' }, headers);
    answers.push(watching.response.ok ? ((await watching.next())?.data ?? '') : 'refused');
    watching.close();
  }
  return answers;
}

/** Every byte of a folder's files. */
const bytesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));

function expectNoSecret(texts: readonly string[]): void {
  const all = texts.join('\n');
  expect(SECRETS.filter((secret) => all.includes(secret))).toEqual([]);
}

const folder = temporaryFolder();
const GEOIP_FILE = join(folder, 'countries.mmdb');
writeFileSync(GEOIP_FILE, mmdb({ '203.0.113.0/24': { country: { iso_code: 'BR' } } }));
const SETTINGS = { ...KEYS, GEOIP_FILE, TRUST_PROXY: '127.0.0.1', LOG_LEVEL: 'trace' };

afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

/** Plays and asks everything on a server, and looks through all that it says and writes. */
async function expectPrivate(
  server: TestServer,
  written: () => Promise<readonly string[]>,
): Promise<void> {
  const reported = await report(server.url);
  const accepted = reported.slice(0, 3).map(({ status }) => status);
  expect(accepted).toEqual([202, 200, 204]);
  const position = reported.map(({ headers }) => headers.get('position') ?? '').filter(Boolean);
  const answers = await answersOf(server.url, position.join(', '));
  expect(await server.stop()).toBe(0);
  const logged = [...server.process.stdout, ...server.process.stderr];
  const stored = await written();
  expectNoSecret(reported.map(textOf));
  expectNoSecret(answers);
  expect(logged.join('\n')).toContain('listening on');
  expectNoSecret(logged);
  expectNoSecret(stored);
  // What may be known is there, in answers and in stores: so the search looks at the right places.
  for (const trace of [...TRACES.stored, 'BR']) expect(stored.join('\n')).toContain(trace);
  for (const trace of [...TRACES.told, 'Brazil', '"uniqueViewers":3']) {
    expect(answers.join('\n')).toContain(trace);
  }
}

const startIn = (name: string, environment: Environment): Promise<TestServer> =>
  startServer(join(folder, name), environment);

describe('of who watches', () => {
  test('nothing that a server writes, logs or answers tells it, in files', async () => {
    const server = await startIn('files', SETTINGS);
    await expectPrivate(server, async () => [
      ...bytesIn(server.dataDir),
      JSON.stringify(await storedEvents(server.dataDir)),
    ]);
  });

  test('a country header that no trusted proxy sent does nothing', async () => {
    const server = await startIn('forged', { COUNTRY_HEADER: 'x-country', GEOIP_FILE, ...KEYS });
    const forged = { ...PAGE, 'x-country': 'DE', ...withKey(INGEST) };
    const { json } = await sendEvents(server.url, [start('f1', ADA)], forged);
    const query = `{ breakdown(${RANGE}, by: COUNTRY, first: 9) { edges { node { value } } } }`;
    const headers = { ...withKey(READ), 'read-after': String(json.position) };
    const { data } = await sendGraphql(server.url, { query }, headers);
    // Nor does the address that anybody may state.
    expect(data).toEqual({ breakdown: { edges: [{ node: { value: '' } }] } });
    expect(await server.stop()).toBe(0);
    expectNoSecret(bytesIn(server.dataDir));
  });
});

await describeWithOutsideStores('of who watches', (stores) => {
  test('nothing that a server writes, logs or answers tells it, elsewhere', async () => {
    const database = stores.newDatabase();
    const log = stores.log();
    const places = { ...eventsAt(log), ...readModelsAt(database) };
    const server = await startIn('elsewhere', { ...SETTINGS, ...places });
    await expectPrivate(server, async () => {
      const documents = await withClient(database, async (client) => {
        const collections = await client.db().collections();
        return Promise.all(collections.map((one) => one.find().toArray()));
      });
      return [JSON.stringify(documents), JSON.stringify(await eventsIn(log))];
    });
  });
});
