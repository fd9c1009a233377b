import type { BenchServer } from './durable-mutation.js';
import { quantileOf, resultOf, type Result, type Round } from './measure.js';
import { ROUNDS } from './report.js';
import { atRate, record } from './steady-load.js';

/** Sessions that are under way all the time; each is heard of every ten seconds. */
const SESSIONS = 10_000;
const EVENTS_PER_REQUEST = 10;
const REQUESTS_PER_SECOND = 100;
const SUBSCRIPTIONS = 200;
const FILTERS = 20;
const ROUND_MS = 12_000;
const P99 = 0.99;

const COUNTRIES = 'AT BE BR CH DE DK ES FI FR GB IE IN IT JP NL NO PL PT SE US'.split(' ');
const DEVICES = ['PHONE', 'TV', 'DESKTOP'];

const LIVE = `subscription ($filter: [FilterInput!]) {
  live(filter: $filter) {
    viewers stalling mbps perMinute peakToday
    media { viewers media { title } } by(dimension: MEDIA) { value viewers }
  }
}`;

/** What was measured, and a sentence on it. */
export interface LiveUnderLoad {
  readonly result: Result;
  readonly summary: string;
}

/** Compares ingest with people who watch the live figures and without, in turn. */
export async function liveUnderLoad(server: BenchServer): Promise<LiveUnderLoad> {
  const players = new Players(server);
  await players.start();
  const rounds: Round[] = [];
  const alone: number[] = [];
  const watched: number[] = [];
  let results = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const withoutMs = await players.beat();
    const watching = await watch(server);
    const duringMs = await players.beat();
    const told = await watching.end();
    if (round === 0) continue;
    rounds.push({ subject: 1_000 / duringMs, peer: 1_000 / withoutMs });
    alone.push(withoutMs);
    watched.push(duringMs);
    results += told;
  }
  const compared = {
    title: `Ingest beside ${String(SUBSCRIPTIONS)} subscriptions to \`live\``,
    unit: 'requests/s at p99',
    aim: 1 / 1.3,
    subject: { name: `with them, ${String(FILTERS)} filters` },
    peer: { name: 'without' },
  };
  const perSecond = (results / ROUNDS / ROUND_MS) * 1_000;
  const ms = (all: readonly number[]): string => `${quantileOf(all, 0.5).toFixed(1)} ms`;
  const summary = [
    `${String(SESSIONS)} viewers at 1,000 events a second: the slowest 1 % of requests took`,
    `${ms(alone)} without subscriptions, ${ms(watched)} with them; these were told`,
    `${perSecond.toFixed(0)} results a second.`,
  ].join('\n');
  return { result: resultOf(compared, rounds), summary };
}

/** Players that beat at a steady pace whatever becomes of it. */
class Players {
  private next = 0;

  constructor(private readonly server: BenchServer) {}

  async start(): Promise<void> {
    while (this.next < SESSIONS) await this.send('SESSION_START', 1_000);
  }

  /** Returns the 99th percentile of the times that requests take, in milliseconds. */
  async beat(): Promise<number> {
    const end = Date.now() + ROUND_MS;
    const elapsedMs: number[] = [];
    await atRate(
      REQUESTS_PER_SECOND,
      () => Date.now() >= end,
      async () => {
        const from = performance.now();
        await this.send('HEARTBEAT', EVENTS_PER_REQUEST);
        elapsedMs.push(performance.now() - from);
      },
    );
    return quantileOf(elapsedMs, P99);
  }

  private async send(eventType: string, count: number): Promise<void> {
    const events = Array.from({ length: count }, (_, i) => {
      const session = (this.next + i) % SESSIONS;
      return {
        mediaId: `media-${String(session % 200)}`,
        sessionId: `live-${String(session)}`,
        eventType,
        ...(eventType === 'HEARTBEAT' && { duration: 10, bytesLoaded: 5_000_000 }),
        ...(eventType === 'SESSION_START' && {
          context: {
            country: COUNTRIES[session % COUNTRIES.length],
            device: DEVICES[session % DEVICES.length],
          },
        }),
      };
    });
    this.next += count;
    await record(this.server, events);
  }
}

/** Subscribes many times; `end` returns how many results were told. */
async function watch({ url }: BenchServer): Promise<{ readonly end: () => Promise<number> }> {
  const over = new AbortController();
  let results = 0;
  const readers: Promise<void>[] = [];
  for (let i = 0; i < SUBSCRIPTIONS; i += 1) {
    const anyOf = [COUNTRIES[i % FILTERS]];
    const variables = { filter: [{ dimension: 'COUNTRY', anyOf }] };
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const body = JSON.stringify({ query: LIVE, variables });
    const { signal } = over;
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body, signal });
    if (!answer.ok || answer.body === null) throw new Error(await answer.text());
    readers.push(count(answer.body, () => (results += 1)));
  }
  return {
    end: async () => {
      over.abort();
      await Promise.all(readers);
      return results;
    },
  };
}

const NEXT = Buffer.from('event: next');

/** Counts the results in a stream, until it is broken off. */
async function count(body: ReadableStream<Uint8Array>, tell: () => void): Promise<void> {
  try {
    for await (const part of body) if (Buffer.from(part).includes(NEXT)) tell();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
  }
}
