import { readFileSync } from 'node:fs';
import { buildSchema, getIntrospectionQuery, parse } from 'graphql';
import { askedOperation } from '../src/api/graphql/asked-operation.js';
import { costOf } from '../src/api/graphql/query-cost.js';
import type { BenchServer } from './durable-mutation.js';

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
  { name: 'the read models', query: '{ projections { name state lagSeconds parkedEvents } }' },
  { name: 'the schema', query: getIntrospectionQuery() },
  batch(1),
  batch(100),
  batch(1_000),
];

interface Priced {
  readonly name: string;
  readonly cost: number;
  readonly cpuMs: number;
}

/** Says how near an operation's cost is to its work, in units a millisecond of CPU. */
export async function queryCosts(server: BenchServer): Promise<string> {
  const schema = buildSchema(readFileSync('schema.gql', 'utf8'));
  const priced: Priced[] = [];
  for (const { name, query, variables = {} } of SHAPES) {
    const asked = askedOperation(parse(query), { variables });
    if (asked === undefined) throw new Error(`${name}: no operation`);
    const { cost } = costOf(asked, schema, Date.now());
    priced.push({ name, cost, cpuMs: await cpuOf(server, { query, variables }) });
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

/** Returns the CPU in milliseconds that the server takes for one of many equal requests. */
async function cpuOf(server: BenchServer, request: object): Promise<number> {
  const body = JSON.stringify(request);
  const send = async (times: number): Promise<number> => {
    const before = await cpuSeconds(server);
    for (let i = 0; i < times; i += 1) await post(server, body);
    return ((await cpuSeconds(server)) - before) * 1_000;
  };
  const first = await send(WARM_UP);
  const times = Math.ceil(Math.min(REQUESTS_MAX, (CPU_MS * WARM_UP) / Math.max(first, 1)));
  return (await send(times)) / times;
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
