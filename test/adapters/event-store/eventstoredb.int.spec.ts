import { randomUUID } from 'node:crypto';
import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { EventStoreDbEventStore } from '../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { decodeEvent, UndecodableEvent } from '../../../src/domain/event-codec.js';
import { HOUR_MS } from '../../../src/domain/time.js';
import { NO_STREAM } from '../../../src/ports/event-store.js';
import { anEvent, append, eventsOf, namesOf, readEverything } from '../../contracts/event-store.js';
import {
  serverUnderTest,
  type ServerUnderTest,
} from '../../support/eventstoredb/server-under-test.js';
import { until } from '../../support/polling.js';

/** What holds on the double as on a real server. */
let server: ServerUnderTest;
let store: EventStoreDbEventStore;
/** Where our corner of the log begins. */
let start: number;
let p: string;

beforeEach(async () => {
  server = await serverUnderTest({ hasNeighbours: true });
  store = await EventStoreDbEventStore.open(server);
  start = await store.head();
  p = server.prefix;
});
afterEach(async () => {
  await store.close();
  await server.stop();
});

/** Another program's client of the same server. */
async function asOther(work: (client: EventStoreDBClient) => Promise<void>): Promise<void> {
  const client = EventStoreDBClient.connectionString(server.url);
  await work(client);
  await client.dispose();
}

test('64 appends to streams of their own at once are all stored', async () => {
  const names = Array.from({ length: 64 }, (_, i) => `${p}s${String(i)}`);
  const outcomes = await Promise.all(
    names.map((name) => store.append([append(name, NO_STREAM, eventsOf(name, 2))])),
  );
  expect(outcomes.flat().every(({ kind }) => kind === 'appended')).toBe(true);
  const stored = await readEverything(store, 1_000, start);
  expect(new Set(stored.map(({ stream }) => stream))).toEqual(new Set(names));
  expect(stored).toHaveLength(128);
});

test('an append of 1,000 events is stored whole and in order', async () => {
  const text = 'x'.repeat(700);
  const events = eventsOf('a', 1_000).map((one) => ({ ...one, data: { ...one.data, text } }));
  const [outcome] = await store.append([append(`${p}s`, NO_STREAM, events)]);
  expect(outcome).toMatchObject({ kind: 'appended', revision: 999 });
  const stored = await store.readStream(`${p}s`);
  expect(stored.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  expect(outcome).toMatchObject({ position: stored.at(-1)?.position });
});

test('a stream of 10,000 events is read whole, and in pages', async () => {
  for (let i = 0; i < 10; i += 1) {
    const events = eventsOf(`part-${String(i)}`, 1_000);
    const [outcome] = await store.append([append(`${p}s`, 1_000 * i - 1, events)]);
    expect(outcome).toMatchObject({ kind: 'appended' });
  }
  const stream = await store.readStream(`${p}s`);
  expect(stream.map(({ revision }) => revision)).toEqual([...Array(10_000).keys()]);
  expect(await readEverything(store, 1_500, start)).toEqual(stream);
});

test('other programs’ events are never returned, but looked at', async () => {
  await store.append([append(`${p}s`, NO_STREAM, eventsOf('a', 1))]);
  await asOther(async (client) => {
    const events = Array.from({ length: 50 }, () => jsonEvent({ type: 'heartbeat', data: {} }));
    await client.appendToStream(`other-${randomUUID()}`, events);
  });
  const before = await store.head();
  await store.append([append(`${p}s`, 0, eventsOf('b', 1))]);
  expect(namesOf(await readEverything(store, 7, start))).toEqual(['a-0', 'b-0']);
  const page = await store.readAll(start, 10);
  expect(namesOf(page.events)).toEqual(['a-0']);
  expect(page).toMatchObject({ isEnd: false });
  const [b] = (await store.readStream(`${p}s`)).slice(1);
  expect(before).toBeLessThan(b?.position ?? 0);
  const rest = await store.readAll(before, 1_000);
  expect({ names: namesOf(rest.events), isEnd: rest.isEnd }).toEqual({
    names: ['b-0'],
    isEnd: true,
  });
  expect(rest.scanned).toBe(await store.head());
});

test('what another program wrote into a stream of ours has no schema version', async () => {
  await store.append([append(`${p}s`, NO_STREAM, [anEvent('a')])]);
  await asOther(async (client) => {
    await client.appendToStream(`${p}s`, jsonEvent({ type: 'heartbeat', data: { of: 'b' } }));
  });
  const stored = await store.readStream(`${p}s`);
  expect(stored.map(({ version, revision }) => [version, revision])).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(stored[1]?.recordedAt).toBeGreaterThan(Date.now() - 3_600_000);
});

test('a position tells nothing of how many events follow', async () => {
  await store.append([append(`${p}s`, NO_STREAM, eventsOf('a', 2))]);
  expect(await store.countAfter()).toBeUndefined();
});

test('an append by another node wakes listeners', async () => {
  const other = await EventStoreDbEventStore.open(server);
  let wakeUps = 0;
  store.onAppended(() => {
    wakeUps += 1;
  });
  await until(() => wakeUps === 1);
  await other.append([append(`${p}s`, NO_STREAM, eventsOf('a', 1))]);
  // Then it listens anew, which is a wake-up more.
  await until(() => wakeUps > 2);
  await other.append([append(`${p}s`, 0, eventsOf('b', 1))]);
  await until(() => wakeUps > 3);
  expect(namesOf((await store.readAll(start, 100)).events)).toEqual(['a-0', 'b-0']);
  await other.close();
});

test('closing waits for the appends that were handed over', async () => {
  const appending = Array.from({ length: 300 }, (_, i) =>
    store.append([append(`${p}s${String(i)}`, NO_STREAM, eventsOf(`e${String(i)}`, 1))]),
  );
  await store.close();
  const outcomes = (await Promise.all(appending)).flat();
  expect(outcomes.every(({ kind }) => kind === 'appended')).toBe(true);
  store = await EventStoreDbEventStore.open(server);
  expect(await readEverything(store, 1_000, start)).toHaveLength(300);
});

test('what others wrote under our prefix, however absurd, is read and not decoded', async () => {
  const [type, data] = ['heartbeat', {}];
  const ours = { recordedAt: 1_773_835_200_123, schemaVersion: 1 };
  const absurd = [
    jsonEvent({ type, data, metadata: { ...ours, recordedAt: 'noon' } }),
    jsonEvent({ type, data, metadata: { ...ours, recordedAt: 1e308 } }),
    jsonEvent({ type, data, metadata: { ...ours, schemaVersion: '1' } }),
    jsonEvent({ type, data, metadata: { ...ours, schemaVersion: [1] } }),
    jsonEvent({ type, data }),
    binaryEvent({ type, data: Buffer.from('no JSON'), metadata: Buffer.from('nor this') }),
    binaryEvent({ type, data: Buffer.from('no JSON') }),
  ];
  await asOther(async (client) => {
    await client.appendToStream(`${p}s`, absurd);
  });
  const stored = await readEverything(store, 100, start);
  expect(stored).toHaveLength(absurd.length);
  for (const one of stored) {
    expect(Math.abs(one.recordedAt - Date.now())).toBeLessThan(HOUR_MS);
    expect(() => decodeEvent(one)).toThrow(UndecodableEvent);
  }
});
