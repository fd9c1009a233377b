import { jest } from '@jest/globals';
import fc from 'fast-check';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { heartbeat, start } from '../support/playback.js';
import { LossyStore, type Fate } from '../support/store-views.js';

/** The waits between attempts, in milliseconds; here they take no time. */
const waits: number[] = [];
jest.unstable_mockModule('node:timers/promises', () => ({
  setImmediate: () => Promise.resolve(),
  setTimeout: (ms: number) => {
    waits.push(ms);
    return new Promise<void>((resolve) => setImmediate(resolve));
  },
}));
const { donePosition, eventIdsIn, SESSION, sessionWriter } =
  await import('../support/session-writer.js');

beforeEach(() => {
  waits.length = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => waits.reduce((sum, ms) => sum + ms, 0));
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('an append whose outcome is not known', () => {
  it.each(['reply lost', 'request lost'] as const)(
    '(%s) is sent again until it is, and counts once',
    async (fate) => {
      const store = new LossyStore(new MemoryEventStore(), [fate, fate, fate]);
      const outcomes = await sessionWriter(store).execute(SESSION, [
        start({ eventId: 'a' }),
        heartbeat({ eventId: 'b' }),
      ]);
      expect(outcomes).toMatchObject([
        { kind: 'done', isDuplicate: false, position: 2 },
        { kind: 'done', isDuplicate: false, position: 2 },
      ]);
      expect(await eventIdsIn(store)).toEqual(['a', 'b']);
      expect(waits).toEqual([50, 100, 200]);
    },
  );

  it('is sent again with the same events at the same place, and with nothing more', async () => {
    const store = new LossyStore(new MemoryEventStore(), ['fine', 'reply lost', 'request lost']);
    const writer = sessionWriter(store);
    await writer.execute(SESSION, [start({ eventId: 'a' })]);
    store.meanwhile = () => {
      void writer.execute(SESSION, [heartbeat({ eventId: 'late' })]);
      return Promise.resolve();
    };
    await writer.execute(SESSION, [heartbeat({ eventId: 'b' })]);
    const [, first, second, third] = store.appends.map((append) => JSON.stringify(append));
    expect([second, third]).toEqual([first, first]);
    await writer.execute(SESSION, [heartbeat({ eventId: 'c' })]);
    expect(await eventIdsIn(store)).toEqual(['a', 'b', 'late', 'c']);
  });

  it('counts once where another node wrote behind it meanwhile', async () => {
    const inner = new MemoryEventStore();
    const store = new LossyStore(inner, ['reply lost']);
    const other = sessionWriter(inner);
    store.meanwhile = async () => {
      await other.execute(SESSION, [heartbeat({ eventId: 'other' })]);
    };
    const writer = sessionWriter(store);
    const outcomes = await writer.execute(SESSION, [start({ eventId: 'a' })]);
    expect(outcomes.map(donePosition)).toEqual([1]);
    await writer.execute(SESSION, [heartbeat({ eventId: 'b' })]);
    expect(await eventIdsIn(inner)).toEqual(['a', 'other', 'b']);
  });

  it('counts once where another node wrote in its place meanwhile', async () => {
    const inner = new MemoryEventStore();
    const store = new LossyStore(inner, ['request lost']);
    const other = sessionWriter(inner);
    store.meanwhile = async () => {
      await other.execute(SESSION, [start({ eventId: 'a' }), heartbeat({ eventId: 'other' })]);
    };
    const outcomes = await sessionWriter(store).execute(SESSION, [
      start({ eventId: 'a' }),
      heartbeat({ eventId: 'b' }),
    ]);
    expect(outcomes).toMatchObject([
      { kind: 'done', isDuplicate: true, position: 3 },
      { kind: 'done', isDuplicate: false, position: 3 },
    ]);
    expect(await eventIdsIn(inner)).toEqual(['a', 'other', 'b']);
  });

  it('for 10 seconds is given up as STORE_UNAVAILABLE, and may be sent again', async () => {
    const lost = Array.from({ length: 100 }, (): Fate => 'reply lost');
    const store = new LossyStore(new MemoryEventStore(), lost);
    const writer = sessionWriter(store);
    const commands = [start({ eventId: 'a' }), heartbeat({ eventId: 'b' })];
    const refused = { kind: 'refused', error: { code: 'STORE_UNAVAILABLE' } };
    expect(await writer.execute(SESSION, commands)).toMatchObject([refused, refused]);
    const waited = waits.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThanOrEqual(10_000);
    expect(waited).toBeLessThan(12_000);
    expect(Math.max(...waits)).toBe(1_000);
    lost.length = 0;
    const sentAgain = await writer.execute(SESSION, commands);
    expect(sentAgain.map(donePosition)).toEqual([2, 2]);
    expect(await eventIdsIn(store)).toEqual(['a', 'b']);
  });

  it('and was given up, is told as a duplicate when it is sent again', async () => {
    const lost = Array.from({ length: 100 }, (): Fate => 'reply lost');
    const store = new LossyStore(new MemoryEventStore(), lost);
    const writer = sessionWriter(store);
    const commands = [start({ eventId: 'a' })];
    await writer.execute(SESSION, commands);
    lost.length = 0;
    expect(await writer.execute(SESSION, commands)).toMatchObject([
      { kind: 'done', isDuplicate: true, position: 1 },
    ]);
  });
});

describe('whatever becomes of appends', () => {
  it('every event is stored once, in dense revisions', async () => {
    const fates = fc.array(fc.constantFrom<Fate>('fine', 'reply lost', 'request lost'), {
      maxLength: 12,
    });
    const calls = fc.array(
      fc.record({
        node: fc.nat(1),
        eventIds: fc.array(fc.nat(12).map(String), { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(fates, calls, async (planned, sent) => {
        const store = new LossyStore(new MemoryEventStore(), planned);
        const nodes = [sessionWriter(store), sessionWriter(store)];
        const outcomes = await Promise.all(
          sent.map(async ({ node, eventIds }) => {
            const commands = eventIds.map((eventId) => heartbeat({ eventId }));
            return nodes[node]?.execute(SESSION, commands);
          }),
        );
        expect(outcomes.flat().every((outcome) => outcome?.kind === 'done')).toBe(true);
        const wanted = new Set(sent.flatMap(({ eventIds }) => eventIds));
        expect([...(await eventIdsIn(store))].sort()).toEqual([...wanted].sort());
      }),
      { numRuns: 100 },
    );
  });
});
