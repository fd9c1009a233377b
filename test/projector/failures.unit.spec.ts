import { servingOf } from '../contracts/read-model-store.js';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { PlayheadError } from '../../src/domain/errors.js';
import type { Recorded } from '../../src/domain/event.js';
import type { LogPage, StoredEvent } from '../../src/ports/event-store.js';
import { stateOf } from '../../src/ports/projection-control.js';
import type { Projection } from '../../src/ports/projection.js';
import type { GenerationWrite, StoredDocument } from '../../src/ports/read-model/documents.js';
import type { Generation } from '../../src/ports/read-model/generation.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import { appendStored, appendTo, logOf, LogView } from '../support/event-logs.js';
import { documentsOf } from '../support/memory-projections.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, onePassText, projectors, readModelText } from '../support/projector-rig.js';
import { WriterView } from '../support/writer-view.js';

const newProjector = projectors();

const view = (mediaId: string, i: number): Recorded =>
  stored('session_start', { mediaId, sessionId: `s${String(i)}`, bytes: 7 }, NOON + i);
const events = [1, 2, 3, 4, 5, 6].map((i) => view(i % 2 === 0 ? 'even' : 'odd', i));

type Failure = 'before the commit' | 'after the commit' | 'at the load';

/** Fails once for each entry, at that commit of a projection (from 1), in that way. */
class FailingWriter extends WriterView {
  private readonly commits = new Map<string, number>();

  constructor(
    writer: ReadModelWriter,
    private readonly plan: { name: string; at: number; failure: Failure }[],
  ) {
    super(writer);
  }

  override async load(
    generation: Generation,
    keys: readonly string[],
  ): Promise<readonly StoredDocument[]> {
    this.failIf(generation.projection, 'at the load', 1);
    return super.load(generation, keys);
  }

  override async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const name = generation.projection;
    this.failIf(name, 'before the commit', 1);
    const committed = await super.commit(generation, write);
    this.commits.set(name, this.commitsOf(name) + 1);
    this.failIf(name, 'after the commit', 0);
    return committed;
  }

  private failIf(name: string, failure: Failure, ahead: number): void {
    const at = this.commitsOf(name) + ahead;
    const place = this.plan.findIndex(
      (one) => one.name === name && one.at === at && one.failure === failure,
    );
    if (place < 0) return;
    this.plan.splice(place, 1);
    throw new Error(`lost ${failure}`);
  }

  private commitsOf(name: string): number {
    return this.commits.get(name) ?? 0;
  }
}

const EARLIER_WAITS = 'an earlier event of this document waits';

const states = (projector: Awaited<ReturnType<typeof newProjector>>) =>
  Object.fromEntries(projector.progress().map((one) => [one.name, stateOf(one)]));

describe('a store that fails', () => {
  it.each(['before the commit', 'after the commit', 'at the load'] as const)(
    '%s leaves every event counted exactly once, and everything going on',
    async (failure) => {
      const store = new MemoryReadModelStore();
      const writer = new FailingWriter(store, [
        { name: 'popularity', at: 2, failure },
        { name: 'bandwidth', at: 3, failure },
      ]);
      const log = await logOf(events);
      const projector = await newProjector({ log, writer, batchEventsMax: 2 });
      await projector.settled();
      expect(await readModelText(store)).toBe(onePassText(events));
      expect(projector.failures).toEqual([
        { message: `Error: lost ${failure}`, isFinal: false },
        { message: `Error: lost ${failure}`, isFinal: false },
      ]);
      expect(new Set(Object.values(states(projector)))).toEqual(new Set(['LIVE']));
    },
  );

  it('after the commit counts every event exactly once, also after a restart', async () => {
    const store = new MemoryReadModelStore();
    const plan = [{ name: 'popularity', at: 2, failure: 'after the commit' as const }];
    const writer = new FailingWriter(store, plan);
    const log = await logOf(events);
    const first = await newProjector({ log, writer, batchEventsMax: 2 });
    await first.settled(['bandwidth', 'streaming-analytics', 'sessions']);
    await first.stop();
    const second = await newProjector({ log, writer: store });
    await second.settled();
    expect(await readModelText(store)).toBe(onePassText(events));
  });

  it('to read the log is asked again, and shown as lag meanwhile', async () => {
    class Unreachable extends LogView {
      failures = 1;
      override async readAll(after: number, limit: number): Promise<LogPage> {
        if (after > 0 && this.failures > 0) {
          this.failures -= 1;
          throw new PlayheadError('STORE_UNAVAILABLE', 'out of reach');
        }
        return super.readAll(after, limit);
      }
    }
    const store = new MemoryReadModelStore();
    const log = new Unreachable(await logOf(events));
    const projector = await newProjector({ log, writer: store, batchEventsMax: 3 });
    await projector.until((told) => told.every(({ behindSince }) => behindSince !== undefined));
    await projector.settled();
    await projector.until((told) => told.every(({ behindSince }) => behindSince === undefined));
    expect(projector.failures).toEqual([
      { message: 'PlayheadError: out of reach', isFinal: false },
    ]);
    expect(await readModelText(store)).toBe(onePassText(events));
  });
});

describe('a fold that throws', () => {
  const broken = (at: number): Projection<{ count: number }> => ({
    ...counting('popularity'),
    evolve: (document, event) => {
      if (event.recordedAt === NOON + at) throw new Error('cannot fold this');
      return { count: (document?.count ?? 0) + 1 };
    },
  });
  const projections = (third: Projection<{ count: number }>) =>
    [counting('bandwidth'), third, counting('sessions')] as unknown as readonly Projection[];
  const parkedIn = async (writer: MemoryReadModelStore) => {
    const model = { projection: 'popularity', version: 1 } as const;
    const serving = await servingOf(writer, { ...model, storeId: '', indexes: [], settings: {} });
    return serving === undefined ? [] : writer.parked(serving);
  };

  it('parks the event and what follows for its document, and nothing else', async () => {
    const writer = new MemoryReadModelStore();
    const store = await logOf(events);
    const setup = { log: store, writer, batchEventsMax: 2 };
    const projector = await newProjector({ ...setup, projections: projections(broken(3)) });
    await projector.settled();
    await appendTo(store, [view('odd', 7)]);
    await projector.settled();
    expect(await documentsOf(writer, 'popularity')).toEqual({
      odd: { count: 1 },
      even: { count: 3 },
    });
    expect(await documentsOf(writer, 'sessions')).toEqual({
      odd: { count: 4 },
      even: { count: 3 },
    });
    expect(await parkedIn(writer)).toEqual([
      { position: 3, key: 'odd', reason: 'Error: cannot fold this', parkedAt: NOON },
      { position: 5, key: 'odd', reason: EARLIER_WAITS, parkedAt: NOON },
      { position: 7, key: 'odd', reason: EARLIER_WAITS, parkedAt: NOON },
    ]);
    expect(projector.progress().map(({ parkedEvents }) => parkedEvents)).toEqual([0, 3, 0]);
    expect(new Set(Object.values(states(projector)))).toEqual(new Set(['LIVE']));
  });

  it('takes them in their order once the code is right and they are tried again', async () => {
    const writer = new MemoryReadModelStore();
    const log = await logOf(events);
    const setup = { log, writer, batchEventsMax: 2 };
    const first = await newProjector({ ...setup, projections: projections(broken(3)) });
    await first.settled();
    await first.stop();
    const right = projections(counting('popularity'));
    const second = await newProjector({ ...setup, projections: right });
    await second.settled();
    await appendTo(log, [view('odd', 7)]);
    await second.settled();
    expect(await parkedIn(writer)).toHaveLength(3);
    await second.retryParked('popularity');
    expect(await parkedIn(writer)).toEqual([]);
    const all = [...events, view('odd', 7)];
    expect(await readModelText(writer, right)).toBe(onePassText(all, right));
  });

  it('keeps parked what it cannot take when it is tried again', async () => {
    const writer = new MemoryReadModelStore();
    const setup = { log: await logOf(events), writer };
    const projector = await newProjector({ ...setup, projections: projections(broken(3)) });
    await projector.settled();
    await projector.retryParked('popularity');
    expect((await parkedIn(writer)).map(({ position }) => position)).toEqual([3, 5]);
    expect(await documentsOf(writer, 'popularity')).toMatchObject({ odd: { count: 1 } });
  });

  it('lets the others follow when one event is given up', async () => {
    const writer = new MemoryReadModelStore();
    const setup = { log: await logOf(events), writer };
    const projector = await newProjector({ ...setup, projections: projections(broken(3)) });
    await projector.settled();
    const giveUp = { position: 3, key: 'odd', reason: 'it was never right' };
    await projector.retryParked('popularity', giveUp);
    expect(await documentsOf(writer, 'popularity')).toMatchObject({ odd: { count: 2 } });
    expect(await parkedIn(writer)).toMatchObject([{ position: 3, skipped: giveUp.reason }]);
    await projector.until((told) => told.every(({ parkedEvents }) => parkedEvents === 0));
    await expect(
      projector.retryParked('popularity', { ...giveUp, position: 4 }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('parks an event whose documents cannot be told alone', async () => {
    const third: Projection<{ count: number }> = {
      ...counting('popularity'),
      keysOf: (event) => {
        if (event.recordedAt === NOON + 3) throw new Error('where to?');
        return counting('popularity').keysOf(event);
      },
    };
    const writer = new MemoryReadModelStore();
    const log = await logOf(events);
    const projector = await newProjector({ log, writer, projections: projections(third) });
    await projector.settled();
    expect(await parkedIn(writer)).toMatchObject([{ position: 3, key: '' }]);
    expect(await documentsOf(writer, 'popularity')).toMatchObject({ odd: { count: 2 } });
  });

  it('stops its projection when more than a thousand events wait, and no other', async () => {
    const many = Array.from({ length: 1_001 }, (_, i) => view('m', i));
    const always: Projection<{ count: number }> = {
      ...counting('popularity'),
      evolve: () => {
        throw new Error('cannot fold anything');
      },
    };
    const log = await logOf(many.slice(0, 1_000));
    const projector = await newProjector({ log, projections: projections(always) });
    await projector.settled();
    expect(states(projector).popularity).toBe('LIVE');
    await appendTo(log, many.slice(1_000));
    await projector.until((told) => told.some((one) => stateOf(one) === 'STOPPED'));
    expect(states(projector)).toEqual({
      bandwidth: 'LIVE',
      popularity: 'STOPPED',
      sessions: 'LIVE',
    });
    expect(projector.failures).toMatchObject([{ isFinal: true }]);
    expect(projector.failures[0]?.message).toMatch(/more than 1000 events are parked/);
  });
});

describe('an event that cannot be read', () => {
  const unreadable = { id: 'x', type: 'session_paused', version: 1, recordedAt: NOON, data: {} };

  it('is parked alone by every projection, and the others are folded', async () => {
    const store = await logOf(events.slice(0, 3));
    await appendStored(store, 'another', unreadable);
    await appendTo(store, events.slice(3));
    const writer = new MemoryReadModelStore();
    const projector = await newProjector({ log: store, writer });
    await projector.settled();
    expect(projector.progress().map(({ parkedEvents }) => parkedEvents)).toEqual([1, 1, 1, 1]);
    expect(await readModelText(writer)).toBe(onePassText(events));
    expect(projector.failures).toEqual([]);
    const parked = await projector.parked('popularity');
    expect(parked).toMatchObject([{ position: 4, key: '' }]);
    expect(parked[0]?.reason).toMatch(/session_paused of schema version 1/);
  });

  it('is folded once the code can read it and it is tried again', async () => {
    class Upgraded extends LogView {
      override async readAt(position: number): Promise<StoredEvent | undefined> {
        const stored = await super.readAt(position);
        const readable = view('odd', 9).data as unknown as Record<string, unknown>;
        return stored && { ...stored, type: 'session_start', data: readable };
      }
    }
    const store = await logOf(events.slice(0, 3));
    await appendStored(store, 'another', unreadable);
    await appendTo(store, events.slice(3));
    const writer = new MemoryReadModelStore();
    const first = await newProjector({ log: store, writer });
    await first.settled();
    await first.stop();
    const second = await newProjector({ log: new Upgraded(store), writer });
    await second.settled();
    for (const { name } of second.progress()) await second.retryParked(name);
    const asRead = { ...view('odd', 9), recordedAt: NOON } as Recorded;
    const all = [...events.slice(0, 3), asRead, ...events.slice(3)];
    expect(await readModelText(writer)).toBe(onePassText(all));
  });
});

it('an empty log is at its end at once', async () => {
  const projector = await newProjector({ log: new MemoryEventStore() });
  await projector.settled();
  expect(projector.progress()).toMatchObject(
    [1, 2, 3, 4].map(() => ({ isStopped: false, servesFrom: 0, scanned: 0 })),
  );
});
