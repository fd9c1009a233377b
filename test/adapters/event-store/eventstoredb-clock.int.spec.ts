import { EventStoreDbEventStore } from '../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { EventStoreDbDouble } from '../../support/eventstoredb/eventstoredb-double.js';
import {
  describeWithDouble,
  serverUnderTest,
} from '../../support/eventstoredb/server-under-test.js';

const TEN_MINUTES_MS = 600_000;
const prefix = 'p-';
const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(url: string): Promise<EventStoreDbEventStore> {
  const store = await EventStoreDbEventStore.open({ url, prefix, silenceMsMax: 500 });
  closers.push(() => store.close());
  return store;
}

async function startDouble(clockOffsetMs = 0): Promise<EventStoreDbDouble> {
  const double = await EventStoreDbDouble.start();
  double.log.clockOffsetMs = clockOffsetMs;
  closers.push(() => {
    double.down();
  });
  return double;
}

/** Expects that a store's clock is so far ahead of this machine's, as well as it tells. */
async function expectAhead({ clock }: EventStoreDbEventStore, offsetMs: number): Promise<void> {
  const before = Date.now();
  const { earliest, latest } = await clock.read();
  const after = Date.now();
  expect(latest - earliest).toBeLessThanOrEqual(2_000);
  expect(earliest).toBeLessThanOrEqual(after + offsetMs);
  expect(latest).toBeGreaterThanOrEqual(before + offsetMs);
}

test('the server says what time it is, whatever was appended', async () => {
  const server = await serverUnderTest();
  closers.push(() => server.stop());
  await expectAhead(await open(server.url), 0);
});

describeWithDouble('the clock of an event store', () => {
  it.each([-TEN_MINUTES_MS, TEN_MINUTES_MS])("is the server's own, %d ms ahead", async (ms) => {
    await expectAhead(await open((await startDouble(ms)).url), ms);
  });

  it("is the leader's, which stamps the events", async () => {
    const [leader, follower] = [await startDouble(TEN_MINUTES_MS), await startDouble()];
    follower.leader = leader.endpoint;
    await expectAhead(await open(follower.url), TEN_MINUTES_MS);
  });

  it('is not known where answers come without a date', async () => {
    const double = await startDouble();
    const { clock } = await open(double.url);
    double.hasDate = false;
    await expect(clock.read()).rejects.toThrow('no date comes with its answers');
  });

  it('is given up where nothing comes, and asked anew', async () => {
    const double = await startDouble();
    const store = await open(double.url);
    double.faults.reads.push({ kind: 'stuck', after: 0 });
    await expect(store.clock.read()).rejects.toThrow('does not answer');
    await expectAhead(store, 0);
  });

  it('is asked anew after the server was gone', async () => {
    const double = await startDouble();
    const store = await open(double.url);
    double.down();
    await expect(store.clock.read()).rejects.toThrow(/^EventStoreDB at 127.0.0.1/);
    await double.up();
    await expectAhead(store, 0);
  });
});
