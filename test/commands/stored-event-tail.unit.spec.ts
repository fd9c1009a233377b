import { StoredEventTail } from '../../src/commands/stored-event-tail.js';
import type { TailedEvent, TailPage } from '../../src/ports/event-tail.js';
import { appendStored, logOf } from '../support/event-logs.js';
import { BackedUpStore } from '../support/backed-up-store.js';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { end, heartbeat, NOON, report, start } from '../support/playback.js';
import { registered } from '../support/project.js';
import { SESSION, sessionWriter, type SessionWriter } from '../support/session-writer.js';
import { SettableClock } from '../support/settable-clock.js';

const MINUTE = 60_000;
const VIEWER = 'v'.repeat(22);

const tailOf = (store: MemoryEventStore, now = NOON) =>
  new StoredEventTail(store, new SettableClock(now));

/** Returns what a tail tells next. */
const toldBy = async (tail: AsyncIterator<TailPage, undefined>): Promise<readonly TailedEvent[]> =>
  (await pageOf(tail)).events;

async function pageOf(tail: AsyncIterator<TailPage, undefined>): Promise<TailPage> {
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
  const tail = tailOf(store).follow({ mediaId: 'm2' });
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

/** A store that counts how often its end, and what is behind a place, were read. */
function counting(store: MemoryEventStore) {
  const reads = { ends: 0, pages: 0, events: 0 };
  const counted = Object.create(store) as MemoryEventStore;
  counted.readEnd = (limit) => {
    reads.ends += 1;
    return store.readEnd(limit);
  };
  counted.readAll = async (after, limit) => {
    const page = await store.readAll(after, limit);
    reads.pages += 1;
    reads.events += page.events.length;
    return page;
  };
  return { store: counted, reads };
}

const beats = async (store: MemoryEventStore, count: number): Promise<void> => {
  const commands = Array.from({ length: count }, () => heartbeat());
  await sessionWriter(store).execute(SESSION, commands);
};
async function takeUntil(
  tail: AsyncIterator<TailPage, undefined>,
  count: number,
): Promise<readonly number[]> {
  const taken: number[] = [];
  while (taken.length < count) taken.push(...(await toldBy(tail)).map(({ position }) => position));
  return taken;
}

test('fifty who follow read the log once, also who comes later', async () => {
  const inner = await played();
  const { store, reads } = counting(inner);
  const tail = tailOf(store);
  const followers = Array.from({ length: 50 }, () => tail.follow());
  const firsts = await Promise.all(followers.map(toldBy));
  expect(firsts.every((events) => events.length === 2)).toBe(true);
  expect(await toldBy(tail.follow())).toHaveLength(2);
  expect(reads).toEqual({ ends: 1, pages: 0, events: 0 });
  for (let round = 1; round <= 3; round += 1) {
    const next = Promise.all(followers.map(toldBy));
    await beats(inner, 10);
    for (const events of await next) expect(events).toHaveLength(10);
    expect(reads).toEqual({ ends: 1, pages: round, events: 10 * round });
  }
  for (const follower of followers) await follower.return?.();
});

test('who is slow reads for itself what the others have passed, and nobody misses any', async () => {
  const inner = await played();
  const { store, reads } = counting(inner);
  const tail = tailOf(store);
  const [slow, ...fast] = Array.from({ length: 5 }, () => tail.follow());
  if (slow === undefined) throw new Error('nobody follows');
  await Promise.all([slow, ...fast].map(toldBy));
  const all = Array.from({ length: 4_000 }, (_, i) => i + 3);
  const others = Promise.all(fast.map((one) => takeUntil(one, all.length)));
  for (let i = 0; i < 8; i += 1) await beats(inner, 500);
  for (const taken of await others) expect(taken).toEqual(all);
  const before = reads.events;
  expect(before).toBeLessThan(2 * all.length);
  expect(await takeUntil(slow, all.length)).toEqual(all);
  // The last 2,000 are kept for everyone.
  expect(reads.events - before).toBeLessThanOrEqual(all.length - 1_500);
});

test('after a break a tail goes on behind the last event that is known', async () => {
  const store = await played();
  await beats(store, 700);
  const tail = tailOf(store).follow({ after: 1 });
  const taken = await takeUntil(tail, 701);
  expect(taken).toEqual(Array.from({ length: 701 }, (_, i) => i + 2));
  const late = tailOf(store, NOON + 61 * MINUTE);
  await expect(late.follow({ after: 1 }).next()).rejects.toThrow(/^after: lies more than an hour/);
  expect(await toldBy(late.follow({ after: 702 }))).toEqual([]);
  const ahead = late.follow({ after: 703 });
  await expect(ahead.next()).rejects.toThrow('after: lies beyond the end of the log');
});

test('who comes between an append and the next look waits for no other append', async () => {
  const store = await played();
  const tail = tailOf(store);
  const [first, gone] = [tail.follow(), tail.follow()];
  await Promise.all([first, gone].map(toldBy));
  const next = toldBy(first);
  await beats(store, 10);
  await next;
  await beats(store, 1);
  const second = tail.follow({ after: 5 });
  expect(await takeUntil(second, 8)).toEqual([6, 7, 8, 9, 10, 11, 12, 13]);
  for (const one of [first, gone, second]) await one.return?.();
  // Nobody listens to what comes now.
  await beats(store, 1);
  expect(await takeUntil(tail.follow({ after: 11 }), 3)).toEqual([12, 13, 14]);
});

test('who follows a quiet title learns how far the log was looked at, and goes on there', async () => {
  const store = await played();
  const clock = new SettableClock(NOON);
  const tail = new StoredEventTail(store, clock);
  const quiet = tail.follow({ mediaId: 'm2' });
  expect(await pageOf(quiet)).toEqual({ events: [], scanned: 2 });
  const next = pageOf(quiet);
  const other = tail.follow();
  await toldBy(other);
  // What others do is passed over in silence, but not for long.
  for (const minute of [4, 10, 62]) {
    clock.set(NOON + minute * MINUTE);
    await beats(store, 1);
    expect(await toldBy(other)).toHaveLength(1);
  }
  expect(await next).toEqual({ events: [], scanned: 4 });
  const { scanned } = await pageOf(quiet);
  expect(scanned).toBe(5);
  const late = new StoredEventTail(store, new SettableClock(NOON + 90 * MINUTE));
  expect(await toldBy(late.follow({ mediaId: 'm2', after: scanned }))).toEqual([]);
});

test('what lies back too far is refused also where nothing of it is shown', async () => {
  const store = await logOf([registered('m1', 'One'), registered('m2', 'Two')]);
  const late = tailOf(store, NOON + 61 * MINUTE);
  await expect(late.follow({ after: 1 }).next()).rejects.toThrow(/^after: lies more than/);
});

test('a title that was stored in another spelling is followed, and told in NFC', async () => {
  const store = new MemoryEventStore();
  await sessionWriter(store).execute(SESSION, [start({ mediaId: 'cafe\u0301' })]);
  const tail = tailOf(store).follow({ mediaId: 'caf\u00e9' });
  expect(await toldBy(tail)).toMatchObject([{ mediaId: 'caf\u00e9' }]);
});

describe('a log that was put back to an older state', () => {
  async function putBack(): Promise<{ store: BackedUpStore; writer: SessionWriter }> {
    const store = new BackedUpStore();
    const writer = sessionWriter(store);
    await writer.execute(SESSION, [start({ eventId: 'a' }), heartbeat({ eventId: 'b' })]);
    return { store, writer };
  }

  test('is followed from its last minutes on, not only when it is as long again', async () => {
    const { store } = await putBack();
    const tail = tailOf(store);
    const follower = tail.follow();
    const quiet = tail.follow({ mediaId: 'm2' });
    expect(await toldBy(follower)).toHaveLength(2);
    await toldBy(quiet);
    const next = toldBy(follower);
    const ofQuiet = pageOf(quiet);
    await store.putBackTo(1);
    expect(await store.past.confirm()).toBe(false);
    expect(await next).toMatchObject([{ type: 'SESSION_START', position: 1 }]);
    expect(await ofQuiet).toEqual({ events: [], scanned: 1 });
    await sessionWriter(store).execute(SESSION, [report('paused')]);
    expect(await toldBy(follower)).toMatchObject([{ type: 'PAUSED', position: 2 }]);
  });

  test('shows nothing that it lost to who comes later', async () => {
    const { store } = await putBack();
    const tail = tailOf(store);
    const first = tail.follow();
    await toldBy(first);
    await beats(store, 3);
    await toldBy(first);
    await store.putBackTo(2);
    await sessionWriter(store).execute(SESSION, [report('paused')]);
    await store.past.confirm();
    expect(await takeUntil(tail.follow({ after: 1 }), 2)).toEqual([2, 3]);
    const told = await toldBy(tail.follow());
    expect(told.map(({ type }) => type)).toEqual(['SESSION_START', 'HEARTBEAT', 'PAUSED']);
  });

  test('is noticed by who only follows it', async () => {
    const { store } = await putBack();
    // Another node has stored this.
    const other = new MemoryEventStore();
    Object.assign(other, store);
    await sessionWriter(other).execute(SESSION, [heartbeat({ eventId: 'c' })]);
    const follower = tailOf(store).follow();
    expect(await toldBy(follower)).toHaveLength(3);
    await store.putBackTo(2);
    expect(await store.past.confirm()).toBe(false);
    expect(await toldBy(follower)).toHaveLength(2);
  });
});
