import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { EventStoreDbEventStore } from '../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { PositionTokens } from '../src/api/position-tokens.js';
import { eventsAt, readModelsAt, type RemoteLog } from '../test/support/distributed.js';
import { DoubleProcess } from '../test/support/eventstoredb/double-process.js';
import { until } from '../test/support/polling.js';
import {
  endLeftovers,
  startServer,
  type Environment,
  type TestServer,
} from '../test/support/server.js';
import { Crowd } from './crowd.js';
import { ask } from './history.js';
import { quantileOf } from './measure.js';
import { withMongo } from './mongodb.js';
import { Report } from './report.js';
import { inTemporaryFolder } from './temporary-folder.js';

/**
 * The numbers of nodes. Says whether nodes project what they take in at their full rate: as servers
 * do, each in a process of its own, on the double of EventStoreDB behind a relay that compresses.
 */
const NODES = [1, 2, 3];
/** A round takes half a minute for each row, and draining comes on top. */
const ROUNDS = 3;
const INGEST_MS = 10_000;
const EVENTS_PER_REQUEST = 50;
const CLIENTS_PER_NODE = 6;
const PREFIX = 'bench-';
const FRESHNESS = '{ freshness { position } }';

const NOTES = [
  `${String(INGEST_MS / 1_000)} s of ${String(EVENTS_PER_REQUEST)} events a request from ` +
    `${String(CLIENTS_PER_NODE)} clients a node that wait for each answer; medians of`,
  `${String(ROUNDS)} rounds, the worst in brackets. Projected is what the hindmost node serves`,
  'when the last answer is there, as a share of the log; drained, when each serves all of it.',
  'On embedded read models each node folds for itself; on MongoDB one folds for all.',
  '',
  "The double's ceiling is what a bare reader has read by the same moment: in runs in turn with",
  'the others it pages through the same relay with the successor of the client, as the projector',
  'does, and does nothing with what comes. Beside it is what the nodes projected in these runs.',
  'The double and its relay share one thread, for appends and all reads: a server has more.',
  'Aim: at least 90 % projected, or beside the bare reader as much as it has read.',
];
const COLUMNS = [
  ...['read models', 'nodes', 'ingested', 'projected', 'drained in'],
  ...['beside a bare reader', 'which has read'],
];

/** The place where nodes keep read models. */
interface ReadModels {
  readonly name: string;
  readonly environment: Environment;
  /** Removes the read models outside of the nodes' folders. */
  readonly clear: () => Promise<void>;
}

/** The outcome of a time of full ingest. */
interface Outcome {
  /** Events a second. */
  readonly ingest: number;
  /** The projected share of the log when the load stopped. */
  readonly projected: number;
  readonly read: number;
  readonly drainSeconds: number;
}

async function measure(nodes: number, readModels: ReadModels): Promise<string> {
  const alone: Outcome[] = [];
  const besideReader: Outcome[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(await run(nodes, readModels, false));
    besideReader.push(await run(nodes, readModels, true));
  }
  const ingest = median(alone.map((one) => one.ingest));
  const drains = alone.map((one) => one.drainSeconds);
  const cells = [
    readModels.name,
    String(nodes),
    `${Math.round(ingest).toLocaleString('en')} events/s`,
    shareOf(alone.map((one) => one.projected)),
    `${median(drains).toFixed(1)} s (${Math.max(...drains).toFixed(1)})`,
    shareOf(besideReader.map((one) => one.projected)),
    shareOf(besideReader.map((one) => one.read)),
  ];
  const row = `| ${cells.join(' | ')} |`;
  process.stdout.write(`${row}\n`);
  return row;
}

/** Runs new nodes on a new log at full ingest for a while, perhaps with a bare reader beside. */
async function run(nodes: number, readModels: ReadModels, hasReader: boolean): Promise<Outcome> {
  const double = await DoubleProcess.start();
  const log = { url: await double.relay(), prefix: PREFIX };
  const store = await EventStoreDbEventStore.open({ url: double.url, prefix: PREFIX });
  try {
    return await inTemporaryFolder(async (folder) => {
      const environment = { ...eventsAt(log), ...readModels.environment };
      const servers = await startNodes(nodes, folder, environment);
      const reader = hasReader ? await BareReader.start(log) : undefined;
      const outcome = await ingest(servers, store, reader);
      reader?.stop();
      await Promise.all(servers.map((server) => server.stop()));
      return outcome;
    });
  } finally {
    await endLeftovers();
    await readModels.clear();
    await store.close();
    await double.stop();
  }
}

async function startNodes(
  nodes: number,
  folder: string,
  environment: Environment,
): Promise<readonly TestServer[]> {
  const servers: TestServer[] = [];
  for (let node = 0; node < nodes; node += 1) {
    servers.push(await startServer(join(folder, String(node)), environment));
  }
  for (const { url } of servers) {
    await until(async () => (await fetch(`${url}/health/ready`)).status === 200);
  }
  return servers;
}

async function ingest(
  servers: readonly TestServer[],
  store: EventStoreDbEventStore,
  reader: BareReader | undefined,
): Promise<Outcome> {
  const crowd = new Crowd({
    urls: servers.map(({ url }) => url),
    eventsPerRequest: EVENTS_PER_REQUEST,
    clients: CLIENTS_PER_NODE * servers.length,
    durationMs: INGEST_MS,
  });
  const { goodput, shed } = await crowd.waitForAnswers();
  const stoppedAt = performance.now();
  if (shed > 0) throw new Error('a node has refused events');
  const [projected, read] = await Promise.all([hindmost(servers), reader?.position() ?? 0]);
  const head = await store.head();
  await until(async () => (await hindmost(servers)) >= head);
  const drainSeconds = (performance.now() - stoppedAt) / 1_000;
  return { ingest: goodput, projected: projected / head, read: read / head, drainSeconds };
}

/** Returns the position up to which every node serves the log. */
const hindmost = async (servers: readonly TestServer[]): Promise<number> =>
  Math.min(...(await Promise.all(servers.map(servedBy))));

async function servedBy(server: TestServer): Promise<number> {
  const { freshness } = (await ask(server, FRESHNESS)) as { freshness: { position: string } };
  return new PositionTokens(freshness.position).decode(freshness.position);
}

/** A process of its own that runs `bare-reader.ts`. */
class BareReader {
  private constructor(private readonly child: ReturnType<typeof fork>) {}

  static async start({ url, prefix }: RemoteLog): Promise<BareReader> {
    const child = fork(new URL('./bare-reader.js', import.meta.url), [url, prefix]);
    await once(child, 'message');
    return new BareReader(child);
  }

  /** Returns the position that the reader has read up to. */
  async position(): Promise<number> {
    const answer = once(this.child, 'message');
    this.child.send('position');
    return ((await answer) as [number])[0];
  }

  stop(): void {
    this.child.disconnect();
  }
}

/** Writes the median of some shares, and the least of them. */
const shareOf = (shares: readonly number[]): string =>
  [`${(100 * median(shares)).toFixed(1)} %`, `(${(100 * Math.min(...shares)).toFixed(1)})`].join(
    ' ',
  );

const median = (values: readonly number[]): number => quantileOf(values, 0.5);

/** Runs work with a database whose contents last for one run. */
async function withReadModelsInMongo(
  work: (readModels: ReadModels) => Promise<void>,
): Promise<void> {
  await withMongo(async (url) => {
    const client = await MongoClient.connect(url);
    const clear = async (): Promise<void> => {
      await client.db().dropDatabase();
    };
    await clear();
    await work({ name: 'MongoDB', environment: readModelsAt(url), clear });
    await client.close();
  });
}

const report = new Report('Nodes that keep up', 'npm run bench:nodes', NOTES);
const rows: string[] = [];
const measureAll = async (readModels: ReadModels): Promise<void> => {
  for (const nodes of NODES) rows.push(await measure(nodes, readModels));
};
await measureAll({ name: 'embedded', environment: {}, clear: () => Promise.resolve() });
await withReadModelsInMongo(measureAll);
const head = [COLUMNS, COLUMNS.map((_, i) => (i === 0 ? '---' : '---:'))];
report.note([...head.map((cells) => `| ${cells.join(' | ')} |`), ...rows].join('\n'));
report.writeIfAsked();
