import fc from 'fast-check';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import type { AppendOutcome } from '../../src/ports/event-store.js';
import { end, heartbeat, start, timeOut } from '../support/playback.js';
import {
  donePosition,
  eventIdsIn,
  forgetfulWriter,
  SESSION,
  sessionWriter,
} from '../support/session-writer.js';
import { StoreView } from '../support/store-views.js';

describe('two nodes that write to the same stream', () => {
  it('both make progress, and nothing is lost or doubled', async () => {
    const store = new MemoryEventStore();
    const nodes = [sessionWriter(store), sessionWriter(store)];
    const ids = Array.from({ length: 40 }, (_, i) => `e${String(i)}`);
    for (const [i, eventId] of ids.entries()) {
      const [outcome] = (await nodes[i % 2]?.execute(SESSION, [heartbeat({ eventId })])) ?? [];
      expect(donePosition(outcome)).toBe(i + 1);
    }
    expect(await eventIdsIn(store)).toEqual(ids);
  });

  it('at the same time, with the same events among them, store each once', async () => {
    const calls = fc.array(
      fc.record({
        node: fc.nat(1),
        eventIds: fc.array(fc.nat(20).map(String), { minLength: 1, maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(calls, async (planned) => {
        const store = new MemoryEventStore();
        const nodes = [sessionWriter(store), sessionWriter(store)];
        const outcomes = await Promise.all(
          planned.map(async ({ node, eventIds }) => {
            const commands = eventIds.map((eventId) => heartbeat({ eventId }));
            return (await nodes[node]?.execute(SESSION, commands)) ?? [];
          }),
        );
        const stored = await eventIdsIn(store);
        const wanted = new Set(planned.flatMap(({ eventIds }) => eventIds));
        expect([...stored].sort()).toEqual([...wanted].sort());
        expect(outcomes.flat().every(({ kind }) => kind === 'done')).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('tell of one event, sent to both at the same time, as new once', async () => {
    const store = new MemoryEventStore();
    const beat = heartbeat({ eventId: 'a' });
    const calls = [1, 2].map(() => sessionWriter(store).execute(SESSION, [beat]));
    const outcomes = (await Promise.all(calls)).flat();
    expect(outcomes).toMatchObject([
      { kind: 'done', isDuplicate: false, position: 1 },
      { kind: 'done', isDuplicate: true, position: 1 },
    ]);
  });

  it('start an explicit session once', async () => {
    const store = new MemoryEventStore();
    const nodes = [sessionWriter(store), sessionWriter(store)];
    const calls = nodes.map((node) => node.execute(SESSION, [start()]));
    const outcomes = (await Promise.all(calls)).flat();
    expect(
      outcomes.map((outcome) => outcome.kind === 'done' && outcome.isDuplicate).sort(),
    ).toEqual([false, true]);
    expect(await store.head()).toBe(1);
  });

  it('do not end a session as idle that went on at the other node', async () => {
    const store = new MemoryEventStore();
    const [here, there] = [sessionWriter(store), sessionWriter(store)];
    await here.execute(SESSION, [start()]);
    await there.execute(SESSION, [end()]);
    const [outcome] = await here.execute(SESSION, [timeOut()]);
    expect(outcome).toMatchObject({ kind: 'done', isDuplicate: true, position: 2 });
    expect(await store.head()).toBe(2);
  });

  it('give a duplicate the position that it has by now', async () => {
    const store = new MemoryEventStore();
    const [here, there] = [sessionWriter(store), sessionWriter(store)];
    const beat = heartbeat({ eventId: 'a' });
    await here.execute(SESSION, [start()]);
    const original = donePosition((await there.execute(SESSION, [beat]))[0]);
    const again = donePosition((await here.execute(SESSION, [beat]))[0]);
    expect(again).toBeGreaterThanOrEqual(original);
  });
});

describe('a conflict', () => {
  it('time and again is given up as CONFLICT, with nothing stored', async () => {
    class Contended extends StoreView {
      override append(appends: Parameters<StoreView['append']>[0]): Promise<AppendOutcome[]> {
        this.appends.push(...appends);
        return Promise.resolve(appends.map(() => ({ kind: 'conflict' })));
      }
    }
    const inner = new MemoryEventStore();
    await sessionWriter(inner).execute(SESSION, [heartbeat({ eventId: 'other' })]);
    const store = new Contended(inner);
    const outcomes = await sessionWriter(store).execute(SESSION, [start(), heartbeat()]);
    expect(outcomes).toMatchObject([
      { kind: 'refused', error: { code: 'CONFLICT' } },
      { kind: 'refused', error: { code: 'CONFLICT' } },
    ]);
    expect(store.appends.length).toBeGreaterThan(1);
    expect(store.appends.length).toBeLessThan(20);
  });
});

describe('what is remembered of a stream', () => {
  const beat = (eventId: string) => heartbeat({ eventId });

  it('may be forgotten without harm', async () => {
    const store = new StoreView(new MemoryEventStore());
    const forgetful = forgetfulWriter(store, 1);
    for (const eventId of ['a', 'b', 'a', 'c', 'b']) {
      for (const stream of ['s1', 's2']) await forgetful.execute(stream, [beat(eventId)]);
    }
    expect(await eventIdsIn(store, 's1')).toEqual(['a', 'b', 'c']);
    expect(await eventIdsIn(store, 's2')).toEqual(['a', 'b', 'c']);
  });

  it('is remembered for the streams written to last, as far as there is room', async () => {
    const store = new StoreView(new MemoryEventStore());
    // Two sessions of one event each weigh 4.
    const writer = forgetfulWriter(store, 4);
    for (const stream of ['s1', 's2', 's3']) await writer.execute(stream, [beat('a')]);
    await writer.execute('s3', [beat('a')]);
    await writer.execute('s2', [beat('a')]);
    expect(store.reads).toEqual([]);
    await writer.execute('s1', [beat('a')]);
    expect(store.reads).toHaveLength(1);
  });

  it('is read once, however many duplicates of another node come', async () => {
    const store = new StoreView(new MemoryEventStore());
    await sessionWriter(store).execute(SESSION, [beat('a')]);
    const writer = sessionWriter(store);
    for (let i = 0; i < 5; i += 1) await writer.execute(SESSION, [beat('a')]);
    expect(store.reads).toHaveLength(1);
  });
});
