import { Agent, request } from 'node:http';
import { Crowd } from './crowd.js';
import type { BenchServer } from './durable-mutation.js';
import type { Comparison } from './measure.js';

const ROUND_MS = 3_000;
const EVENTS_PER_REQUEST = 100;
/** Clients of others, which wait for each answer. */
const CLIENTS = 16;
/** Pages that send their whole queue again at every event, over a browser's connections each. */
const PAGES = 8;
const CONNECTIONS_OF_A_PAGE = 6;
const EVENT_EVERY_MS = 200;
/** A page has played for some minutes by then; the queue does not grow further. */
const QUEUE_MAX = 200;
/** Players that were cut off together, and come back together once a second. */
const PLAYERS = 1_000;
const BACK_EVERY_MS = 1_000;
const MIB = 2 ** 20;

/** A server that has keys. */
export interface KeyedServer extends BenchServer {
  /** The key of players. */
  readonly key: string;
  readonly adminKey: string;
}

/** A key that the server took until lately. */
const REVOKED_KEY = 'key-of-the-storms-0';
/** A request that takes longer ends the bench: a storm must not hang it. */
const ANSWER_MS_MAX = 15_000;

/** What a storm sends until it is over; returns how many requests were answered. */
type Storm = (isOver: () => boolean) => Promise<number>;

export interface Storms {
  readonly comparisons: readonly Comparison[];
  /** The findings, in sentences. */
  readonly summary: () => string;
}

/**
 * Compares what others get stored during a storm with what they get stored without one. Clients
 * that wait for each answer are the others; storms come from players as they ship.
 */
export function storms(server: KeyedServer): Storms {
  const crowd = new Crowd({
    urls: [server.url],
    eventsPerRequest: EVENTS_PER_REQUEST,
    clients: CLIENTS,
    durationMs: ROUND_MS,
    key: server.key,
  });
  const answered = new Map<string, number>();
  const memory = { before: 0, most: 0 };
  const comparisons = Object.entries(stormsOn(server)).map(([title, storm]) => {
    const run = async (): Promise<number> => {
      memory.before ||= await residentBytes(server);
      let isOver = false;
      const waiting = crowd.waitForAnswers().finally(() => {
        isOver = true;
      });
      // Both are awaited: whichever fails, the other ends as well.
      const [requests, { goodput }] = await Promise.all([storm(() => isOver), waiting]);
      answered.set(title, (requests * 1_000) / ROUND_MS);
      memory.most = Math.max(memory.most, await residentBytes(server));
      return goodput;
    };
    return {
      ...{ title: `Stored during a storm: ${title}`, unit: 'events/s', aim: 0.5 },
      subject: { name: 'others during the storm', run },
      peer: {
        name: `the same ${String(CLIENTS)} clients without it`,
        run: async () => (await crowd.waitForAnswers()).goodput,
      },
    };
  });
  return { comparisons, summary: () => summaryOf(answered, memory) };
}

const stormsOn = ({ url, key }: KeyedServer): Readonly<Record<string, Storm>> => ({
  'pages whose key was revoked': pagesOf(url, REVOKED_KEY, 401),
  'pages that send their queue again': pagesOf(url, key, 204),
  [`${String(PLAYERS)} players that come back at once`]: (isOver) => backAtOnce(url, key, isOver),
});

const pagesOf =
  (url: string, key: string, status: number): Storm =>
  async (isOver) => {
    const pages = Array.from({ length: PAGES }, (_, page) =>
      pageOf(`${url}/cmcd?key=${key}`, `storm-${String(page)}`, { status, isOver }),
    );
    return (await Promise.all(pages)).reduce((sum, count) => sum + count, 0);
  };

/** dash.js takes a failure for a reason to send its whole queue, one post each, at every event. */
async function pageOf(
  url: string,
  session: string,
  storm: { readonly status: number; readonly isOver: () => boolean },
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_OF_A_PAGE });
  const startedAt = Date.now() - QUEUE_MAX * EVENT_EVERY_MS;
  const queue = Array.from({ length: QUEUE_MAX }, (_, number) =>
    lineOf(session, number, startedAt + number * EVENT_EVERY_MS),
  );
  let answered = 0;
  const headers = { 'content-type': 'application/cmcd' };
  while (!storm.isOver()) {
    const begin = Date.now();
    const left = [...queue];
    const connection = async (): Promise<void> => {
      for (let body = left.shift(); body !== undefined; body = left.shift()) {
        if (storm.isOver()) return;
        const status = await post(url, { agent, headers, body });
        // What is refused for the time being is what a storm may be answered with, too.
        const isExpected = [storm.status, 429, 503].includes(status);
        if (!isExpected) throw new Error(`a storm was answered ${String(status)}`);
        answered += 1;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS_OF_A_PAGE }, connection));
    await pause(EVENT_EVERY_MS - (Date.now() - begin));
  }
  agent.destroy();
  return answered;
}

function lineOf(session: string, number: number, at: number): string {
  const event = number < 2 ? 'ps' : 't';
  const state = number === 0 ? 's' : 'p';
  return (
    `br=(1552),cid="media-1",e=${event},sid="${session}",sn=${String(number)},` +
    `sta=${state},ts=${String(at)},v=2\n`
  );
}

/** Each player opens a connection of its own, and sends what it has kept. */
async function backAtOnce(url: string, key: string, isOver: () => boolean): Promise<number> {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    connection: 'close',
  };
  let answered = 0;
  for (let round = 0; !isOver(); round += 1) {
    const begin = Date.now();
    const players = Array.from({ length: PLAYERS }, async (_, player) => {
      const body = JSON.stringify({
        ...{ mediaId: 'media-1', sessionId: `back-${String(player)}`, eventId: String(round) },
        ...{ eventType: 'HEARTBEAT', duration: 1 },
      });
      const status = await post(`${url}/events`, { agent: false, headers, body });
      if (![202, 503].includes(status)) throw new Error(`answered ${String(status)}`);
      answered += 1;
    });
    await Promise.all(players);
    await pause(BACK_EVERY_MS - (Date.now() - begin));
  }
  return answered;
}

interface Post {
  readonly agent: Agent | false;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const post = (url: string, { agent, headers, body }: Post): Promise<number> =>
  new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    sending.on('error', reject);
    sending.setTimeout(ANSWER_MS_MAX, () => sending.destroy(new Error('no answer to a storm')));
    sending.end(body);
  });

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

async function residentBytes({ url, adminKey }: KeyedServer): Promise<number> {
  const answer = await fetch(`${url}/metrics`, {
    headers: { authorization: `Bearer ${adminKey}` },
  });
  const [, bytes] = /^process_resident_memory_bytes (\S+)$/m.exec(await answer.text()) ?? [];
  if (bytes === undefined) throw new Error('the server does not tell its memory');
  return Number(bytes);
}

function summaryOf(
  answered: ReadonlyMap<string, number>,
  { before, most }: { readonly before: number; readonly most: number },
): string {
  const rates = [...answered].map(([title, rate]) => `${title} ${rate.toFixed(0)}`);
  return (
    `Requests of storms that were answered, a second: ${rates.join('; ')}.\n` +
    `Resident memory of the server: ${(before / MIB).toFixed(0)} MiB before the first storm, ` +
    `${(most / MIB).toFixed(0)} MiB at most after one.`
  );
}
