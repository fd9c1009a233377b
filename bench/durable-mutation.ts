import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import type { Comparison } from './measure.js';

const CONNECTIONS = 64;
const ROUND_SECONDS = 4;
/** Sessions that report in turn. */
const SESSIONS = 1_000;

/** A server of its own for a benchmark; it ends with `stop`. */
export interface BenchServer {
  readonly url: string;
  /** Returns the sum of the costs that all requests were charged beyond what was known before. */
  charged(): Promise<number>;
  stop(): Promise<void>;
}

export async function startBenchServer(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const env = { ...process.env, DATA_DIR: folder, PORT: '0', HOST: '127.0.0.1', ...settings };
  const child: ChildProcess = fork(new URL('./bench-server.js', import.meta.url), { env });
  const [url] = (await once(child, 'message')) as [string];
  const charged = async (): Promise<number> => {
    const answered = once(child, 'message');
    child.send('charged');
    return ((await answered) as [number])[0];
  };
  const stop = async (): Promise<void> => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  return { url, charged, stop };
}

/** Compares a durable event a request with a resolver that does nothing, on the same server. */
export function durableMutation({ url }: BenchServer): Comparison {
  return {
    title: `One event a request, ${String(CONNECTIONS)} connections`,
    unit: 'requests/s',
    aim: 0.7,
    subject: {
      name: 'recordStreamingEvent, durable',
      run: () => load(url, 'recordStreamingEvent'),
    },
    peer: { name: 'a resolver that does nothing', run: () => load(url, 'doNothing') },
  };
}

async function load(url: string, mutation: string): Promise<number> {
  const query = `mutation ($input: StreamingEventInput!) {
    ${mutation}(input: $input) { eventId sessionId position duplicate }
  }`;
  const requests = Array.from({ length: SESSIONS }, (_, session) => ({
    method: 'POST' as const,
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input: inputOf(session) } }),
  }));
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: ROUND_SECONDS,
    requests,
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${mutation}: some requests failed`);
  return result.requests.average;
}

const inputOf = (session: number): object => ({
  mediaId: `media-${String(session % 50)}`,
  sessionId: `session-${String(session)}`,
  userId: `user-${String(session)}`,
  eventType: 'HEARTBEAT',
  duration: 10,
  bytesLoaded: 5_000_000,
  quality: '1080p',
});
