import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import type { StoredData } from '../../src/domain/event-codec.js';
import { NO_STREAM } from '../../src/ports/event-store.js';
import { testNames } from '../support/test-log.js';
import { appendStored } from '../support/event-logs.js';
import { heartbeat, NOON, start } from '../support/playback.js';
import { SESSION, sessionWriter } from '../support/session-writer.js';

const STREAM = testNames.playback('m1', SESSION);

/** Puts an event into a stream that this code would not write. */
const put = (
  store: MemoryEventStore,
  event: { readonly type: string; readonly version: number; readonly data?: StoredData },
  stream = STREAM,
): Promise<void> =>
  appendStored(store, stream, { id: 'strange', recordedAt: NOON, data: {}, ...event });

const announce = (store: MemoryEventStore, type: string, version: number): Promise<void> => {
  const data = { vocabulary: { [type]: version } };
  return put(store, { type: 'vocabulary_extended', version: 1, data }, testNames.meta());
};

const refused = {
  kind: 'refused',
  error: {
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('a newer node wrote this') as string,
    details: { retryAfterSeconds: 5 },
  },
};

describe('a command on a stream that holds an event of an unknown kind', () => {
  it.each([
    ['type', 'ad_break', 1],
    ['schema version', 'heartbeat', 9],
  ])('is left to newer nodes if they announced that %s', async (_, type, version) => {
    const store = new MemoryEventStore();
    await announce(store, type, version);
    await put(store, { type, version });
    const head = await store.head();
    const outcomes = await sessionWriter(store).execute(SESSION, [start(), heartbeat()]);
    expect(outcomes).toMatchObject([refused, refused]);
    expect(await store.head()).toBe(head);
  });

  it('is left to newer nodes also if they announced it a moment ago', async () => {
    const store = new MemoryEventStore();
    const writer = sessionWriter(store);
    await put(store, { type: 'ad_break', version: 1 });
    expect(await writer.execute(SESSION, [start()])).toMatchObject([{ kind: 'done' }]);
    await announce(store, 'ad_break', 2);
    await put(store, { type: 'ad_break', version: 2 });
    expect(await writer.execute(SESSION, [heartbeat()])).toMatchObject([refused]);
  });

  it.each([
    ['type', { type: 'ad_break', version: 1 }],
    ['schema version', { type: 'heartbeat', version: 9 }],
    ['form', { type: 'heartbeat', version: 1, data: { mediaId: 'm1' } }],
  ])('is carried out if nobody announced that %s', async (_, strange) => {
    const store = new MemoryEventStore();
    await announce(store, 'ad_break_2', 1);
    const first = start({ eventId: 'a' });
    await sessionWriter(store).execute(SESSION, [first]);
    await put(store, strange);
    const outcomes = await sessionWriter(store).execute(SESSION, [first, heartbeat()]);
    expect(outcomes).toMatchObject([{ isDuplicate: true }, { isDuplicate: false }]);
    const stored = await store.readStream(STREAM);
    expect(stored.map(({ type }) => type)).toEqual(['session_start', strange.type, 'heartbeat']);
  });

  it('is refused alone: other streams are written to', async () => {
    const store = new MemoryEventStore();
    await announce(store, 'ad_break', 1);
    await put(store, { type: 'ad_break', version: 1 });
    const writer = sessionWriter(store);
    const [there, elsewhere] = await Promise.all([
      writer.execute(SESSION, [start()]),
      writer.execute('another', [start()]),
    ]);
    expect([there, elsewhere]).toMatchObject([[refused], [{ kind: 'done' }]]);
    const found = await store.readStream(testNames.playback('m1', 'another'));
    expect(found[0]?.revision).toBe(NO_STREAM + 1);
  });
});
