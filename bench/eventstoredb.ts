import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, NO_STREAM as NEW } from '@eventstore/db-client';
import { EventStoreDbEventStore } from '../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { NO_STREAM, type StreamAppend } from '../src/ports/event-store.js';
import { DoubleProcess } from '../test/support/eventstoredb/double-process.js';
import { audience } from './audience.js';
import { rateOf, type Comparison } from './measure.js';
import { Report } from './report.js';

/**
 * Compares the adapter of EventStoreDB with its client: on the server that EVENTSTORE_URL names,
 * else on the double, which shows what the adapter adds but not what a server takes.
 */
const CALLERS = 64;
const SEED = 3;
const EVENTS_TO_READ = 30_000;
/** The projector reads such pages too. */
const PAGE_EVENTS = 5_000;

const DOUBLE_NOTES = [
  'The double keeps its log in memory, in a process of its own: what a server adds is missing on',
  'both sides, so the ratios are those of the client side alone. The successor reads by a relay',
  'that compresses each message for clients that offer it, as a server does: both take most',
  'of the time, so that a real server shows a larger ratio.',
];

const double = process.env.EVENTSTORE_URL === undefined ? await DoubleProcess.start() : undefined;
const url = process.env.EVENTSTORE_URL ?? double?.url ?? '';
/** The address at which reads are served as a server serves them. */
const served = (await double?.relay()) ?? url;
/** The prefix of all streams of one run. */
const everybody = `bench-${randomUUID()}-`;
const prefix = `${everybody}ours-`;
const store = await EventStoreDbEventStore.open({ url, prefix });
const client = EventStoreDBClient.connectionString(url);

/** Makes appends to new streams, each with a number of events; each run has names of its own. */
function appendsOf(count: number, eventsEach: number, whose = prefix): readonly StreamAppend[] {
  const events = audience(count * eventsEach, SEED).flatMap((append) => append.events);
  return Array.from({ length: count }, (_, i) => ({
    stream: `${whose}${randomUUID()}`,
    expectedRevision: NO_STREAM,
    events: events
      .slice(i * eventsEach, (i + 1) * eventsEach)
      .map((event) => ({ ...event, id: randomUUID() })),
  }));
}

/** Keeps CALLERS callers busy until all is appended. */
async function appendAll(
  appends: readonly StreamAppend[],
  appendOne: (append: StreamAppend) => Promise<unknown>,
): Promise<void> {
  const queue = appends.values();
  const caller = async (): Promise<void> => {
    for (const append of queue) await appendOne(append);
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

async function appendByStore(append: StreamAppend): Promise<void> {
  const [outcome] = await store.append([append]);
  if (outcome?.kind !== 'appended') throw new Error('an append failed');
}

async function appendByClient({ stream, events }: StreamAppend): Promise<void> {
  const proposed = events.map(({ id, type, data, recordedAt, version }) =>
    jsonEvent({ id, type, data, metadata: { recordedAt, schemaVersion: version } }),
  );
  await client.appendToStream(stream, proposed, { expectedRevision: NEW, requiresLeader: true });
}

function appending(count: number, eventsEach: number): Comparison {
  const run = (appendOne: (append: StreamAppend) => Promise<void>) => (): Promise<number> => {
    const appends = appendsOf(count, eventsEach);
    return rateOf(count * eventsEach, () => appendAll(appends, appendOne));
  };
  return {
    title: `Appends of ${String(eventsEach)}, ${String(CALLERS)} at once`,
    unit: 'events/s',
    aim: 0.9,
    subject: { name: 'adapter', run: run(appendByStore) },
    peer: { name: 'appendToStream', run: run(appendByClient) },
  };
}

async function readByClient(start: number): Promise<void> {
  const fromPosition = { commit: BigInt(start), prepare: BigInt(start) };
  for await (const { event } of client.readAll({ fromPosition, requiresLeader: true })) {
    if (event === undefined) throw new Error('an event is missing');
  }
}

async function readPages(log: EventStoreDbEventStore, start: number): Promise<void> {
  let position = start;
  for (let isEnd = false; !isEnd;) {
    const page = await log.readAll(position, PAGE_EVENTS);
    position = page.scanned;
    isEnd = page.isEnd;
  }
}

function reading(start: number): Comparison {
  return {
    title: 'Catch-up reading, by the client',
    unit: 'events/s',
    aim: 0.9,
    subject: { name: 'adapter', run: () => rateOf(EVENTS_TO_READ, () => readPages(store, start)) },
    peer: { name: 'readAll', run: () => rateOf(EVENTS_TO_READ, () => readByClient(start)) },
  };
}

/** Opens a store that reads pages by the successor of the client, and in no other way. */
function openForBulk(whose: string): Promise<EventStoreDbEventStore> {
  const onSlow = (reason: string): void => {
    throw new Error(`the successor does not read: ${reason}`);
  };
  return EventStoreDbEventStore.open({ url: served, prefix: whose, bulk: { onSlow } });
}

async function measureSuccessor(start: number): Promise<void> {
  const bulk = await openForBulk(prefix);
  const byClient = await EventStoreDbEventStore.open({ url: served, prefix });
  const rate = (log: EventStoreDbEventStore) => (): Promise<number> =>
    rateOf(EVENTS_TO_READ, () => readPages(log, start));
  await report.measure({
    title: "Catch-up reading, by the client's successor",
    unit: 'events/s',
    aim: 2,
    subject: { name: 'the successor', run: rate(bulk) },
    peer: { name: 'the client', run: rate(byClient) },
  });
  await byClient.close();
  await bulk.close();
}

/** Measures reads of a log in which one event in ten is ours. */
async function measureFilter(): Promise<void> {
  const start = await store.head();
  for (let i = 0; i < EVENTS_TO_READ / 1_000; i += 1) {
    await appendAll(appendsOf(9, 100, `${everybody}others-`), appendByStore);
    await appendAll(appendsOf(1, 100), appendByStore);
  }
  const filtered = await openForBulk(prefix);
  const whole = await openForBulk(everybody);
  const rate = (log: EventStoreDbEventStore) => (): Promise<number> =>
    rateOf(EVENTS_TO_READ / 10, () => readPages(log, start));
  await report.measure({
    title: 'Catch-up reading of a shared log, one event in ten ours',
    unit: 'of ours/s',
    aim: 2,
    subject: { name: 'filtered by the server', run: rate(filtered) },
    peer: { name: 'reading all', run: rate(whole) },
  });
  await filtered.close();
  await whole.close();
}

const place = double === undefined ? 'EVENTSTORE_URL' : 'the double';
process.stdout.write(`On ${place}\n\n`);
const report = new Report('Events in EventStoreDB', 'npm run bench:eventstoredb', [
  `Measured on ${place}.`,
  ...(double === undefined ? [] : DOUBLE_NOTES),
]);
await report.measure(appending(5_000, 1));
await report.measure(appending(400, 50));
// Reads begin at the head, so that earlier appends stay out of them.
const start = await store.head();
await appendAll(appendsOf(EVENTS_TO_READ / 100, 100), appendByStore);
await report.measure(reading(start));
await measureSuccessor(start);
await measureFilter();
report.writeIfAsked();
await store.close();
await client.dispose();
await double?.stop();
