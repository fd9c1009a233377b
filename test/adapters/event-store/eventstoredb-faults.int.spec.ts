import { EventStoreDbEventStore } from '../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import {
  NO_STREAM,
  type AppendOutcome,
  type StreamAppend,
} from '../../../src/ports/event-store.js';
import { UnreadablePlace } from '../../../src/ports/log-past.js';
import { append, eventsOf, namesOf, readEverything } from '../../contracts/event-store.js';
import { DoubleProcess } from '../../support/eventstoredb/double-process.js';
import { EventStoreDbDouble } from '../../support/eventstoredb/eventstoredb-double.js';
import type { AppendFault } from '../../support/eventstoredb/faults.js';
import { describeWithDouble } from '../../support/eventstoredb/server-under-test.js';
import { until } from '../../support/polling.js';

const DEADLINE_MS = 500;
/** Longer than a test: for what has to come about without the deadline. */
const LONG_MS = 120_000;
const IN_FLIGHT_MAX = 128;

describeWithDouble('EventStoreDB that fails', () => {
  let double: EventStoreDbDouble;
  let store: EventStoreDbEventStore;

  const open = (deadlineMs: number): Promise<EventStoreDbEventStore> => {
    const limits = { appendDeadlineMs: deadlineMs, silenceMsMax: deadlineMs };
    return EventStoreDbEventStore.open({ url: double.url, prefix: 'p-', ...limits });
  };

  beforeEach(async () => {
    double = await EventStoreDbDouble.start({ hasNeighbours: true });
    store = await open(DEADLINE_MS);
  });
  afterEach(async () => {
    await store.close();
    double.down();
  });

  const one = append('p-s', NO_STREAM, eventsOf('a', 3));
  const appendOne = async (what: StreamAppend = one): Promise<AppendOutcome | undefined> =>
    (await store.append([what]))[0];
  /** As the command side does: the same append until its outcome is known. */
  const untilKnown = async (what: StreamAppend): Promise<AppendOutcome> => {
    for (;;) {
      const outcome = await appendOne(what);
      if (outcome !== undefined && outcome.kind !== 'unknown') return outcome;
    }
  };
  const places = async (): Promise<AppendOutcome> => {
    const last = (await store.readStream('p-s')).at(-1);
    return { kind: 'appended', position: last?.position ?? NaN, revision: last?.revision ?? NaN };
  };

  describe('an append', () => {
    const unknown: readonly (readonly [string, AppendFault, number, number])[] = [
      ['its reply is lost', 'reply-lost', 3, LONG_MS],
      ['the call fails', 'call-failed', 0, LONG_MS],
      ['the server ends the call', 'call-ended', 0, LONG_MS],
      ['the server has no time', 'busy', 0, LONG_MS],
      ['the user may not', 'access-denied', 0, LONG_MS],
      ['nothing comes back', 'stuck', 0, DEADLINE_MS],
      ['nothing comes back any more', 'call-stuck', 0, DEADLINE_MS],
      ['its reply comes too late', 'late', 3, DEADLINE_MS],
    ];
    test.each(unknown)(
      'is unknown, then stored once: %s',
      async (...[, fault, storedAtOnce, ms]) => {
        await store.close();
        store = await open(ms);
        double.faults.appends.push(fault);
        expect(await appendOne()).toMatchObject({ kind: 'unknown' });
        expect(double.log.stream('p-s')).toHaveLength(storedAtOnce);
        expect(await appendOne()).toEqual(await places());
        expect(namesOf(await store.readStream('p-s'))).toEqual(['a-0', 'a-1', 'a-2']);
      },
    );

    test('is unknown after the deadline, neither before nor long after', async () => {
      double.faults.appends.push('stuck');
      const before = performance.now();
      expect(await appendOne()).toMatchObject({ kind: 'unknown' });
      const elapsedMs = performance.now() - before;
      expect(elapsedMs).toBeGreaterThan(DEADLINE_MS - 50);
      expect(elapsedMs).toBeLessThan(DEADLINE_MS + 1_000);
    });

    test('is not waited for any more when its turn comes after the deadline', async () => {
      const second = append('p-s', 2, eventsOf('b', 1));
      for (let tries = 0; tries < 5; tries += 1) {
        double.faults.appends.push('stuck');
        const outcomes = await store.append([one, second]);
        expect(outcomes[0]).toMatchObject({ kind: 'unknown' });
        expect(double.log.stream('p-s')).toEqual([]);
        // Where their timers part by some milliseconds, the second is sent within its time.
        if (outcomes[1]?.kind === 'conflict') continue;
        expect(outcomes[1]).toMatchObject({ kind: 'unknown' });
        return;
      }
      throw new Error('no second append came to its turn after its deadline');
    });

    test('is passed over when its reply comes after the deadline', async () => {
      double.faults.appends.push('late');
      const tooLate = appendOne();
      // A reply in between shows that the call is alive: it stays, and the late one comes in.
      const other = await untilKnown(append('p-t', NO_STREAM, eventsOf('t', 1)));
      expect(other).toMatchObject({ kind: 'appended' });
      expect(await tooLate).toMatchObject({ kind: 'unknown' });
      double.faults.release();
      expect(await appendOne()).toEqual(await places());
      expect(await appendOne(append('p-s', 2, eventsOf('b', 1)))).toMatchObject({ revision: 3 });
      expect(double.appendCalls).toBe(1);
    });

    test('is passed over when its reply comes after the call’s error', async () => {
      double.faults.appends.push('late', 'reply-lost');
      const outcomes = store.append([one, append('p-t', NO_STREAM, eventsOf('t', 1))]);
      expect(await outcomes).toMatchObject([{ kind: 'unknown' }, { kind: 'unknown' }]);
      double.faults.release();
      expect(await appendOne()).toEqual(await places());
      expect(namesOf(await readEverything(store))).toEqual(['a-0', 'a-1', 'a-2', 't-0']);
    });

    test('counts once when its reply comes twice', async () => {
      double.faults.appends.push('answered-twice');
      expect(await appendOne()).toEqual(await places());
      expect(await appendOne(append('p-s', 2, eventsOf('b', 1)))).toMatchObject({ revision: 3 });
    });

    test('is looked up where the reply does not say where it stands', async () => {
      double.faults.appends.push('no-position');
      expect(await appendOne()).toEqual(await places());
    });

    test('is known by its ids where the server takes a repetition for a conflict', async () => {
      await appendOne();
      const outcome = await places();
      await appendOne(append('p-s', 2, eventsOf('b', 2)));
      double.faults.appends.push('repetition-refused');
      expect(await appendOne()).toEqual(outcome);
      expect(double.log.stream('p-s')).toHaveLength(5);
    });

    test('is unknown where it cannot be looked up', async () => {
      double.faults.appends.push('no-position');
      double.faults.reads.push({ kind: 'cut', after: 1 });
      expect(await appendOne()).toMatchObject({ kind: 'unknown' });
      expect(await appendOne()).toEqual(await places());
    });

    test('that is large goes in several messages, and is stored whole', async () => {
      const text = 'x'.repeat(900);
      const events = eventsOf('a', 1_000).map((a) => ({ ...a, data: { text } }));
      await store.close();
      store = await open(LONG_MS);
      expect(await appendOne(append('p-s', NO_STREAM, events))).toMatchObject({ revision: 999 });
      expect(double.appendMessages).toBe(4);
      const stored = await store.readStream('p-s');
      expect(stored.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    });

    test('larger than the server takes is refused at once, and not stored', async () => {
      const events = eventsOf('a', 1).map((a) => ({ ...a, data: { x: 'x'.repeat(2 ** 20) } }));
      const outcome = await appendOne(append('p-s', NO_STREAM, events));
      expect(outcome).toEqual({ kind: 'refused', reason: 'too-large' });
      expect(double.log.stream('p-s')).toEqual([]);
    });
  });

  describe('appends under way at once', () => {
    beforeEach(async () => {
      await store.close();
      store = await open(LONG_MS);
    });

    const many = (count: number): readonly StreamAppend[] =>
      Array.from({ length: count }, (_, i) => {
        const name = `e${String(i)}`;
        return append(`p-${name}`, NO_STREAM, eventsOf(name, 1));
      });

    test('are many, of many streams, but no more than a bound', async () => {
      const all = many(200);
      double.faults.appends.push(...all.map(() => 'late' as const));
      const outcomes = store.append(all);
      await until(() => double.faults.heldReplies === IN_FLIGHT_MAX);
      await store.head();
      expect(double.faults.heldReplies).toBe(IN_FLIGHT_MAX);
      double.faults.release();
      await until(() => double.faults.heldReplies === 200 - IN_FLIGHT_MAX);
      double.faults.release();
      expect((await outcomes).every(({ kind }) => kind === 'appended')).toBe(true);
    });

    test('are one of each stream, the next when the first is known', async () => {
      double.faults.appends.push('late');
      const outcomes = store.append([one, append('p-s', 2, eventsOf('b', 1))]);
      await until(() => double.faults.heldReplies === 1);
      await store.head();
      expect(double.log.stream('p-s')).toHaveLength(3);
      double.faults.release();
      expect(await outcomes).toMatchObject([{ revision: 2 }, { revision: 3 }]);
    });

    test('are all unknown when their call fails, and each is stored once in the end', async () => {
      const all = many(64);
      double.faults.appends.push(...all.slice(1).map(() => 'late' as const), 'reply-lost');
      const outcomes = await store.append(all);
      expect(outcomes.every(({ kind }) => kind === 'unknown')).toBe(true);
      const known = await Promise.all(all.map(untilKnown));
      expect(known.every(({ kind }) => kind === 'appended')).toBe(true);
      expect(await readEverything(store)).toHaveLength(64);
    });
  });

  describe('a read', () => {
    const outOfReach = { name: 'PlayheadError', code: 'STORE_UNAVAILABLE' };
    const reads: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['of a stream', () => store.readStream('p-s')],
      ['of a page', () => store.readAll(0, 100)],
      ['of the head', () => store.head()],
    ];

    test.each(reads)('%s that is cut off throws, and the next one works', async (_, read) => {
      await appendOne();
      const whole = await read();
      double.faults.reads.push({ kind: 'cut', after: 1 });
      await expect(read()).rejects.toMatchObject(outOfReach);
      expect(await read()).toEqual(whole);
    });

    test.each(reads)(
      '%s of which nothing comes throws, and the next one works',
      async (_, read) => {
        await appendOne();
        const whole = await read();
        double.faults.reads.push({ kind: 'stuck', after: 1 });
        await expect(read()).rejects.toMatchObject(outOfReach);
        expect(await read()).toEqual(whole);
      },
    );

    test('of a page that is given up ends at the server, too', async () => {
      await store.close();
      store = await open(LONG_MS);
      await appendOne();
      double.faults.reads.push({ kind: 'stuck', after: 1 });
      const end = new AbortController();
      const page = store.readAll(0, 100, end.signal).catch((error: unknown) => error);
      await until(() => double.openReads.size === 1);
      end.abort(new Error('too slow'));
      expect(await page).toMatchObject(outOfReach);
      await until(() => double.openReads.size === 0);
      const given = AbortSignal.abort(new Error('too slow'));
      await expect(store.readAll(0, 100, given)).rejects.toMatchObject(outOfReach);
      await until(() => double.openReads.size === 0);
      expect(namesOf((await store.readAll(0, 100)).events)).toEqual(['a-0', 'a-1', 'a-2']);
    });

    test('from where no event begins tells so, and only where the server answers', async () => {
      const outcome = await appendOne();
      const position = outcome?.kind === 'appended' ? outcome.position : NaN;
      const refused = await store.readAt(position - 1).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UnreadablePlace);
      expect(refused).toMatchObject(outOfReach);
      for (const kind of ['cut', 'stuck'] as const) {
        double.faults.reads.push({ kind, after: 0 });
        const failed = await store.readAt(position).catch((error: unknown) => error);
        expect(failed).toMatchObject(outOfReach);
        expect(failed).not.toBeInstanceOf(UnreadablePlace);
      }
    });

    test('under way when the server goes throws, and works when it is back', async () => {
      await appendOne();
      double.faults.reads.push({ kind: 'stuck', after: 1 });
      const read = store.readAll(0, 100);
      await until(() => double.faults.reads.length === 0);
      double.down();
      await expect(read).rejects.toMatchObject(outOfReach);
      await expect(store.head()).rejects.toMatchObject(outOfReach);
      await double.up();
      expect(namesOf((await store.readAll(0, 100)).events)).toEqual(['a-0', 'a-1', 'a-2']);
    });
  });

  describe('gone and back', () => {
    test('every append that was acknowledged is stored once, and nothing else', async () => {
      const writers = Array.from({ length: 20 }, (_, i) => `w${String(i)}`);
      const state = { isOver: false, acknowledged: 0 };
      const writing = writers.map(async (writer) => {
        const names: string[] = [];
        for (let i = 0; !state.isOver; i += 1) {
          const events = eventsOf(`${writer}-${String(i)}`, 2);
          const outcome = await untilKnown(append(`p-${writer}`, 2 * i - 1, events));
          expect(outcome).toMatchObject({ kind: 'appended', revision: 2 * i + 1 });
          names.push(...namesOf(events));
          state.acknowledged += 1;
        }
        return names;
      });
      for (let round = 0; round < 3; round += 1) {
        const before = state.acknowledged;
        await until(() => state.acknowledged > before + 100);
        double.down();
        await expect(store.head()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        await double.up();
      }
      const before = state.acknowledged;
      await until(() => state.acknowledged > before + 100);
      state.isOver = true;
      const written = await Promise.all(writing);
      for (const [i, names] of written.entries()) {
        expect(namesOf(await store.readStream(`p-${writers[i] ?? ''}`))).toEqual(names);
      }
      expect(await readEverything(store)).toHaveLength(written.flat().length);
    });

    test('it wakes listeners again', async () => {
      let wakeUps = 0;
      store.onAppended(() => (wakeUps += 1));
      await until(() => wakeUps > 0);
      double.down();
      await expect(store.head()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      const before = wakeUps;
      await double.up();
      await until(() => wakeUps > before);
      const afterReconnect = wakeUps;
      expect(await appendOne()).toMatchObject({ kind: 'appended' });
      await until(() => wakeUps > afterReconnect);
    });
  });
});

describeWithDouble('EventStoreDB in a process of its own', () => {
  let server: DoubleProcess;
  let store: EventStoreDbEventStore;
  const appendOne = async (name: string): Promise<string | undefined> =>
    (await store.append([append(`p-${name}`, NO_STREAM, eventsOf(name, 1))]))[0]?.kind;

  beforeEach(async () => {
    server = await DoubleProcess.start();
    const limits = { appendDeadlineMs: DEADLINE_MS, silenceMsMax: DEADLINE_MS };
    store = await EventStoreDbEventStore.open({ url: server.url, prefix: 'p-', ...limits });
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  test('that stands still leaves appends unknown and reads refused, until it goes on', async () => {
    expect(await appendOne('a')).toBe('appended');
    server.signal('SIGSTOP');
    expect(await appendOne('b')).toBe('unknown');
    await expect(store.head()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    server.signal('SIGCONT');
    await until(async () => (await appendOne('b')) === 'appended');
    expect(namesOf(await readEverything(store))).toEqual(['a-0', 'b-0']);
  });

  test('that goes and comes back has kept its log', async () => {
    await server.fault('reply-lost');
    expect(await appendOne('a')).toBe('unknown');
    await server.down();
    expect(await appendOne('a')).toBe('unknown');
    await server.up();
    const before = await server.count();
    await until(async () => (await appendOne('a')) === 'appended');
    expect(await server.count()).toBe(before);
    expect(namesOf(await readEverything(store))).toEqual(['a-0']);
  });
});
