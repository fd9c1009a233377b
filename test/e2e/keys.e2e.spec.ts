import { buildSchema } from 'graphql';
import { read } from '../docs/markdown.js';
import { subscribe } from '../support/event-source.js';
import { sendGraphql } from '../support/graphql.js';
import { send, sendEvents, withKey } from '../support/http.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

type Role = 'ingest' | 'read' | 'admin';

const KEYS = {
  ingest: ['ingest-key-0000001', 'ingest-key-0000002'],
  read: ['read-key-000000001', 'read-key-000000002'],
  admin: ['admin-key-00000001', 'admin-key-00000002'],
} as const satisfies Record<Role, readonly string[]>;
const ROLES = Object.keys(KEYS) as Role[];

const RANGE = 'range: { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" }';

/** Every operation, with the role that the contract gives it and a request that is good. */
const OPERATIONS: Readonly<Record<string, readonly [Role, string]>> = {
  streamingAnalytics: ['read', '{ streamingAnalytics(mediaId: "m") { totalViews } }'],
  popularStreams: ['read', '{ popularStreams(first: 1) { totalCount } }'],
  bandwidthUsage: ['read', '{ bandwidthUsage(period: DAY) { totalGB } }'],
  media: ['read', '{ media(mediaId: "m") { title } }'],
  mediaList: ['read', '{ mediaList(first: 1) { totalCount } }'],
  figures: ['read', `{ figures(${RANGE}) { figures { views } } }`],
  timeSeries: ['read', `{ timeSeries(${RANGE}, interval: DAY, metrics: VIEWS) { at } }`],
  retention: ['read', `{ retention(mediaId: "m1", ${RANGE}) { views } }`],
  breakdown: ['read', `{ breakdown(${RANGE}, by: COUNTRY, first: 1) { totalCount } }`],
  live: ['read', '{ live { viewers by(dimension: OS) { value } } }'],
  sessions: ['read', `{ sessions(${RANGE}, first: 1) { pageInfo { hasNextPage } } }`],
  session: ['read', '{ session(id: "x") { state } }'],
  delivery: ['read', `{ delivery(${RANGE}, interval: DAY) { bytes } }`],
  freshness: ['read', '{ freshness { asOf } }'],
  server: ['read', '{ server { version role firstEventAt } }'],
  ingest: ['admin', '{ ingest { accepted } }'],
  projections: ['admin', '{ projections { name } }'],
  recordStreamingEvent: [
    'ingest',
    'mutation { recordStreamingEvent(input: { mediaId: "m", eventType: HEARTBEAT }) { eventId } }',
  ],
  recordStreamingEvents: [
    'ingest',
    `mutation {
      recordStreamingEvents(inputs: [{ mediaId: "m", eventType: HEARTBEAT }]) { accepted } }`,
  ],
  reportStreamingQuality: [
    'ingest',
    `mutation { reportStreamingQuality(
      input: { mediaId: "m", quality: LOW, bufferingEvents: 0, watchTime: 1 }) { success } }`,
  ],
  registerMedia: [
    'admin',
    'mutation { registerMedia(input: { mediaId: "m", title: "M" }) { id } }',
  ],
  aggregateRollup: ['admin', 'mutation { aggregateRollup { views } }'],
  rebuildProjection: ['admin', 'mutation { rebuildProjection(name: "sessions") { name } }'],
  cancelRebuild: ['admin', 'mutation { cancelRebuild(name: "nobody") { name } }'],
  rollBackProjection: ['admin', 'mutation { rollBackProjection(name: "nobody") { name } }'],
  verifyProjection: ['admin', 'mutation { verifyProjection(name: "nobody") { name } }'],
  parkedEvents: ['admin', '{ parkedEvents(projection: "sessions") { id } }'],
  retryParkedEvents: ['admin', 'mutation { retryParkedEvents(projection: "sessions") { name } }'],
  skipParkedEvent: [
    'admin',
    'mutation { skipParkedEvent(projection: "sessions", id: "x", reason: "y") { name } }',
  ],
};

/** Every subscription, likewise. */
const SUBSCRIPTIONS: Readonly<Record<string, readonly [Role, string]>> = {
  live: ['read', 'subscription { live { viewers } }'],
  advanced: ['read', 'subscription { advanced { asOf } }'],
  events: ['read', 'subscription { events { mediaId } }'],
  projection: ['admin', 'subscription { projection(name: "sessions") { name } }'],
};

/** What is allowed and cannot be done ends with another error than the keys'. */
const OF_KEYS = ['UNAUTHENTICATED', 'FORBIDDEN'];

const EVENTS = [{ mediaId: 'm', eventType: 'HEARTBEAT' }];
const UNKNOWN_KEY = 'nobodys-key-000001';

/** What a caller may, by the contract: `undefined` as key is none at all. */
function verdictOn(
  configured: readonly Role[],
  role: Role,
  key: string | undefined,
): 'UNAUTHENTICATED' | 'FORBIDDEN' | 'allowed' {
  if (configured.length === 0) return 'allowed';
  const held = configured.find((one) => (KEYS[one] as readonly string[]).includes(key ?? ''));
  if (held === undefined) return 'UNAUTHENTICATED';
  return held === 'admin' || held === role ? 'allowed' : 'FORBIDDEN';
}

const STATUS = { UNAUTHENTICATED: 401, FORBIDDEN: 403, allowed: 202 } as const;

const configurations: readonly (readonly Role[])[] = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
  ROLES.filter((_, i) => (bits & (1 << i)) !== 0),
);
const callers = [
  ['no key', undefined],
  ['an unknown key', UNKNOWN_KEY],
  ...ROLES.flatMap((role) => KEYS[role].map((key) => [`a key for ${role}`, key] as const)),
] as const;

afterAll(endLeftovers);

test('the matrix has every operation of the schema', () => {
  const schema = buildSchema(read('schema.gql'));
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}),
  );
  expect(Object.keys(OPERATIONS).sort()).toEqual(fields.sort());
  const subscriptions = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
  expect(Object.keys(SUBSCRIPTIONS).sort()).toEqual(subscriptions.sort());
});

describe.each(configurations.map((roles) => [roles.join(', ') || 'no role', roles] as const))(
  'with keys for %s',
  (_, configured) => {
    const folder = temporaryFolder();
    let server: TestServer;
    beforeAll(async () => {
      const keys = configured.map((role) => [`${role.toUpperCase()}_KEY`, KEYS[role].join(',')]);
      server = await startServer(folder, Object.fromEntries(keys) as Record<string, string>);
    });
    afterAll(async () => {
      await server.stop();
      removeFolder(folder);
    });

    describe.each(callers)('%s', (_caller, key) => {
      const headers = key === undefined ? {} : withKey(key);

      test.each(Object.entries(OPERATIONS))('%s', async (_name, [role, query]) => {
        const verdict = verdictOn(configured, role, key);
        const { status, errors } = await sendGraphql(server.url, { query }, headers);
        const codes = errors.map(({ extensions }) => String(extensions?.code));
        expect([status, codes.filter((code) => OF_KEYS.includes(code))]).toEqual([
          verdict === 'UNAUTHENTICATED' ? 401 : 200,
          verdict === 'allowed' ? [] : [verdict],
        ]);
      });

      test.each(Object.entries(SUBSCRIPTIONS))('%s', async (_name, [role, query]) => {
        const verdict = verdictOn(configured, role, key);
        const source = await subscribe(server.url, { query }, headers);
        expect(source.response.status).toBe(verdict === 'allowed' ? 200 : STATUS[verdict]);
        source.close();
      });

      test('POST /events', async () => {
        const verdict = verdictOn(configured, 'ingest', key);
        const { status, json, headers: answered } = await sendEvents(server.url, EVENTS, headers);
        expect(status).toBe(STATUS[verdict]);
        if (verdict !== 'allowed') expect(json.code).toBe(verdict);
        expect(answered.has('www-authenticate')).toBe(verdict === 'UNAUTHENTICATED');
      });

      test('POST /events, the key in the address', async () => {
        const isForIngest = (KEYS.ingest as readonly string[]).includes(key ?? '');
        const verdict =
          configured.length === 0 || (isForIngest && configured.includes('ingest'))
            ? 'allowed'
            : 'UNAUTHENTICATED';
        const query = key === undefined ? '' : `?key=${key}`;
        const { status } = await send(`${server.url}/events${query}`, {
          method: 'POST',
          headers: { 'content-type': 'text/plain;charset=UTF-8' },
          body: JSON.stringify(EVENTS),
        });
        expect(status).toBe(STATUS[verdict]);
      });

      test('GET /metrics', async () => {
        const verdict = verdictOn(configured, 'read', key);
        const { status, json } = await send(`${server.url}/metrics`, { headers });
        expect(status).toBe(verdict === 'allowed' ? 200 : STATUS[verdict]);
        if (verdict !== 'allowed') expect(json.code).toBe(verdict);
      });

      test('what is open to everyone', async () => {
        for (const path of ['/', '/health/live', '/health/ready']) {
          expect([path, (await send(`${server.url}${path}`, { headers })).status]).toEqual([
            path,
            200,
          ]);
        }
      });

      test('a key in the address of GraphQL opens nothing', async () => {
        const url = `${server.url}/graphql?key=${key ?? ''}&query={__typename}`;
        expect((await send(url)).status).toBe(configured.length === 0 ? 200 : 401);
      });
    });
  },
);

describe('a request for several fields', () => {
  const folder = temporaryFolder();
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(folder, { READ_KEY: KEYS.read[0], ADMIN_KEY: KEYS.admin[0] });
  });
  afterAll(async () => {
    await server.stop();
    removeFolder(folder);
  });

  test('is refused for those that its key does not open, each with its place', async () => {
    const query = '{ mine: popularStreams(first: 1) { totalCount } not: projections { name } }';
    const { errors, status } = await sendGraphql(server.url, { query }, withKey(KEYS.read[0]));
    expect(status).toBe(200);
    expect(errors.map(({ path, extensions }) => [path, extensions?.code])).toEqual([
      [['not'], 'FORBIDDEN'],
    ]);
  });

  test('is refused before its body is looked at, without a key', async () => {
    const answer = await send(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'no JSON at all',
    });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(answer.text).toContain('"UNAUTHENTICATED"');
  });
});
