import type { AppendOutcome, EventStore, StoredEvent } from '../../src/ports/event-store.js';
import { LOG_START, NO_STREAM } from '../../src/ports/event-store.js';
import { withResolvers } from '../support/server.js';
import { describeConcurrency } from './event-store-concurrency.suite.js';
import {
  anEvent,
  append,
  eventsOf,
  idOf,
  namesOf,
  readEverything,
  type StoreFactory,
} from './event-store.js';

/** What every event store has to hold; the factory gives one without events of ours each time. */
export function describeEventStore(name: string, factory: StoreFactory): void {
  describe(`event store: ${name}`, () => {
    let store: EventStore;
    beforeEach(async () => {
      store = await factory.create();
    });
    afterEach(async () => {
      await store.close();
      await factory.cleanUp();
    });
    const current = (): EventStore => store;
    test('a store that is well answers a ping, which leaves nothing behind', async () => {
      await store.append([append('s', NO_STREAM, eventsOf('a', 1))]);
      const before = await readEverything(store);
      await expect(store.ping()).resolves.toBeUndefined();
      await expect(store.ping()).resolves.toBeUndefined();
      expect(await readEverything(store)).toEqual(before);
    });
    describe('appending', () => {
      describeAppending(current);
    });
    describe('an expected revision that is not the stream’s', () => {
      describeConflicts(current);
    });
    describe('repetitions', () => {
      describeRepetitions(current);
    });
    describe('reading', () => {
      describeReading(current, factory.isShared ?? false);
    });
    describe('contents', () => {
      describeContents(current);
    });
    describe('concurrency', () => {
      describeConcurrency(current);
    });
  });
}

type Current = () => EventStore;

function describeAppending(store: Current): void {
  test('numbers the events of a new stream from 0 without gaps', async () => {
    const events = eventsOf('a', 3);
    const [outcome] = await store().append([append('s', NO_STREAM, events)]);
    const stored = await store().readStream('s');
    expect(stored.map(({ revision }) => revision)).toEqual([0, 1, 2]);
    expect(stored.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(outcome).toEqual({ kind: 'appended', position: stored[2]?.position, revision: 2 });
  });

  test('goes on after the expected revision', async () => {
    expect(await store().readLast('s')).toBeUndefined();
    await store().append([append('s', NO_STREAM, eventsOf('a', 2))]);
    const [outcome] = await store().append([append('s', 1, eventsOf('b', 2))]);
    expect(outcome).toMatchObject({ kind: 'appended', revision: 3 });
    const stored = await store().readStream('s');
    expect(await store().readLast('s')).toEqual(stored.at(-1));
    expect(stored.map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
  });

  test('gives each append of a call its own outcome, in their order', async () => {
    await store().append([append('old', NO_STREAM, eventsOf('a', 1))]);
    const outcomes = await store().append([
      append('new', NO_STREAM, eventsOf('b', 2)),
      append('old', NO_STREAM, eventsOf('c', 1)),
      append('old', 0, eventsOf('d', 1)),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'conflict', 'appended']);
    expect(outcomes[0]).toMatchObject({ revision: 1 });
    expect(outcomes[2]).toMatchObject({ revision: 1 });
  });

  test('lets a call append to one stream twice, one after the other', async () => {
    const outcomes = await store().append([
      append('s', NO_STREAM, eventsOf('a', 2)),
      append('s', 1, eventsOf('b', 1)),
    ]);
    expect(outcomes).toMatchObject([{ revision: 1 }, { revision: 2 }]);
    expect(namesOf(await store().readStream('s'))).toEqual(['a-0', 'a-1', 'b-0']);
  });

  test('places the events of one append next to one another in the log', async () => {
    await store().append([
      append('s', NO_STREAM, eventsOf('a', 2)),
      append('t', NO_STREAM, eventsOf('b', 3)),
      append('s', 1, eventsOf('c', 2)),
    ]);
    // Streams are independent of each other: only those of one come in the call's order.
    const log = namesOf(await readEverything(store())).join(' ');
    for (const together of ['a-0 a-1', 'b-0 b-1 b-2', 'c-0 c-1']) expect(log).toContain(together);
    expect(log.indexOf('a-0')).toBeLessThan(log.indexOf('c-0'));
    expect(log.split(' ')).toHaveLength(7);
  });
}

function describeConflicts(store: Current): void {
  const cases: readonly (readonly [string, number, number])[] = [
    ['is behind the stream', 3, 1],
    ['is beyond the stream', 2, 4],
    ['says that there is no stream where there is one', 1, NO_STREAM],
    ['names an event of a stream that is not there', 0, 0],
  ];
  test.each(cases)('is a conflict and stores nothing: it %s', async (_, length, expected) => {
    if (length > 0) await store().append([append('s', NO_STREAM, eventsOf('a', length))]);
    const outcomes = await store().append([append('s', expected, eventsOf('b', 2))]);
    expect(outcomes).toEqual([{ kind: 'conflict' }]);
    expect(await store().readStream('s')).toHaveLength(length);
    expect(await readEverything(store())).toHaveLength(length);
  });

  test('leaves the other appends of the call alone', async () => {
    await store().append([append('s', NO_STREAM, eventsOf('a', 1))]);
    await store().append([
      append('t', NO_STREAM, eventsOf('b', 1)),
      append('s', 5, eventsOf('c', 1)),
      append('u', NO_STREAM, eventsOf('d', 1)),
    ]);
    const log = await readEverything(store());
    expect(new Set(log.map(({ stream }) => stream))).toEqual(new Set(['s', 't', 'u']));
    expect(log).toHaveLength(3);
  });

  test('does not use up places: the next append follows on directly', async () => {
    await store().append([append('s', 7, eventsOf('a', 3))]);
    const [outcome] = await store().append([append('s', NO_STREAM, eventsOf('b', 1))]);
    expect(outcome).toMatchObject({ kind: 'appended', revision: 0 });
    expect(await readEverything(store())).toHaveLength(1);
  });
}

function describeRepetitions(store: Current): void {
  const places = ({ position, revision }: StoredEvent): AppendOutcome => ({
    kind: 'appended',
    position,
    revision,
  });

  test('answer with the places of the first time and store nothing', async () => {
    const first = append('s', NO_STREAM, eventsOf('a', 3));
    const outcome = await store().append([first]);
    await store().append([append('s', 2, eventsOf('b', 2)), append('t', -1, eventsOf('c', 1))]);
    expect(await store().append([first])).toEqual(outcome);
    expect(await readEverything(store())).toHaveLength(6);
  });

  test('are recognised in the middle of a stream', async () => {
    await store().append([append('s', NO_STREAM, eventsOf('a', 5))]);
    const stored = await store().readStream('s');
    const middle = append('s', 1, [anEvent('a-2'), anEvent('a-3')]);
    expect(await store().append([middle])).toEqual(stored.slice(3, 4).map(places));
    expect(await store().readStream('s')).toHaveLength(5);
  });

  test('are recognised within one call', async () => {
    const first = append('s', NO_STREAM, eventsOf('a', 2));
    const [once, again] = await store().append([first, first]);
    expect(again).toEqual(once);
    expect(await readEverything(store())).toHaveLength(2);
  });

  test('are recognised by ids, whatever else has changed', async () => {
    await store().append([append('s', NO_STREAM, [anEvent('a')])]);
    const again = { ...anEvent('a'), recordedAt: 99, data: { changed: true } };
    const [outcome] = await store().append([append('s', NO_STREAM, [again])]);
    expect(outcome).toMatchObject({ kind: 'appended', revision: 0 });
    expect(await store().readStream('s')).toMatchObject([anEvent('a')]);
  });

  const partial: readonly (readonly [string, number, readonly string[]])[] = [
    ['begins with a stored event and goes on with a new one', 0, ['a-1', 'a-2', 'x']],
    ['begins with a new event', 0, ['x', 'a-2']],
    ['holds the stored events in another order', 0, ['a-2', 'a-1']],
    ['holds stored events that do not follow the expected revision directly', 0, ['a-2']],
    ['holds the last event and one that is not stored', 1, ['a-2', 'x']],
  ];
  test.each(partial)('are not: an append that %s', async (_, expected, ids) => {
    await store().append([append('s', NO_STREAM, eventsOf('a', 3))]);
    const outcomes = await store().append([append('s', expected, ids.map(anEvent))]);
    expect(outcomes).toEqual([{ kind: 'conflict' }]);
    expect(namesOf(await store().readStream('s'))).toEqual(['a-0', 'a-1', 'a-2']);
  });

  test('are not: the same ids in another stream', async () => {
    const events = eventsOf('a', 2);
    await store().append([append('s', NO_STREAM, events)]);
    const [outcome] = await store().append([append('t', NO_STREAM, events)]);
    expect(outcome).toMatchObject({ kind: 'appended', revision: 1 });
    expect(await readEverything(store())).toHaveLength(4);
  });
}

function describeReading(store: Current, isShared: boolean): void {
  test('an empty log has nothing to read, and ours alone has its head at the start', async () => {
    const head = await store().head();
    if (!isShared) expect(head).toBe(LOG_START);
    const page = await store().readAll(head, 10);
    expect({ events: page.events, isEnd: page.isEnd }).toEqual({ events: [], isEnd: true });
    if (!isShared) expect(page.scanned).toBe(LOG_START);
    expect(await store().readStream('s')).toEqual([]);
    expect(await readEverything(store())).toEqual([]);
  });

  test('a stream gives its own events only, each with its place in the log', async () => {
    await store().append([
      append('s', NO_STREAM, eventsOf('a', 1)),
      append('t', NO_STREAM, eventsOf('b', 1)),
      append('s', 0, eventsOf('c', 1)),
    ]);
    const log = await readEverything(store());
    expect(await store().readStream('s')).toEqual(log.filter(({ stream }) => stream === 's'));
  });

  test('positions rise through the log, from above its start to its head', async () => {
    for (const name of ['a', 'b', 'c']) {
      await store().append([append(name, NO_STREAM, eventsOf(name, 4))]);
    }
    const positions = (await readEverything(store())).map(({ position }) => position);
    expect(positions).toHaveLength(12);
    expect(new Set(positions).size).toBe(12);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(positions[0]).toBeGreaterThan(LOG_START);
    const head = await store().head();
    if (!isShared) expect(head).toBe(positions.at(-1));
    expect(head).toBeGreaterThanOrEqual(positions.at(-1) ?? Infinity);
  });

  test('pages of any length, from any position, make up the same log', async () => {
    for (let i = 0; i < 5; i += 1) {
      await store().append([append(`s${String(i % 2)}`, lastOf(i), eventsOf(`e${String(i)}`, 3))]);
    }
    const log = await readEverything(store());
    for (const limit of [1, 2, 7, 15, 100]) {
      expect(await readEverything(store(), limit)).toEqual(log);
    }
    for (const [index, { position }] of log.entries()) {
      expect(await readEverything(store(), 100, position)).toEqual(log.slice(index + 1));
    }
  });

  test('a page says up to where it looked, and moves on while there is more', async () => {
    await store().append([append('s', NO_STREAM, eventsOf('a', 5))]);
    const [first] = await store().readStream('s');
    const page = await store().readAll(first?.position ?? Infinity, 2);
    expect(namesOf(page.events)).toEqual(['a-1', 'a-2']);
    expect(page.scanned).toBeGreaterThanOrEqual(page.events.at(-1)?.position ?? Infinity);
    expect(page.isEnd).toBe(false);
    const rest = await store().readAll(page.scanned, 1_000);
    expect(namesOf(rest.events)).toEqual(['a-3', 'a-4']);
    expect(rest.isEnd).toBe(true);
    const end = await store().readAll(rest.scanned, 10);
    expect(end).toMatchObject({ events: [], isEnd: true });
    if (!isShared) expect(end.scanned).toBe(await store().head());
  });

  test('the event at a position is that one, wherever it is', async () => {
    await store().append([append('s', NO_STREAM, eventsOf('a', 3))]);
    await store().append([append('t', NO_STREAM, eventsOf('b', 2))]);
    const log = await readEverything(store());
    for (const event of log) expect(await store().readAt(event.position)).toEqual(event);
  });

  test('returns the last events in their order, and where the log ends', async () => {
    const none = await store().readEnd(10);
    expect([none.events, none.isEnd]).toEqual([[], true]);
    await store().append([append('s', NO_STREAM, eventsOf('a', 3))]);
    await store().append([append('t', NO_STREAM, eventsOf('b', 2))]);
    const log = await readEverything(store());
    const end = await store().readEnd(1_000);
    expect(end.events).toEqual(log);
    expect(end.scanned).toBeGreaterThanOrEqual(log.at(-1)?.position ?? Infinity);
    if (!isShared) {
      expect(end.scanned).toBe(await store().head());
      expect((await store().readEnd(2)).events).toEqual(log.slice(-2));
    }
    await store().append([append('u', NO_STREAM, eventsOf('c', 1))]);
    const { events: next } = await store().readAll(end.scanned, 1_000);
    expect(next.map(({ stream }) => stream)).toEqual(['u']);
  });

  test('counts what lies after a position, if it counts', async () => {
    await store().append([append('s', NO_STREAM, eventsOf('a', 4))]);
    const stored = await store().readStream('s');
    for (const [index, { position }] of stored.entries()) {
      expect([undefined, 3 - index]).toContain(await store().countAfter(position));
    }
    expect([undefined, 4]).toContain(await store().countAfter(LOG_START));
  });

  test('wakes listeners after an append, and no more once unsubscribed', async () => {
    const { promise, resolve } = withResolvers<string>();
    let isSubscribed = true;
    const unsubscribe = store().onAppended(() => {
      resolve(isSubscribed ? 'rang' : 'rang too late');
    });
    await store().append([append('s', NO_STREAM, eventsOf('a', 1))]);
    expect(await promise).toBe('rang');
    isSubscribed = false;
    unsubscribe();
    const second = withResolvers<undefined>();
    let lateRings = 0;
    store().onAppended(() => {
      second.resolve(undefined);
    });
    const countLate = store().onAppended(() => (lateRings += 1));
    countLate();
    await store().append([append('s', 0, eventsOf('b', 1))]);
    await second.promise;
    expect(lateRings).toBe(0);
  });
}

/** The revision after the appends so far of every other stream, three events each. */
const lastOf = (appendNumber: number): number => Math.floor(appendNumber / 2) * 3 - 1;

function describeContents(store: Current): void {
  const data = {
    text: 'é 漢字 😀 \u2028 " \\ \n \u0000 \ud83d \uffff',
    '': 'an empty name',
    nested: { list: [1, 2.5, -0.1, 1e300, 9_007_199_254_740_991, true, null, {}, []] },
    numberLike: '007',
  };

  test('come back as they were: data, type, version, time and id', async () => {
    const event = {
      id: idOf('ä😀'),
      type: 'heartbeat',
      version: 3,
      recordedAt: 8_640_000_000_000,
      data,
    };
    await store().append([append('s', NO_STREAM, [event])]);
    const [stored] = await store().readStream('s');
    const { position } = (await readEverything(store()))[0] ?? {};
    expect(stored).toEqual({ ...event, stream: 's', revision: 0, position });
  });

  const names = [
    'with space',
    'ünï',
    '漢字',
    '😀',
    '\uffff',
    "it's",
    '%',
    'a/b\\c"',
    '42',
    'S',
    's',
  ];
  test('streams are told apart by name, whatever its characters', async () => {
    await store().append(names.map((name) => append(name, NO_STREAM, [anEvent(`of ${name}`)])));
    for (const name of names) {
      expect(await store().readStream(name)).toMatchObject([
        { stream: name, id: idOf(`of ${name}`) },
      ]);
    }
    const stored = (await readEverything(store())).map(({ stream }) => stream);
    expect(stored.sort()).toEqual([...names].sort());
  });

  test('an append of 10,000 events is stored whole', async () => {
    const [outcome] = await store().append([append('s', NO_STREAM, eventsOf('a', 10_000))]);
    expect(outcome).toMatchObject({ kind: 'appended', revision: 9_999 });
    const stored = await store().readStream('s');
    expect(stored).toHaveLength(10_000);
    expect(stored.every(({ id, revision }) => id === idOf(`a-${String(revision)}`))).toBe(true);
  });

  test('an event of nearly 1 MiB, the most that some stores take, is stored whole', async () => {
    const text = '😀é"x'.repeat(110_000);
    await store().append([append('s', NO_STREAM, [{ ...anEvent('a'), data: { text } }])]);
    const [stored] = await store().readStream('s');
    expect(stored?.data.text === text).toBe(true);
  });
}
