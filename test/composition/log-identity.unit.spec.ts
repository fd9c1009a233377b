import { MemoryEventStore } from '../../src/adapters/event-store/memory/memory-event-store.js';
import { CryptoIdentity } from '../../src/adapters/system/crypto-identity.js';
import { identifyLog, knownLog } from '../../src/composition/log-identity.js';
import { NO_STREAM } from '../../src/ports/event-store.js';
import type { Identity } from '../../src/ports/identity.js';
import { testIdentity } from '../support/command-side.js';
import { NOON } from '../support/playback.js';
import { SettableClock } from '../support/settable-clock.js';

const STREAM = 'meta';
const identify = (store: MemoryEventStore, identity: Identity = testIdentity): Promise<string> =>
  identifyLog({ store, stream: STREAM, identity, clock: new SettableClock(NOON) });

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
    expect((await knownLog(copy, STREAM))?.storeId).toBe(
      (await knownLog(original, STREAM))?.storeId,
    );
  });

  it('is refused to who has another viewer secret', async () => {
    const store = new MemoryEventStore();
    await identify(store);
    const identified = identify(store, new CryptoIdentity('another secret of the kind'));
    await expect(identified).rejects.toThrow(/VIEWER_SECRET is not the one/);
  });
});
