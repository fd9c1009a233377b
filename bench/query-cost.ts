import { readFileSync } from 'node:fs';
import { buildSchema, getIntrospectionQuery, parse } from 'graphql';
import { askedOperation } from '../src/api/graphql/asked-operation.js';
import { costOf } from '../src/api/graphql/query-cost.js';
import type { BenchServer } from './durable-mutation.js';
import { ask } from './history.js';

/** Requests by which it is measured how many fit into the time. */
const WARM_UP = 30;
const REQUESTS_MAX = 1_000;
/** The CPU in milliseconds over which each shape is measured, about. */
const CPU_MS = 700;
const DAY_MS = 86_400_000;

interface Shape {
  readonly name: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const STREAM =
  'node { id mediaId title thumbnail duration viewCount quality popularity createdAt }';
const pageOf = (first: number, period: string, fields: string): string =>
  `popularStreams(first: ${String(first)}, period: ${period}) { ${fields} }`;
const aliases = (count: number, field: string): string =>
  Array.from({ length: count }, (_, i) => `a${String(i)}: ${field}`).join(' ');
const analytics = (days: number): string => {
  const from = new Date(Date.now() - days * DAY_MS).toISOString();
  return `streamingAnalytics(mediaId: "media-1", from: "${from}") {
    totalViews uniqueViewers averageWatchTime bufferingEvents completionRate
    qualityDistribution { quality viewCount percentage avgBandwidth } }`;
};
const bandwidth = (period: string): string => `bandwidthUsage(period: ${period}) {
  totalGB peakMbps avgMbps cost byQuality { quality totalGB percentage }
  byHour { hour totalGB peakMbps } }`;
/** A range of whole days up to now, as an argument. */
const range = (days: number): string => {
  const [from, to] = [Date.now() - days * DAY_MS, Date.now()].map((ms) => new Date(ms));
  return `range: { from: "${from?.toISOString() ?? ''}", to: "${to?.toISOString() ?? ''}" }`;
};
const FIGURES = `figures { views uniqueViewers watchTime averageWatchTime completionRate stalls
  startupTime { p75 } bytes peakConcurrentViewers }`;
const SESSION = 'id state startedAt watchTime stalledTime media { mediaId title viewCount }';
const TITLES = `[{ dimension: MEDIA, anyOf: [${Array.from(
  { length: 10 },
  (_, i) => `"media-${String(i)}"`,
).join(', ')}] }]`;
const series = (days: number, interval: string, metrics: string): string =>
  `timeSeries(${range(days)}, interval: ${interval}, metrics: [${metrics}]) {
    at series { metric values } }`;
const batch = (events: number): Shape => ({
  name: `a batch of ${String(events)} events`,
  query: 'mutation($i: [StreamingEventInput!]!) { recordStreamingEvents(inputs: $i) { accepted } }',
  variables: {
    i: Array.from({ length: events }, (_, i) => ({
      mediaId: `media-${String(i % 50)}`,
      sessionId: `session-${String(i)}`,
      eventType: 'HEARTBEAT',
      duration: 10,
      bytesLoaded: 5_000_000,
    })),
  },
});

/** Requests to the API: small and large, for one thing and many, on figures and on itself. */
const SHAPES: readonly Shape[] = [
  { name: 'nothing', query: '{ __typename }' },
  { name: '10 pages of 1', query: `{ ${aliases(10, pageOf(1, 'WEEK', 'totalCount'))} }` },
  { name: 'a page of 20, DAY', query: `{ ${pageOf(20, 'DAY', `edges { cursor ${STREAM} }`)} }` },
  { name: 'a page of 20, HOUR', query: `{ ${pageOf(20, 'HOUR', 'totalCount')} }` },
  { name: 'a page of 100, DAY', query: `{ ${pageOf(100, 'DAY', 'totalCount')} }` },
  { name: 'a page of 100, WEEK', query: `{ ${pageOf(100, 'WEEK', 'edges { cursor }')} }` },
  { name: 'a page of 100, MONTH', query: `{ ${pageOf(100, 'MONTH', `edges { ${STREAM} }`)} }` },
  {
    name: '5 pages of 100',
    query: `{ ${aliases(5, pageOf(100, 'WEEK', `edges { ${STREAM} }`))} }`,
  },
  { name: 'counts of 50 pages', query: `{ ${aliases(50, pageOf(100, 'WEEK', 'totalCount'))} }` },
  { name: 'a day of a title', query: `{ ${analytics(1)} }` },
  { name: 'a week of a title', query: `{ ${analytics(7)} }` },
  { name: 'a month of a title', query: `{ ${analytics(30)} }` },
  { name: '10 months of a title', query: `{ ${aliases(10, analytics(30))} }` },
  { name: 'bandwidth, HOUR', query: `{ ${bandwidth('HOUR')} }` },
  { name: 'bandwidth, DAY', query: `{ ${bandwidth('DAY')} }` },
  { name: 'bandwidth, WEEK', query: `{ ${bandwidth('WEEK')} }` },
  { name: 'bandwidth, MONTH', query: `{ ${bandwidth('MONTH')} }` },
  {
    name: 'all at once',
    query: `{ ${pageOf(20, 'WEEK', `edges { ${STREAM} }`)} ${analytics(7)} ${bandwidth('DAY')} }`,
  },
  { name: 'figures of a day', query: `{ figures(${range(1)}) { ${FIGURES} } }` },
  { name: 'figures of a month', query: `{ figures(${range(30)}) { ${FIGURES} } }` },
  {
    name: 'figures of 10 titles',
    query: `{ figures(${range(30)}, filter: ${TITLES}) { ${FIGURES} } }`,
  },
  { name: 'a series of a day', query: `{ ${series(1, 'HOUR', 'VIEWS')} }` },
  { name: 'a series of days', query: `{ ${series(30, 'DAY', 'VIEWS, UNIQUE_VIEWERS')} }` },
  {
    name: 'a series of hours',
    query: `{ ${series(30, 'HOUR', 'VIEWS, BYTES, STARTUP_P75, CONCURRENT_VIEWERS_PEAK')} }`,
  },
  {
    name: 'a table of titles',
    query: `{ breakdown(${range(7)}, by: MEDIA, first: 20) { totalCount
      edges { node { value label share ${FIGURES} } } } }`,
  },
  {
    name: 'a table of qualities',
    query: `{ breakdown(${range(30)}, by: QUALITY, first: 10) {
      edges { node { value share ${FIGURES} } } } }`,
  },
  {
    name: 'retention of a title',
    query: `{ retention(mediaId: "media-1", ${range(30)}) { views audience plays } }`,
  },
  {
    name: 'delivery of a day',
    query: `{ delivery(${range(1)}, interval: HOUR) { at byQuality { bytes } } }`,
  },
  {
    name: 'delivery of a month',
    query: `{ delivery(${range(30)}, interval: DAY) { at byQuality { bytes } } }`,
  },
  {
    name: 'a page of 20 sessions',
    query: `{ sessions(${range(30)}, first: 20) { edges { node { ${SESSION} } } } }`,
  },
  {
    name: 'a page of 100 sessions',
    query: `{ sessions(${range(30)}, first: 100, orderBy: WATCH_TIME) {
      edges { node { ${SESSION} } } } }`,
  },
  {
    name: 'timelines of 10 sessions',
    query: `{ sessions(${range(30)}, first: 10) {
      edges { node { id timeline(first: 100) { totalCount } } } } }`,
  },
  batch(1),
  batch(100),
  batch(1_000),
  // The sessions of the batches are live now.
  { name: 'who watches', query: '{ live { viewers stalling mbps perMinute peakToday } }' },
  {
    name: 'who watches what, where',
    query: `{ live { viewers media(first: 20) { viewers media { mediaId title viewCount } }
      by(dimension: COUNTRY, first: 20) { value viewers } } }`,
  },
  { name: 'a title', query: '{ media(mediaId: "media-1") { mediaId title viewCount } }' },
  {
    name: 'a list of 20 titles',
    query: `{ mediaList(first: 20) { edges { ${STREAM} } } }`,
  },
  {
    name: 'a search of titles',
    query: `{ mediaList(search: "media-1", first: 100) { totalCount edges { cursor } } }`,
  },
  { name: 'the read models', query: '{ projections { name state lagSeconds parkedEvents } }' },
  { name: 'the schema', query: getIntrospectionQuery() },
];

/** Makes the shape of a request for one session, which has to be one of the server's. */
async function oneSession(server: BenchServer): Promise<Shape> {
  const first = `{ sessions(${range(30)}, first: 1) { edges { node { id } } } }`;
  const { sessions } = (await ask(server, first)) as {
    readonly sessions: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
  };
  const id = JSON.stringify(sessions.edges[0]?.node.id);
  const timeline = 'timeline(first: 100) { totalCount edges { cursor } }';
  return {
    name: 'a session, its timeline',
    query: `{ session(id: ${id}) { ${SESSION} ${timeline} } }`,
  };
}

interface Priced {
  readonly name: string;
  readonly cost: number;
  readonly cpuMs: number;
}

/** Says how near an operation's cost is to its work, in units a millisecond of CPU. */
export async function queryCosts(server: BenchServer): Promise<string> {
  const schema = buildSchema(readFileSync('schema.gql', 'utf8'));
  const priced: Priced[] = [];
  for (const { name, query, variables = {} } of [...SHAPES, await oneSession(server)]) {
    const asked = askedOperation(parse(query), { variables });
    if (asked === undefined) throw new Error(`${name}: no operation`);
    const { cost } = costOf(asked, schema, Date.now());
    const { cpuMs, charged } = await workOf(server, { query, variables });
    priced.push({ name, cost: cost + charged, cpuMs });
  }
  const rates = priced.map(({ cost, cpuMs }) => cost / cpuMs);
  const rows = priced.map(({ name, cost, cpuMs }) => [
    name.padEnd(24),
    `cost ${cost.toFixed(1).padStart(8)}`,
    `CPU ${cpuMs.toFixed(2).padStart(7)} ms`,
    `${(cost / cpuMs).toFixed(1).padStart(5)} units a ms`,
  ]);
  const spread = Math.max(...rates) / Math.min(...rates);
  const summary = `Cheapest to dearest millisecond: ${spread.toFixed(1)} times (aim: 3)`;
  return [...rows.map((row) => row.join('  ')), summary].join('\n');
}

/** The work for one of many equal requests. */
interface Work {
  /** The CPU in milliseconds that the server takes. */
  readonly cpuMs: number;
  /** The cost that the request is charged meanwhile, once the number of what it reads is known. */
  readonly charged: number;
}

async function workOf(server: BenchServer, request: object): Promise<Work> {
  const body = JSON.stringify(request);
  const send = async (times: number): Promise<Work> => {
    const before = { cpu: await cpuSeconds(server), charged: await server.charged() };
    for (let i = 0; i < times; i += 1) await post(server, body);
    const cpuMs = ((await cpuSeconds(server)) - before.cpu) * 1_000;
    return { cpuMs, charged: (await server.charged()) - before.charged };
  };
  const first = await send(WARM_UP);
  const times = Math.ceil(Math.min(REQUESTS_MAX, (CPU_MS * WARM_UP) / Math.max(first.cpuMs, 1)));
  const { cpuMs, charged } = await send(times);
  return { cpuMs: cpuMs / times, charged: charged / times };
}

async function post({ url }: BenchServer, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  const { errors } = (await answer.json()) as { errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
}

async function cpuSeconds({ url }: BenchServer): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^\w*process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}
