import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import type { StoredEvent } from '../../src/ports/event-store.js';
import { testNames } from '../support/test-log.js';
import { appendStored } from '../support/event-logs.js';
import { end, heartbeat, NOON, report, start } from '../support/playback.js';
import { SESSION, sessionWriter, type SessionWriter } from '../support/session-writer.js';
import { StoreView } from '../support/store-views.js';

const BATCH = 1_000;
/** A stream is closed when it has so many events. */
const CHAPTER = 5_000;
const CLOSING_BYTES_MAX = 128 * 1_024;

const streamOf = (chapter: number): string => testNames.playback('m1', SESSION, chapter);
const beat = (i: number, fields = {}) => heartbeat({ eventId: `e-${String(i)}`, ...fields });

/** Heartbeats from one number to another, a thousand at a time; how many were duplicates. */
async function play(writer: SessionWriter, from: number, to: number): Promise<number> {
  let duplicates = 0;
  for (let at = from; at < to; at += BATCH) {
    const beats = Array.from({ length: Math.min(BATCH, to - at) }, (_, i) => beat(at + i));
    for (const outcome of await writer.execute(SESSION, beats)) {
      if (outcome.kind === 'refused') throw outcome.error;
      if (outcome.isDuplicate) duplicates += 1;
    }
  }
  return duplicates;
}

const typesIn = async (store: MemoryEventStore, chapter: number): Promise<readonly string[]> =>
  (await store.readStream(streamOf(chapter))).map(({ type }) => type);

describe('a session of many events', () => {
  it('goes on in another stream each time that one has grown long', async () => {
    const store = new MemoryEventStore();
    const writer = sessionWriter(store);
    await writer.execute(SESSION, [start({ occurredAt: NOON })]);
    expect(await play(writer, 0, 12_000)).toBe(0);
    const [first, second, third, none] = await Promise.all(
      [0, 1, 2, 3].map((n) => typesIn(store, n)),
    );
    expect([first?.length, second?.length, third?.length, none?.length]).toEqual([
      5_002, 5_001, 2_000, 0,
    ]);
    expect([first?.at(-1), second?.at(-1), third?.at(-1)]).toEqual([
      'chapter_closed',
      'chapter_closed',
      'heartbeat',
    ]);
    const { events } = await store.readAll(0, 100_000);
    const closings = events.filter(({ type }) => type === 'chapter_closed');
    for (const { data } of closings) {
      expect(JSON.stringify(data).length).toBeLessThan(CLOSING_BYTES_MAX);
    }
    const beats = events.filter(({ type }) => type === 'heartbeat');
    expect(new Set(beats.map(({ data }) => data.eventId)).size).toBe(12_000);
  });

  it('knows what came again, in whatever chapter it was, on every node', async () => {
    const store = new MemoryEventStore();
    const writer = sessionWriter(store);
    await play(writer, 0, 11_000);
    const head = await store.head();
    expect(await play(writer, 0, 11_000)).toBe(11_000);
    expect(await play(sessionWriter(store), 0, 11_000)).toBe(11_000);
    expect(await store.head()).toBe(head);
    const last = await store.readLast(streamOf(2));
    const [again] = await sessionWriter(store).execute(SESSION, [beat(1)]);
    expect(again).toMatchObject({ isDuplicate: true, position: last?.position });
  });

  it('is read by the ends of its closed chapters, and the whole of the open one', async () => {
    const store = new StoreView(new MemoryEventStore());
    await play(sessionWriter(store), 0, 11_000);
    store.reads.length = 0;
    expect(await play(sessionWriter(store), 11_000, 11_001)).toBe(0);
    expect(store.reads).toEqual([streamOf(2)]);
  });

  it('keeps the view that is under way, and whose end completes it', async () => {
    const store = new MemoryEventStore();
    await sessionWriter(store).execute(SESSION, [start({ occurredAt: NOON - 7, label: '4k' })]);
    await play(sessionWriter(store), 0, 10_001);
    await sessionWriter(store).execute(SESSION, [heartbeat(), end(), start()]);
    const events = await store.readStream(streamOf(2));
    const [quality, completes] = ['quality', 'completesViewAt'].map(
      (name) => events.at(-1)?.data[name],
    );
    expect([events.at(-1)?.type, quality, completes]).toEqual(['session_end', 'ULTRA', NOON - 7]);
  });

  it('is closed by one of several nodes, and counts everything once', async () => {
    const store = new MemoryEventStore();
    await play(sessionWriter(store), 0, CHAPTER - 1);
    const nodes = [sessionWriter(store), sessionWriter(store), sessionWriter(store)];
    await Promise.all(nodes.map((node, n) => play(node, CHAPTER - 5 + n, CHAPTER + 300 + n)));
    await Promise.all(nodes.map((node) => play(node, 0, CHAPTER + 302)));
    const { events } = await store.readAll(0, 100_000);
    expect(events.filter(({ type }) => type === 'chapter_closed')).toHaveLength(1);
    const ids = events.flatMap(({ type, data }) => (type === 'heartbeat' ? [data.eventId] : []));
    expect(ids).toHaveLength(CHAPTER + 302);
    expect(new Set(ids).size).toBe(CHAPTER + 302);
  });

  it('that another node closes between two reads goes on behind what closed it', async () => {
    const store = new MemoryEventStore();
    await play(sessionWriter(store), 0, CHAPTER);
    const other = sessionWriter(store);
    class Overtaken extends StoreView {
      override async readStream(stream: string): Promise<readonly StoredEvent[]> {
        await play(other, CHAPTER, CHAPTER + 1);
        return super.readStream(stream);
      }
    }
    expect(await play(sessionWriter(new Overtaken(store)), CHAPTER + 1, CHAPTER + 2)).toBe(0);
    expect(await play(other, 0, CHAPTER + 2)).toBe(CHAPTER + 2);
    expect((await typesIn(store, 0)).at(-1)).toBe('chapter_closed');
    expect(await typesIn(store, 1)).toEqual(['heartbeat', 'heartbeat']);
  });

  it('goes on where what closed a chapter is not as it should be', async () => {
    const store = new MemoryEventStore();
    await play(sessionWriter(store), 0, CHAPTER);
    const strange = { id: 'x', type: 'chapter_closed', version: 1, recordedAt: NOON };
    await appendStored(store, streamOf(0), { ...strange, data: { chapter: -1 } });
    await appendStored(store, streamOf(1), { ...strange, id: 'y', type: 'unheard_of', data: {} });
    expect(await play(sessionWriter(store), 0, CHAPTER + 1)).toBe(CHAPTER);
    expect((await typesIn(store, 1)).at(-1)).toBe('heartbeat');
  });

  it('goes on where it was closed and nothing came after that', async () => {
    const store = new MemoryEventStore();
    await play(sessionWriter(store), 0, CHAPTER + 1);
    const whole = await store.readStream(streamOf(0));
    const only = new MemoryEventStore();
    await only.append([{ stream: streamOf(0), expectedRevision: -1, events: whole }]);
    expect(await play(sessionWriter(only), 0, CHAPTER + 1)).toBe(CHAPTER);
    expect(await typesIn(only, 1)).toEqual(['heartbeat']);
  });

  it('goes on where the end of a chapter cannot be read', async () => {
    class Damaged extends StoreView {
      override async readStream(stream: string): Promise<readonly StoredEvent[]> {
        return (await super.readStream(stream)).map((event) => this.damaged(event));
      }

      override async readLast(stream: string): Promise<StoredEvent | undefined> {
        const event = await super.readLast(stream);
        return event && this.damaged(event);
      }

      private damaged(event: StoredEvent): StoredEvent {
        if (event.type !== 'chapter_closed') return event;
        return { ...event, type: '', data: {}, damage: 'a byte of it' };
      }
    }
    const store = new MemoryEventStore();
    await play(sessionWriter(store), 0, 11_000);
    const head = await store.head();
    expect(await play(sessionWriter(new Damaged(store)), 0, 11_000)).toBe(11_000);
    expect(await store.head()).toBe(head);
  });

  it('of one request that is longer than a chapter is closed after it', async () => {
    const store = new MemoryEventStore();
    const writer = sessionWriter(store);
    await writer.execute(
      SESSION,
      Array.from({ length: 10_000 }, (_, i) => beat(i)),
    );
    await play(writer, 10_000, 10_001);
    expect((await store.readStream(streamOf(0))).length).toBe(10_001);
    expect(await play(sessionWriter(store), 0, 10_001)).toBe(10_001);
  });
});

describe('a repetition', () => {
  it('is told from another event of the same id, also in an earlier chapter', async () => {
    const store = new MemoryEventStore();
    await play(sessionWriter(store), 0, CHAPTER + 1);
    const outcomes = await sessionWriter(store).execute(SESSION, [
      beat(1),
      beat(1, { occurredAt: NOON - 50 }),
      beat(1, { durationMs: 10_000 }),
      beat(1, { bytes: 7 }),
      beat(1, { viewerId: 'q0Zc2l8mT1yRrWv9Xw3sNA' }),
      beat(1, { label: '1080p' }),
      report('buffering', { eventId: 'e-1' }),
      beat(CHAPTER, { durationMs: 3 }),
    ]);
    const conflicting = outcomes.map((one) => one.kind === 'done' && one.isConflicting);
    expect(conflicting).toEqual([false, false, true, true, true, true, true, true]);
  });

  it('of a start with another id is none of those', async () => {
    const writer = sessionWriter(new MemoryEventStore());
    await writer.execute(SESSION, [start()]);
    expect(await writer.execute(SESSION, [start()])).toMatchObject([
      { isDuplicate: true, isConflicting: false },
    ]);
  });
});
