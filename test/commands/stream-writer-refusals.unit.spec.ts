import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import type {
  AppendOutcome,
  AppendRefusal,
  StoredEvent,
  StreamAppend,
} from '../../src/ports/event-store.js';
import { heartbeat, start } from '../support/playback.js';
import { eventIdsIn, SESSION, sessionWriter } from '../support/session-writer.js';
import { StoreView } from '../support/store-views.js';

/** Refuses appends, as often as it is told. */
class RefusingStore extends StoreView {
  constructor(private readonly refusals: AppendRefusal[]) {
    super(new MemoryEventStore());
  }

  override append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]> {
    const reason = this.refusals.shift();
    if (reason === undefined) return super.append(appends);
    this.appends.push(...appends);
    return Promise.resolve(appends.map(() => ({ kind: 'refused', reason })));
  }
}

/** A stream of which some of the first events are gone. */
class CutOffStore extends StoreView {
  constructor(private readonly from: number) {
    super(new MemoryEventStore());
  }

  override async readStream(stream: string): Promise<readonly StoredEvent[]> {
    return (await super.readStream(stream)).slice(this.from);
  }

  override async readLast(stream: string): Promise<StoredEvent | undefined> {
    return (await this.readStream(stream)).at(-1);
  }
}

const CODES: readonly (readonly [AppendRefusal, string])[] = [
  ['too-large', 'PAYLOAD_TOO_LARGE'],
  ['deleted', 'BAD_USER_INPUT'],
  ['cut-off', 'BAD_USER_INPUT'],
];

test.each(CODES)('an append that is %s is refused at once, as %s', async (reason, code) => {
  const store = new RefusingStore([reason]);
  const writer = sessionWriter(store);
  expect(await writer.execute(SESSION, [start({ eventId: 'a' })])).toMatchObject([
    { kind: 'refused', error: { code } },
  ]);
  expect(store.appends).toHaveLength(1);
  // Nothing is remembered of it: what is sent next is decided anew.
  expect(await writer.execute(SESSION, [start({ eventId: 'a' })])).toMatchObject([
    { kind: 'done', isDuplicate: false },
  ]);
});

test.each([
  ['its first events', 1],
  ['all of its events', 3],
])('a session that lost %s is refused, and gets nothing', async (_, from) => {
  const store = new CutOffStore(from);
  await sessionWriter(store).execute(
    SESSION,
    ['a', 'b', 'c'].map((eventId) => heartbeat({ eventId })),
  );
  const other = sessionWriter(store);
  expect(await other.execute(SESSION, [heartbeat({ eventId: 'a' })])).toMatchObject([
    { kind: 'refused', error: { code: 'BAD_USER_INPUT' } },
  ]);
  expect(await store.head()).toBe(3);
});

test('commands that came apart are not decided together where they are large', async () => {
  const store = new StoreView(new MemoryEventStore());
  const writer = sessionWriter(store);
  const batches = Array.from({ length: 6 }, (_, batch) =>
    Array.from({ length: 150 }, (_unused, i) =>
      heartbeat({
        eventId: `${String(batch)}-${String(i)}-${'x'.repeat(190)}`,
        label: 'é'.repeat(40),
      }),
    ),
  );
  await Promise.all(batches.map((batch) => writer.execute(SESSION, batch)));
  expect(await eventIdsIn(store)).toHaveLength(900);
  const bytes = store.appends.map(({ events }) => Buffer.byteLength(JSON.stringify(events)));
  expect(store.appends.length).toBeLessThan(6);
  expect(Math.max(...bytes)).toBeLessThan(2 ** 19);
});
