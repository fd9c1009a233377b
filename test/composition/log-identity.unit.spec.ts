import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { CryptoIdentity } from '../../src/adapters/system/crypto-identity.js';
import { identifyLog, knownLog } from '../../src/composition/log-identity.js';
import { NO_STREAM } from '../../src/ports/event-store.js';
import { VOCABULARY } from '../../src/domain/event-codec.js';
import type { Vocabulary } from '../../src/domain/event.js';
import type { Identity } from '../../src/ports/identity.js';
import { testIdentity } from '../support/test-log.js';
import { appendStored } from '../support/event-logs.js';
import { NOON } from '../support/playback.js';
import { SettableClock } from '../support/settable-clock.js';

const STREAM = 'meta';
const identify = async (
  store: MemoryEventStore,
  identity: Identity = testIdentity,
): Promise<string> => {
  const clock = new SettableClock(NOON);
  return (await identifyLog({ store, stream: STREAM, identity, clock })).storeId;
};

/** What a log says of itself since 0.1.0. */
const begun = (vocabulary?: Vocabulary) => {
  const data = { storeId: 'a log', secretFingerprint: testIdentity.secretFingerprint() };
  return {
    ...{ id: 'first', type: 'log_created', version: 1, recordedAt: NOON },
    data: { ...data, ...(vocabulary && { vocabulary }) },
  };
};
const saidIn = async (store: MemoryEventStore) =>
  (await store.readStream(STREAM)).map(({ type, data }) => ({ type, says: data.vocabulary }));

describe('what a log may hold', () => {
  const says = VOCABULARY;

  it('is announced as it is begun, once', async () => {
    const store = new MemoryEventStore();
    await identify(store);
    await identify(store);
    expect(await saidIn(store)).toEqual([{ type: 'log_created', says }]);
  });

  it('is announced in a log that 0.1.0 began, by one of several nodes', async () => {
    const store = new MemoryEventStore();
    await appendStored(store, STREAM, begun());
    const ids = await Promise.all([identify(store), identify(store), identify(store)]);
    expect(new Set(ids).size).toBe(1);
    expect(await saidIn(store)).toEqual([
      { type: 'log_created', says: undefined },
      { type: 'vocabulary_extended', says },
    ]);
  });

  it('is announced as far as it is news, whatever else the log announces', async () => {
    const store = new MemoryEventStore();
    const { heartbeat, ...others } = VOCABULARY;
    await appendStored(store, STREAM, begun({ ...others, ad_break: 3 }));
    await appendStored(store, STREAM, { ...begun(), type: 'unheard_of', id: 'strange' });
    await identify(store);
    const [, , extension] = await saidIn(store);
    expect(extension).toEqual({ type: 'vocabulary_extended', says: { heartbeat } });
    const known = await knownLog(store, STREAM);
    expect(known?.vocabulary).toEqual({ ...VOCABULARY, ad_break: 3 });
    await identify(store);
    expect(await saidIn(store)).toHaveLength(3);
  });
});

describe('the id of a log', () => {
  it('is given once and found again', async () => {
    const store = new MemoryEventStore();
    const id = await identify(store);
    expect(await identify(store)).toBe(id);
    expect(await identify(new MemoryEventStore())).not.toBe(id);
  });

  it('is another one where the same log has other positions', async () => {
    const original = new MemoryEventStore();
    const id = await identify(original);
    const copy = new MemoryEventStore();
    const neighbour = { id: 'x', type: 'heartbeat', version: 1, recordedAt: NOON, data: {} };
    const expectedRevision = NO_STREAM;
    await copy.append([{ stream: 'neighbour', expectedRevision, events: [neighbour] }]);
    const events = await original.readStream(STREAM);
    await copy.append([{ stream: STREAM, expectedRevision, events }]);
    expect(await identify(copy)).not.toBe(id);
    expect((await knownLog(copy, STREAM))?.logId).toBe((await knownLog(original, STREAM))?.logId);
  });

  it('is refused to who has another viewer secret', async () => {
    const store = new MemoryEventStore();
    await identify(store);
    const identified = identify(store, new CryptoIdentity('another secret of the kind'));
    await expect(identified).rejects.toThrow(/VIEWER_SECRET is not the one/);
  });
});
