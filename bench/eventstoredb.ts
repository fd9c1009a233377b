import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, NO_STREAM as NEW } from '@eventstore/db-client';
import { EventStoreDbEventStore } from '../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { NO_STREAM, type StreamAppend } from '../src/ports/event-store.js';
import { DoubleProcess } from '../test/support/eventstoredb/double-process.js';
import { audience } from './audience.js';
import { HOW_TO_INSTALL, Successor } from './eventstoredb-successor.js';
import { rateOf, type Comparison } from './measure.js';
import { Report } from './report.js';

/**
 * The adapter of EventStoreDB against the client that it uses: on the server that EVENTSTORE_URL
 * names, else on the double, which shows what the adapter adds but not what a server takes.
 */
const CALLERS = 64;
const SEED = 3;
const EVENTS_TO_READ = 30_000;
/** As the projector reads. */
const PAGE_EVENTS = 5_000;

const DOUBLE_NOTES = [
  'The double keeps its log in memory, in a process of its own: what a server adds is missing on',
  'both sides, so the ratios are those of the client side alone.',
];

const SUCCESSOR_ON_DOUBLE = [
  'The successor: a server compresses each event on its own, the double nothing, so what the',
  'successor saves there is not seen. It works on more threads: its ratio rises on busy cores.',
].join('\n');

const double = process.env.EVENTSTORE_URL === undefined ? await DoubleProcess.start() : undefined;
const url = process.env.EVENTSTORE_URL ?? double?.url ?? '';
const prefix = `bench-${randomUUID()}-`;
const store = await EventStoreDbEventStore.open({ url, prefix });
const client = EventStoreDBClient.connectionString(url);

/** Appends to new streams, so many events each, each run under names of its own. */
function appendsOf(count: number, eventsEach: number): readonly StreamAppend[] {
  const events = audience(count * eventsEach, SEED).flatMap((append) => append.events);
  return Array.from({ length: count }, (_, i) => ({
    stream: `${prefix}${randomUUID()}`,
    expectedRevision: NO_STREAM,
    events: events
      .slice(i * eventsEach, (i + 1) * eventsEach)
      .map((event) => ({ ...event, id: randomUUID() })),
  }));
}

/** Keeps so many callers busy until all is appended. */
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

function reading(start: number): Comparison {
  const readByStore = async (): Promise<void> => {
    let position = start;
    for (let isEnd = false; !isEnd;) {
      const page = await store.readAll(position, PAGE_EVENTS);
      position = page.scanned;
      isEnd = page.isEnd;
    }
  };
  return {
    title: 'Catch-up reading',
    unit: 'events/s',
    aim: 0.9,
    subject: { name: 'adapter', run: () => rateOf(EVENTS_TO_READ, readByStore) },
    peer: { name: 'readAll', run: () => rateOf(EVENTS_TO_READ, () => readByClient(start)) },
  };
}

function readingBySuccessor(successor: Successor, start: number): Comparison {
  const read = async (): Promise<void> => {
    if ((await successor.readAll(start)) < EVENTS_TO_READ) throw new Error('events are missing');
  };
  return {
    title: "Reading by the client's successor",
    unit: 'events/s',
    aim: 1,
    subject: { name: "the successor's readAll", run: () => rateOf(EVENTS_TO_READ, read) },
    peer: { name: 'readAll', run: () => rateOf(EVENTS_TO_READ, () => readByClient(start)) },
  };
}

const place = double === undefined ? 'EVENTSTORE_URL' : 'the double';
process.stdout.write(`On ${place}\n\n`);
const report = new Report('Events in EventStoreDB', 'npm run bench:eventstoredb', [
  `Measured on ${place}.`,
  ...(double === undefined ? [] : DOUBLE_NOTES),
]);
await report.measure(appending(5_000, 1));
await report.measure(appending(400, 50));
// Reads from the head on: what was appended so far stays out of it.
const start = await store.head();
await appendAll(appendsOf(EVENTS_TO_READ / 100, 100), appendByStore);
await report.measure(reading(start));
const successor = await Successor.open(url);
if (successor === undefined) {
  report.note(`The client's successor is left out, as it is not installed: ${HOW_TO_INSTALL}`);
} else {
  await report.measure(readingBySuccessor(successor, start));
  if (double !== undefined) report.note(SUCCESSOR_ON_DOUBLE);
  await successor.close();
}
report.writeIfAsked();
await store.close();
await client.dispose();
await double?.stop();
