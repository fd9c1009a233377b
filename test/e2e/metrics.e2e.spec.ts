import { quotedIn, read, tableRows } from '../docs/markdown.js';
import { subscribe } from '../support/event-source.js';
import { sendGraphql } from '../support/graphql.js';
import { send, sendEvents, withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import {
  parseMetrics,
  prometheusClientFault,
  type MetricFamily,
  type Sample,
} from '../support/prometheus-client.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { noteSkipped } from '../support/test-run.js';

const KEYS = {
  ingest: 'ingest-key-0000001',
  read: 'read-key-000000001',
  admin: 'admin-key-000000001',
};
/** What is not counted ends with its unit. */
const GAUGES = /_(seconds|events|sessions|subscriptions|position|ratio|up)$/;
const EVENTS_PER_SECOND = 50;
const folder = temporaryFolder();
let server: TestServer;
let begun: number;
let families: readonly MetricFamily[];
let text: string;

const metricsWith = (key: string) => send(`${server.url}/metrics`, { headers: withKey(key) });
const samples: (name: string) => readonly Sample[] = (name) =>
  families.flatMap((family) => family.samples.filter((sample) => sample.name === name));
const labelled = (name: string): readonly (readonly [string, number])[] =>
  samples(name).map(({ labels, value }) => [Object.values(labels).join(' '), value] as const);
const total = (name: string): number => samples(name).reduce((sum, { value }) => sum + value, 0);

/** Does a little of everything, so that there is something to measure. */
async function useServer(): Promise<void> {
  const session = { mediaId: 'a-secret-film', sessionId: 's', userId: 'a-viewer' };
  const events = [
    { ...session, eventId: '1', eventType: 'SESSION_START' },
    { ...session, eventId: '2', eventType: 'HEARTBEAT', duration: 10, quality: 'Made up' },
  ];
  const ingest = withKey(KEYS.ingest);
  const first = await sendEvents(server.url, events, ingest);
  await sendEvents(server.url, events, ingest);
  await sendEvents(server.url, [events[0] ?? {}, { ...events[1], duration: -1 }], ingest);
  const readAfter = { 'read-after': String(first.json.position) };
  const ask = (query: string, headers = {}) =>
    sendGraphql(server.url, { query }, { ...withKey(KEYS.admin), ...headers });
  await ask('{ mine: bandwidthUsage(period: DAY) { totalGB } }', readAfter);
  await ask('{ popularStreams(first: 1) { totalCount } bandwidthUsage(period: DAY) { cost } }');
  await ask('{ popularStreams(first: 1000) { totalCount } }');
  await ask('{ madeUpByAClient }');
  await ask('{ __typename }');
  await ask(`mutation { reportStreamingQuality(input: { mediaId: "a-secret-film", quality: LOW,
    bufferingEvents: 0, watchTime: 1 }) { success } }`);
  await send(`${server.url}/made-up-by-a-client`);
  const document = { query: 'subscription { advanced { position } }' };
  const subscription = await subscribe(server.url, document, withKey(KEYS.read));
  await subscription.next();
  subscription.close();
  const isThere = async (name: string): Promise<boolean> =>
    (await metricsWith(KEYS.read)).text.includes(name);
  await until(() => isThere('commit_duration_seconds_c'));
  await until(() => isThere('subscriptions_ended_total{'));
  const heartbeat = { mediaId: 'a-secret-film', eventType: 'HEARTBEAT' };
  await sendEvents(server.url, Array<object>(4 * EVENTS_PER_SECOND).fill(heartbeat), ingest);
  expect((await sendEvents(server.url, [heartbeat], ingest)).status).toBe(429);
}

beforeAll(async () => {
  begun = Date.now();
  server = await startServer(folder, {
    INGEST_KEY: KEYS.ingest,
    READ_KEY: KEYS.read,
    ADMIN_KEY: KEYS.admin,
    RATE_LIMIT_EVENTS_PER_SECOND: String(EVENTS_PER_SECOND),
  });
  await useServer();
});
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

test('metrics take a read key or an admin key', async () => {
  const statusWith = async (headers: Readonly<Record<string, string>>) =>
    (await send(`${server.url}/metrics`, { headers })).status;
  expect(await statusWith({})).toBe(401);
  expect(await statusWith(withKey('nobodys-key-000001'))).toBe(401);
  expect(await statusWith(withKey(KEYS.ingest))).toBe(403);
  expect(await statusWith(withKey(KEYS.admin))).toBe(200);
  const { status, headers } = await metricsWith(KEYS.read);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
});

const fault = await prometheusClientFault();
if (fault !== undefined) {
  noteSkipped(`/metrics read by PyPI's prometheus_client (needs python3 with pip: ${fault})`);
}
const describeParsed = fault === undefined ? describe : describe.skip;

describeParsed("/metrics, read by PyPI's prometheus_client", () => {
  beforeAll(async () => {
    ({ text } = await metricsWith(KEYS.read));
    families = await parseMetrics(text);
  });

  const own = () => families.filter(({ name }) => !/^(process|nodejs)_/.test(name));

  it('has the metrics that docs/operations.md lists, with their types and labels', () => {
    const documented = tableRows(read('docs/operations.md'), 'metric').map(
      ([name = '', type = '', labels = '']) => ({
        name: quotedIn(name)[0],
        type,
        labels: quotedIn(labels).toSorted(),
      }),
    );
    const found = own().map(({ name, type, samples: [first] }) => ({
      name: type === 'counter' ? `${name}_total` : name,
      type,
      // A series that is there only while a rebuild runs.
      labels: first === undefined ? ['projection'] : Object.keys(first.labels),
    }));
    expect(found.length).toBeGreaterThan(10);
    expect(
      found.map((one) => ({ ...one, labels: one.labels.filter((name) => name !== 'le').sort() })),
    ).toEqual(documented);
    const without = own().filter((family) => family.samples.length === 0);
    expect(without.map(({ name }) => name)).toEqual([
      'playhead_projection_parked_position',
      'playhead_projection_rebuild_ratio',
    ]);
  });

  it('follows the conventions of names: a prefix, base units, a help', () => {
    for (const { name, type, help } of own()) {
      expect(name).toMatch(/^playhead(_[a-z]+)+$/);
      expect(help).not.toBe('');
      if (type !== 'counter') expect(name).toMatch(GAUGES);
      expect(name).not.toMatch(/milli|_ms|_total/);
    }
    const process = families.filter(({ name }) => name.startsWith('process_'));
    expect(process.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['process_cpu_seconds', 'process_resident_memory_bytes']),
    );
  });

  it('measures in seconds: all requests together took no longer than the test so far', () => {
    const elapsed = (Date.now() - begun) / 1_000;
    // One after the other; appends go side by side, so that only their mean says anything.
    for (const what of ['http_request', 'graphql_operation', 'projection_commit']) {
      const sum = total(`playhead_${what}_duration_seconds_sum`);
      expect(sum).toBeGreaterThan(0);
      expect(sum).toBeLessThan(elapsed);
    }
    const appends = 'playhead_append_duration_seconds';
    expect(total(`${appends}_sum`) / total(`${appends}_count`)).toBeLessThan(elapsed / 2);
  });

  it('counts events by type and by what became of them', () => {
    expect(Object.fromEntries(labelled('playhead_ingest_events_total'))).toEqual({
      'session_start accepted': 1,
      'session_start duplicate': 1,
      'session_start refused': 1,
      'heartbeat accepted': 1 + 4 * EVENTS_PER_SECOND,
      'heartbeat duplicate': 1,
      'invalid refused': 1,
      'quality_reported accepted': 1,
    });
    expect(total('playhead_ingest_unknown_labels_total')).toBe(1);
    expect(total('playhead_appends_total')).toBeGreaterThan(2);
    expect(labelled('playhead_shed_requests_total')).toEqual([
      ['overloaded', 0],
      ['lagging', 0],
      ['rate_limited', 1],
    ]);
  });

  it('counts GraphQL by the names of the schema, whatever clients call things', () => {
    expect(Object.fromEntries(labelled('playhead_graphql_operations_total'))).toEqual({
      'query bandwidthUsage OK': 1,
      'query several OK': 1,
      'subscription advanced OK': 1,
      'query popularStreams BAD_USER_INPUT': 1,
      'query introspection OK': 1,
      'none none GRAPHQL_VALIDATION_FAILED': 1,
      'mutation reportStreamingQuality OK': 1,
    });
    const routes = new Set(
      samples('playhead_http_requests_total').map(({ labels }) => labels.route),
    );
    expect([...routes].sort()).toEqual(['/events', '/graphql', '/metrics', 'none']);
    expect(text).not.toMatch(/made-?up|a-secret-film|a-viewer|mine|-key-/i);
  });

  it('says how far every projection is', () => {
    const names = ['streaming-analytics', 'bandwidth', 'popularity', 'sessions'];
    expect(labelled('playhead_projection_up')).toEqual(names.map((name) => [name, 1]));
    expect(labelled('playhead_projection_parked_events')).toEqual(names.map((name) => [name, 0]));
    expect(labelled('playhead_projection_lag_seconds').map(([name]) => name)).toEqual(names);
    const commits = labelled('playhead_projection_batch_events_count');
    expect(commits.map(([name]) => name).toSorted()).toEqual(names.toSorted());
    expect(total('playhead_read_after_wait_seconds_count')).toBeGreaterThanOrEqual(0);
  });
});
