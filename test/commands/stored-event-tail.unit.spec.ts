import { StoredEventTail } from '../../src/commands/stored-event-tail.js';
import type { TailedEvent } from '../../src/ports/event-tail.js';
import { appendStored } from '../support/event-logs.js';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { end, heartbeat, NOON, report, start } from '../support/playback.js';
import { SESSION, sessionWriter } from '../support/session-writer.js';
import { SettableClock } from '../support/settable-clock.js';

const MINUTE = 60_000;
const VIEWER = 'v'.repeat(22);

const tailOf = (store: MemoryEventStore, now = NOON) =>
  new StoredEventTail(store, new SettableClock(now));

/** Returns what a tail tells next. */
async function toldBy(
  tail: AsyncIterator<readonly TailedEvent[], undefined>,
): Promise<readonly TailedEvent[]> {
  const { done, value } = await tail.next();
  if (done === true) throw new Error('the tail has ended');
  return value;
}

async function played(): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  const writer = sessionWriter(store);
  await writer.execute(SESSION, [start({ eventId: 'a', viewerId: VIEWER })]);
  await writer.execute(SESSION, [heartbeat({ eventId: 'b', durationMs: 10_000 })]);
  return store;
}

test('a tail begins with what was stored lately, and goes on with what follows', async () => {
  const store = await played();
  const tail = tailOf(store).follow();
  expect(await toldBy(tail)).toMatchObject([
    { type: 'SESSION_START', state: 'PLAYING', mediaId: 'm1', sessionId: 's1', viewerId: VIEWER },
    { type: 'HEARTBEAT', state: 'PLAYING', durationMs: 10_000 },
  ]);
  const next = toldBy(tail);
  await sessionWriter(store).execute(SESSION, [report('paused'), end({ endReason: 'QUIT' })]);
  expect(await next).toMatchObject([
    { type: 'PAUSED', state: 'PAUSED' },
    { type: 'SESSION_END', state: 'QUIT', detail: 'QUIT' },
  ]);
  await tail.return?.();
});

test('what is older than some minutes is left out', async () => {
  const store = await played();
  const tail = tailOf(store, NOON + 6 * MINUTE).follow();
  expect(await toldBy(tail)).toEqual([]);
  await sessionWriter(store).execute(SESSION, [end()]);
  expect(await toldBy(tail)).toMatchObject([{ type: 'SESSION_END' }]);
});

test('one title alone is followed, and what nobody can read is told in any case', async () => {
  const store = await played();
  const tail = tailOf(store).follow('m2');
  expect(await toldBy(tail)).toEqual([]);
  const next = toldBy(tail);
  await sessionWriter(store).execute(SESSION, [end()]);
  await appendStored(store, 'elsewhere', {
    id: 'newer',
    type: 'of_another_release',
    version: 1,
    recordedAt: NOON,
    data: {},
  });
  expect(await next).toMatchObject([{ type: 'UNREADABLE', occurredAt: NOON }]);
});

test('whoever is slow misses nothing', async () => {
  const store = await played();
  const tail = tailOf(store).follow();
  await tail.next();
  const writer = sessionWriter(store);
  const ids = Array.from({ length: 1_200 }, (_, i) => `beat-${String(i)}`);
  for (const eventId of ids) await writer.execute(SESSION, [heartbeat({ eventId })]);
  const taken: TailedEvent[] = [];
  while (taken.length < ids.length) taken.push(...(await toldBy(tail)));
  expect(taken.map(({ position }) => position)).toEqual(ids.map((_, i) => i + 3));
});

test('a tail that is ended while it waits ends', async () => {
  const tail = tailOf(await played()).follow();
  await tail.next();
  const waiting = tail.next();
  expect(await tail.return?.()).toEqual({ done: true, value: undefined });
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(await tail.next()).toEqual({ done: true, value: undefined });
});
