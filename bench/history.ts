import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedEventStore } from '../src/adapters/event-store/embedded/embedded-event-store.js';
import { audience, EVENTS_PER_SESSION } from './audience.js';
import { startBenchServer, type BenchServer } from './durable-mutation.js';
import { typicalRateOf, type Comparison } from './measure.js';

/** Events that the log is given at once, which bounds the memory that they take. */
const PART = 100_000;
const SEED = 5;
const LOOK_MS = 200;
/** Queries of each kind in a round, one after the other. */
const QUERIES = 100;

/** The three queries of the API; a query about one title asks for the most popular one. */
export const QUESTIONS: Readonly<Record<string, string>> = {
  streamingAnalytics: `{ streamingAnalytics(mediaId: "media-1") { totalViews uniqueViewers
    averageWatchTime bufferingEvents completionRate
    qualityDistribution { quality viewCount percentage avgBandwidth } } }`,
  popularStreams: `{ popularStreams(first: 20) { totalCount pageInfo { hasNextPage }
    edges { cursor node { id title viewCount quality popularity createdAt } } } }`,
  bandwidthUsage: `{ bandwidthUsage(period: WEEK) { totalGB peakMbps avgMbps cost
    byQuality { quality totalGB percentage } byHour { hour totalGB peakMbps } } }`,
};

/** Starts a server on a history of events, by default of a day, all of them folded. */
export async function serverWith(
  events: number,
  folder: string,
  hours?: number,
): Promise<BenchServer> {
  // A first start gives the log its identity.
  await (await startBenchServer(folder)).stop();
  const store = await EmbeddedEventStore.open(join(folder, 'events.db'));
  for (let from = 0; from < events; from += PART) {
    const part = Math.min(PART, events - from);
    await store.append(audience(part, SEED + from, from / EVENTS_PER_SESSION, hours));
  }
  await store.close();
  const server = await startBenchServer(folder);
  while ((await fetch(`${server.url}/health/ready`)).status !== 200) await pause(LOOK_MS);
  return server;
}

/** Asks a server; throws an Error if it does not answer with data alone. */
export async function ask({ url }: { readonly url: string }, query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query });
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  const { data, errors } = (await answer.json()) as { data?: unknown; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

/** Compares the cost of a query on a long history with that on a short one. */
export function askedOf(name: string, long: BenchServer, short: BenchServer): Comparison {
  const query = QUESTIONS[name] ?? '';
  const typicalRate = (server: BenchServer): Promise<number> =>
    typicalRateOf(QUERIES, async () => {
      await ask(server, query);
    });
  return {
    title: `${name}, one query at a time`,
    unit: 'queries/s at p50',
    aim: 1 / 1.3,
    subject: { name: 'a million events', run: () => typicalRate(long) },
    peer: { name: 'ten thousand events', run: () => typicalRate(short) },
  };
}
