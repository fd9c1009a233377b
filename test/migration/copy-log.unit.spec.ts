import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { compareLogs } from '../../src/migration/compare-logs.js';
import { BATCH_EVENTS, copyLog, type CopyProgress } from '../../src/migration/copy-log.js';
import { completeCopy } from '../../src/migration/copy-mark.js';
import { LOG_START, NO_STREAM, type EventStore } from '../../src/ports/event-store.js';
import { anEvent, append, readEverything } from '../contracts/event-store.js';
import { LogView } from '../support/event-logs.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import {
  extend,
  FaultyStore,
  fill,
  grow,
  identityOf,
  IDENTITY,
  Killed,
  killing,
  losing,
  MARKING,
  saidIn,
  streamsOf,
} from './logs.js';

const EVENTS = 9_000;
const NO_PAUSES = Array.from({ length: 20 }, () => 0);

let source: MemoryEventStore;
let target: MemoryEventStore;
beforeEach(async () => {
  source = new MemoryEventStore();
  target = new MemoryEventStore();
  await fill(source, new SeededRandom(1), EVENTS);
});

const copy = (to: EventStore, retryPausesMs: readonly number[] = NO_PAUSES) =>
  copyLog({ source, target: to, ...MARKING, retryPausesMs });

describe('a copy of a log', () => {
  it('holds every stream with its order, ids, types, versions, times and data', async () => {
    expect(await copy(target)).toEqual({ events: EVENTS + 1, foundCopied: 0 });
    expect(await streamsOf(target)).toEqual(await streamsOf(source));
    const [first] = (await target.readAll(0, 1)).events;
    expect(first?.stream).toBe(IDENTITY);
  });

  it('is not changed by copying again, which sends nothing, and says so', async () => {
    await copy(target);
    const before = await streamsOf(target);
    const again = new FaultyStore(target, (appends, store) => store.append(appends));
    const { foundCopied } = await copy(again);
    expect(foundCopied).toBe(EVENTS + 1);
    expect(again.calls).toBe(0);
    expect(await streamsOf(target)).toEqual(before);
  });

  it('takes in what the log got since, in the middle of its streams too', async () => {
    await copy(target);
    await grow(source, new SeededRandom(2), 700);
    expect(await copy(target)).toEqual({ events: EVENTS + 701, foundCopied: EVENTS + 1 });
    expect(await streamsOf(target)).toEqual(await streamsOf(source));
  });

  it('sends what it has no outcome of again, until it has', async () => {
    const seed = seedOfRun();
    console.log(`FAULT_SEED=${String(seed)}`);
    await copy(new FaultyStore(target, losing(new SeededRandom(seed), 0.2)));
    expect(await streamsOf(target)).toEqual(await streamsOf(source));
  });

  it('is whole however often it was cut off in the middle of an append', async () => {
    const seed = seedOfRun();
    console.log(`FAULT_SEED=${String(seed)}`);
    const random = new SeededRandom(seed);
    let [kills, held] = [0, 0];
    // What is whole is not killed: now and then a run has nothing left to append.
    for (let run = 0; run < 12 || (kills <= 2 && run < 100); run += 1) {
      const store = new FaultyStore(target, killing(random, random.whole(1, 6)));
      try {
        await copy(store);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        kills += 1;
        // Killed in the very first append, it has left nothing, which needs no mark.
        const isEmpty = (await streamsOf(target)).size === 0;
        expect((await saidIn(target)).at(-1)).toBe(isEmpty ? undefined : 'copy_begun');
      }
      held = [...(await streamsOf(target)).values()].flat().length;
      if (run % 3 === 2) await grow(source, random, random.whole(1, 300));
    }
    expect((await copy(target)).foundCopied).toBe(held);
    expect(kills).toBeGreaterThan(2);
    expect(await streamsOf(target)).toEqual(await streamsOf(source));
  });

  it('tells how far it is, up to the end', async () => {
    const seen: CopyProgress[] = [];
    await copyLog({
      source,
      target,
      ...MARKING,
      onProgress: (progress) => seen.push(progress),
    });
    const done = seen.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(new Set(done).size).toBeGreaterThan(3);
    expect(seen.at(-1)).toEqual({ done: EVENTS + 1, total: EVENTS + 1 });
  });

  it('ends between two batches when it is asked to, and is resumed', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const stopped = copyLog({
      source,
      target,
      ...MARKING,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === BATCH_EVENTS) stop.abort(reason);
      },
    });
    await expect(stopped).rejects.toBe(reason);
    expect([...(await streamsOf(target)).values()].flat()).toHaveLength(BATCH_EVENTS);
    await copy(target);
    expect(await streamsOf(target)).toEqual(await streamsOf(source));
  });
});

describe('the mark of a copy', () => {
  const complete = (): Promise<void> => completeCopy({ ...MARKING, target });
  const MARKED = ['log_created', 'vocabulary_extended', 'copy_begun'];

  it('is there from the first event on, and as long as it is not lifted', async () => {
    const dying = new FaultyStore(target, () => Promise.reject(new Killed()));
    await expect(copy(dying)).rejects.toThrow(Killed);
    expect(await target.head()).toBe(0);
    const store = new FaultyStore(target, killing(new SeededRandom(1), 2));
    await expect(copy(store)).rejects.toThrow(Killed);
    expect(await saidIn(target)).toEqual(MARKED);
    await copy(target);
    expect(await saidIn(target)).toEqual(MARKED);
    await complete();
    expect(await saidIn(target)).toEqual([...MARKED, 'copy_completed']);
  });

  it('is not made where nothing is to be copied, and lifted once', async () => {
    await copy(target);
    await complete();
    await copy(target);
    await complete();
    expect(await saidIn(target)).toEqual([...MARKED, 'copy_completed']);
  });

  it('is made again where there is more to copy', async () => {
    await copy(target);
    await complete();
    await grow(source, new SeededRandom(2), 10);
    await copy(target);
    expect(await saidIn(target)).toEqual([...MARKED, 'copy_completed', 'copy_begun']);
  });

  it('is written once, though its outcome was lost', async () => {
    await copy(new FaultyStore(target, losing(new SeededRandom(3), 0.9)), Array(200).fill(0));
    expect(await saidIn(target)).toEqual(MARKED);
  });

  it('keeps apart from what the log says of itself later on, which is copied too', async () => {
    await extend(source, 1);
    await grow(source, new SeededRandom(2), 3_000);
    const store = new FaultyStore(target, killing(new SeededRandom(1), 3));
    await expect(copy(store)).rejects.toThrow(Killed);
    const held = [...(await readEverything(target)).values()].length - 2;
    expect(await copy(target)).toEqual({ events: EVENTS + 3_002, foundCopied: held });
    await complete();
    await extend(target, 5);
    await extend(source, 2);
    expect(await copy(target)).toEqual({ events: EVENTS + 3_003, foundCopied: EVENTS + 3_002 });
    await complete();
    const { events, further, difference } = await compareLogs({
      source,
      target,
      identityStream: IDENTITY,
    });
    expect({ events, further, difference }).toEqual({
      events: EVENTS + 3_003,
      further: 0,
      difference: undefined,
    });
    const said = await saidIn(target);
    expect(said.filter((type) => type === 'copy_completed')).toHaveLength(2);
    expect(said.at(-1)).toBe('copy_completed');
  });
});

describe('a copy stops', () => {
  it('at a target that holds another log, writing nothing', async () => {
    await target.append([append(IDENTITY, NO_STREAM, [identityOf('another')])]);
    await expect(copy(target)).rejects.toThrow(/another log/);
    expect(await target.head()).toBe(1);
  });

  it('at a target that holds events and no identity, writing nothing', async () => {
    await target.append([append('p-s-1', NO_STREAM, [anEvent('x')])]);
    await expect(copy(target)).rejects.toThrow(/not of this log/);
    expect(await target.head()).toBe(1);
  });

  it('at a log that has no identity', async () => {
    source = new MemoryEventStore();
    await source.append([append('p-s-1', NO_STREAM, [anEvent('x')])]);
    await expect(copy(target)).rejects.toThrow(/no identity/);
  });

  it('at a stream that holds something else, which it names', async () => {
    await target.append([append(IDENTITY, NO_STREAM, [identityOf('log')])]);
    await target.append([append('p-long', NO_STREAM, [anEvent('x')])]);
    await expect(copy(target)).rejects.toMatchObject({ stream: 'p-long' });
  });

  it('at a stream that was written to on both sides, which it names', async () => {
    await copy(target);
    const { length } = await target.readStream('p-long');
    await target.append([append('p-long', length - 1, [anEvent('theirs')])]);
    await source.append([append('p-long', length - 1, [anEvent('ours')])]);
    await expect(copy(target)).rejects.toMatchObject({ stream: 'p-long' });
  });

  it('at a target that keeps its outcomes to itself, after so many tries', async () => {
    const mute = new FaultyStore(target, (appends) =>
      Promise.resolve(appends.map(() => ({ kind: 'unknown', cause: 'down' }))),
    );
    await expect(copy(mute, [0, 0, 0])).rejects.toThrow(/run this again/);
    expect(mute.calls).toBe(4);
  });

  it.each([
    ['too-large', /p-.* cannot be copied: .*MaxAppendSize/],
    ['deleted', /p-.* cannot be copied: .*deleted for good/],
    ['cut-off', /p-.* cannot be copied: .*without its first events/],
  ] as const)('at once at events that the target refuses as %s', async (reason, message) => {
    const refusing = new FaultyStore(target, (appends) =>
      Promise.resolve(appends.map(() => ({ kind: 'refused', reason }))),
    );
    await expect(copy(refusing)).rejects.toThrow(message);
    expect(refusing.calls).toBe(1);
  });

  it('at a log that lacks events', async () => {
    const gappy = new (class extends LogView {
      override async readAll(after: number, limit: number) {
        const page = await super.readAll(after, limit);
        return { ...page, events: page.events.filter(({ position }) => position !== 3_000) };
      }
    })(source);
    const copying = copyLog({ source: gappy, target, ...MARKING });
    await expect(copying).rejects.toThrow(/lacks events/);
  });
});

describe('a comparison of a log with its copy', () => {
  it('counts the streams and events of both', async () => {
    await copy(target);
    const streams = (await streamsOf(source)).size;
    expect(await compareLogs({ source, target, identityStream: IDENTITY })).toEqual({
      streams,
      events: EVENTS + 1,
      further: 0,
      difference: undefined,
    });
  });

  it('counts what the copy got since', async () => {
    await copy(target);
    const { length } = await target.readStream('p-s-7');
    await target.append([append('p-s-7', length - 1, [anEvent('later')])]);
    expect(await compareLogs({ source, target, identityStream: IDENTITY })).toMatchObject({
      events: EVENTS + 1,
      further: 1,
      difference: undefined,
    });
  });

  it('does not count what the copy got since in other streams', async () => {
    await copy(target);
    await target.append([append('p-new', NO_STREAM, [anEvent('new')])]);
    expect(await compareLogs({ source, target, identityStream: IDENTITY })).toMatchObject({
      further: 0,
    });
  });

  it('finds an event that the copy holds elsewhere than in the log’s order', async () => {
    const [first] = (await source.readAll(LOG_START, 1)).events;
    if (first === undefined) throw new Error('the log is empty');
    const many = Array.from({ length: 30_000 }, (_, i) => anEvent(`m-${String(i)}`));
    await source.append([append('p-last', NO_STREAM, many)]);
    await copy(target);
    const inOtherOrder = new (class extends LogView {
      override async readAll(after: number, limit: number) {
        const page = await super.readAll(after, limit);
        const rest = page.events.filter(({ id }) => id !== first.id);
        return { ...page, events: page.isEnd ? [...rest, first] : rest };
      }
    })(target);
    expect(await compareLogs({ source, target: inOtherOrder, identityStream: IDENTITY })).toEqual({
      ...(await compareLogs({ source, target, identityStream: IDENTITY })),
      difference: undefined,
      further: 0,
    });
  });

  it('names a stream that lacks an event', async () => {
    await copy(target);
    const { length } = await source.readStream('p-s-7');
    await source.append([append('p-s-7', length - 1, [anEvent('later')])]);
    expect((await compareLogs({ source, target, identityStream: IDENTITY })).difference).toEqual({
      stream: 'p-s-7',
      revision: length,
    });
  });

  it.each(['id', 'type', 'version', 'recordedAt', 'data'] as const)(
    'names a stream in which the %s of an event differs',
    async (field) => {
      await copy(target);
      const altered = new (class extends LogView {
        override async readAll(after: number, limit: number) {
          const other = field === 'data' ? { other: true } : 'other';
          const page = await super.readAll(after, limit);
          const events = page.events.map((event) =>
            event.stream === 'p-s-7' && event.revision === 1 ? { ...event, [field]: other } : event,
          );
          return { ...page, events };
        }
      })(target);
      expect(
        (await compareLogs({ source, target: altered, identityStream: IDENTITY })).difference,
      ).toEqual({
        stream: 'p-s-7',
        revision: 1,
      });
    },
  );
});
