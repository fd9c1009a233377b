import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { EventStoreDbEventStore } from '../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { LOG_START, NO_STREAM, type StoredEvent } from '../../../src/ports/event-store.js';
import { append, eventsOf, namesOf, readEverything } from '../../contracts/event-store.js';
import { CompressingRelay } from '../../support/eventstoredb/compressing-relay.js';
import { EventStoreDbDouble } from '../../support/eventstoredb/eventstoredb-double.js';
import { describeWithDouble } from '../../support/eventstoredb/server-under-test.js';
import { until } from '../../support/polling.js';

/** Longer than a test. */
const LONG_MS = 120_000;
const SILENCE_MS_MAX = 3_000;

describeWithDouble('pages by the successor of the client', () => {
  let double: EventStoreDbDouble;
  let store: EventStoreDbEventStore;

  let slow: string[];

  const open = (
    url: string,
    { silenceMsMax = LONG_MS, lookingMsMax = LONG_MS } = {},
  ): Promise<EventStoreDbEventStore> =>
    EventStoreDbEventStore.open({
      url,
      prefix: 'p-',
      silenceMsMax,
      bulk: { lookingMsMax, restMsMin: 1_500, onSlow: (reason) => slow.push(reason) },
    });
  const reopen = async (limits: Parameters<typeof open>[1]): Promise<void> => {
    await store.close();
    store = await open(double.url, limits);
  };

  beforeEach(async () => {
    double = await EventStoreDbDouble.start();
    slow = [];
    store = await open(double.url);
    expect(await isBySuccessor()).toBe(true);
  });
  afterEach(async () => {
    await store.close();
    await until(() => double.openReads.size === 0);
    double.down();
  });

  const write = async (stream: string, count: number): Promise<void> => {
    const events = eventsOf(stream, count);
    const [outcome] = await store.append([append(stream, NO_STREAM, events)]);
    expect(outcome).toMatchObject({ kind: 'appended' });
  };
  const names = (events: readonly StoredEvent[]): string => namesOf(events).join(' ');
  const isBySuccessor = async (): Promise<boolean> => {
    const before = double.filteredReads;
    await store.readAll(LOG_START, 1);
    return double.filteredReads > before;
  };

  test('are the client’s, whatever others wrote under our prefix', async () => {
    const [type, data] = ['heartbeat', { of: 'é' }];
    const client = EventStoreDBClient.connectionString(double.url);
    await client.appendToStream('p-s', [
      jsonEvent({ type, data, metadata: { recordedAt: 1_773_835_200_123, schemaVersion: 1 } }),
      jsonEvent({ type, data, metadata: { recordedAt: 'noon', schemaVersion: 1 } }),
      jsonEvent({ type, data }),
      jsonEvent({ type, data: 'text' as never }),
      binaryEvent({ type, data: Buffer.from([0, 255]), metadata: Buffer.from('no JSON') }),
      binaryEvent({ type, data: Buffer.from('{"of":"binary"}') }),
    ]);
    await client.dispose();
    const json = { contentType: 'application/json', metadata: new Uint8Array() };
    const broken = { id: '00000000-0000-4000-8000-000000000001', type, data: Buffer.from('{"of"') };
    double.log.append('p-s', 'any', [{ ...broken, ...json }]);
    const page = await store.readAll(LOG_START, 100);
    expect(page.events).toHaveLength(7);
    const plain = await EventStoreDbEventStore.open({ url: double.url, prefix: 'p-' });
    expect(page).toEqual(await plain.readAll(LOG_START, 100));
    await plain.close();
  });

  test('hold events of ours alone: the server leaves out the others, and counts ours', async () => {
    const relay = await CompressingRelay.start(double.port);
    const behind = await open(relay.url);
    await write('others-a', 500);
    await write('p-a', 70);
    await write('others-b', 500);
    const before = relay.messages.plain + relay.messages.compressed;
    const page = await behind.readAll(LOG_START, 70);
    expect(page).toMatchObject({ isEnd: false, scanned: page.events.at(-1)?.position });
    expect(page.events).toHaveLength(70);
    const rest = await behind.readAll(page.scanned, 70);
    expect(rest).toEqual({ events: [], isEnd: true, scanned: await store.head() });
    // Those of ours, and twice the last event of the log.
    expect(relay.messages.plain + relay.messages.compressed - before).toBeLessThan(80);
    await behind.close();
    await relay.stop();
  });

  test('are asked for uncompressed, which the client cannot', async () => {
    const relay = await CompressingRelay.start(double.port);
    const behind = await open(relay.url);
    await write('p-a', 100);
    await behind.readAll(LOG_START, 1_000);
    expect(relay.messages).toMatchObject({ compressed: 1 });
    const plain = await EventStoreDbEventStore.open({ url: relay.url, prefix: 'p-' });
    expect(names((await plain.readAll(LOG_START, 1_000)).events)).toBe(
      names(eventsOf('p-a', 100) as never),
    );
    expect(relay.messages.compressed).toBeGreaterThan(100);
    await plain.close();
    await behind.close();
    await relay.stop();
  });

  test('go on, read whole, where the server finds nothing of ours for long', async () => {
    await reopen({ lookingMsMax: 300 });
    await write('others-a', 250);
    await write('p-a', 3);
    double.faults.reads.push({ kind: 'stuck', after: 0, isFiltered: true });
    const pages = [];
    for (let after = LOG_START, isEnd = false; !isEnd;) {
      const page = await store.readAll(after, 100);
      pages.push(page);
      ({ scanned: after, isEnd } = page);
    }
    expect(pages.map(({ events }) => events.length)).toEqual([0, 0, 3]);
    expect(slow).toEqual([]);
    // From here on the server looks again.
    double.faults.reads.push({ kind: 'stuck', after: 0, isFiltered: true });
    await store.readAll(LOG_START, 100);
    expect(double.faults.reads).toEqual([]);
  });

  test('of which nothing comes are the client’s, and nothing is left of them', async () => {
    await reopen({ silenceMsMax: SILENCE_MS_MAX });
    await write('p-a', 3);
    double.faults.reads.push({ kind: 'stuck', after: 0 });
    const { events } = await store.readAll(LOG_START, 100);
    expect(names(events)).toBe('p-a-0 p-a-1 p-a-2');
    expect(slow).toEqual([`nothing came for ${String(SILENCE_MS_MAX)} ms`]);
    await until(() => double.openReads.size === 0);
    await until(isBySuccessor);
  });

  test('that are given up end at once, unread by the client, and the next is the successor’s', async () => {
    await write('p-a', 3);
    double.faults.reads.push({ kind: 'stuck', after: 1 });
    const end = new AbortController();
    const page = store.readAll(LOG_START, 100, end.signal).catch((error: unknown) => error);
    await until(() => double.openReads.size === 1);
    const { length } = double.faults.reads;
    end.abort(new Error('too slow'));
    expect(await page).toEqual(new Error('too slow'));
    await until(() => double.openReads.size === 0);
    expect(length).toBe(0);
    // The successor is not to blame: it has no rest, and nobody is told of it.
    expect(await isBySuccessor()).toBe(true);
    expect(slow).toEqual([]);
    await expect(store.readAll(LOG_START, 100, AbortSignal.abort())).rejects.toThrow();
  });

  test('that are cut off are the client’s, and then the successor’s again', async () => {
    await write('p-a', 200);
    double.faults.reads.push({ kind: 'cut', after: 150, isFiltered: true });
    expect((await store.readAll(LOG_START, 1_000)).events).toHaveLength(200);
    expect(slow).toEqual([expect.stringMatching(/UnavailableError/)]);
    await until(isBySuccessor);
    expect((await store.readAll(LOG_START, 1_000)).events).toHaveLength(200);
  });

  test('that neither can read are refused, as the client’s are', async () => {
    await write('p-a', 3);
    double.faults.reads.push({ kind: 'cut', after: 1 }, { kind: 'access-denied', after: 0 });
    await expect(store.readAll(LOG_START, 100)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: { message: expect.stringMatching(/denies access/) as string },
    });
    double.down();
    await expect(store.readAll(LOG_START, 100)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: { message: expect.stringMatching(/not available|nothing listens/) as string },
    });
    await double.up();
    // Of an event store that cannot be read nobody is told that it is read slowly.
    expect(slow).toEqual([]);
    await until(isBySuccessor);
    expect(names((await store.readAll(LOG_START, 100)).events)).toBe('p-a-0 p-a-1 p-a-2');
  });

  test('follow a change of leaders', async () => {
    await write('p-a', 3);
    const other = await EventStoreDbDouble.start({ log: double.log });
    double.leader = other.endpoint;
    for (const filteredReads of [1, 2]) {
      expect((await store.readAll(LOG_START, 100)).events).toHaveLength(3);
      expect(other.filteredReads).toBe(filteredReads);
      // From now on it is not asked any more.
      double.down();
    }
    expect(slow).toEqual([]);
    other.down();
    await double.up();
  });

  test('asked for at once come one after the other', async () => {
    await write('p-a', 300);
    const pages = await Promise.all([0, 1, 2].map(() => store.readAll(LOG_START, 200)));
    expect(pages.map(({ events }) => events.length)).toEqual([200, 200, 200]);
    expect(await readEverything(store, 64)).toHaveLength(300);
  });

  test('that are under way when the store is closed end with it', async () => {
    await write('p-a', 3);
    double.faults.reads.push({ kind: 'stuck', after: 0 });
    const page = store.readAll(LOG_START, 100).catch((error: unknown) => error);
    await until(() => double.openReads.size === 1);
    await store.close();
    await until(() => double.openReads.size === 0);
    expect(await page).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
