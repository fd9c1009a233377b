import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDbEventStore } from '../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { MongoConnection } from '../../src/adapters/read-model/mongodb/mongo-connection.js';
import { MongoReadModelReader } from '../../src/adapters/read-model/mongodb/mongo-read-model-reader.js';
import { LOG_START, type EventStore, type StoredEvent } from '../../src/ports/event-store.js';
import { until } from './polling.js';
import { contentsOf, recomputed, VERSIONS, type Contents } from './recomputation.js';
import { startServer, type Environment, type TestServer } from './server.js';

/** The key of viewer ids that the nodes of a test share. */
export const VIEWER_SECRET = 'a secret that all nodes share';

/** More than any log of a test has. */
const EVENTS_MAX = 1_000_000;
/** The most lines that are shown of what a node told, when it is never ready. */
const LINES_TOLD = 40;

/** A log in EventStoreDB: the server, and what its streams begin with. */
export interface RemoteLog {
  readonly url: string;
  readonly prefix: string;
}

/** The settings of a node that keeps its events there. */
export const eventsAt = ({ url, prefix }: RemoteLog): Environment => ({
  EVENTSTORE_URL: url,
  EVENTSTORE_PREFIX: prefix,
  VIEWER_SECRET,
});

/** The settings of a node that keeps its read models there. */
export const readModelsAt = (url: string): Environment => ({ MONGODB_URL: url });

/**
 * Starts a node that keeps nothing of its own, from another build if one is named; its data folder
 * must not come into being.
 */
export async function startNode(environment: Environment, main?: string): Promise<TestServer> {
  const dataDir = join(tmpdir(), `playhead-node-${randomUUID()}`);
  const server = await startServer(dataDir, environment, main);
  if (existsSync(dataDir)) throw new Error('the node made a data folder');
  return server;
}

/** Waits until a node says that it is ready; if it never does, shows how it stands. */
export async function untilReady({ url, process }: TestServer): Promise<void> {
  let text = '';
  const isReady = async (): Promise<boolean> => {
    const answer = await fetch(`${url}/health/ready`);
    text = await answer.text();
    return answer.status === 200;
  };
  await until(isReady).catch((error: unknown) => {
    const told = process.stdout.slice(-LINES_TOLD).join('\n');
    throw new Error(`${text}\n${told}`, { cause: error });
  });
}

/** Every event of a log. */
export const eventsIn = (log: RemoteLog): Promise<readonly StoredEvent[]> =>
  withLog(log, async (store) => (await store.readAll(LOG_START, EVENTS_MAX)).events);

/** What the read models of a log should hold: it is folded in one pass, in memory. */
export const recomputedFrom = (log: RemoteLog): Promise<Contents> => withLog(log, recomputed);

/** What the read models in a database hold, whether servers are at work there or not. */
export async function contentsAt(mongodbUrl: string): Promise<Contents> {
  const reader = new MongoReadModelReader(await MongoConnection.open(mongodbUrl), VERSIONS);
  try {
    return await contentsOf(reader);
  } finally {
    await reader.close();
  }
}

async function withLog<Result>(
  log: RemoteLog,
  work: (store: EventStore) => Promise<Result>,
): Promise<Result> {
  const store = await EventStoreDbEventStore.open(log);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
