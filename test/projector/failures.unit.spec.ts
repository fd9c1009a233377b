import { MemoryEventStore } from '../../src/adapters/event-store/memory/memory-event-store.js';
import { MemoryReadModelStore } from '../../src/adapters/read-model/memory/memory-read-model-store.js';
import { PlayheadError } from '../../src/domain/errors.js';
import type { Recorded } from '../../src/domain/event.js';
import type { LogPage } from '../../src/ports/event-store.js';
import type { Projection } from '../../src/ports/projection.js';
import type {
  Generation,
  GenerationWrite,
  ReadModelWriter,
  StoredDocument,
} from '../../src/ports/read-model-store.js';
import { appendStored, appendTo, logOf, LogView } from '../support/event-logs.js';
import { documentsOf } from '../support/memory-projections.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, onePassText, projectors, readModelText } from '../support/projector-rig.js';
import { WriterView } from '../support/writers.js';

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

const states = (projector: Awaited<ReturnType<typeof newProjector>>) =>
  Object.fromEntries(projector.progress().map(({ name, state }) => [name, state]));

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

  it('stops its projection at the batch before, and no other', async () => {
    const writer = new MemoryReadModelStore();
    const store = await logOf(events);
    const projector = await newProjector({
      log: store,
      writer,
      projections: projections(broken(5)),
      batchEventsMax: 2,
    });
    await projector.settled(['bandwidth', 'sessions']);
    expect(await documentsOf(writer, 'popularity')).toEqual({
      odd: { count: 2 },
      even: { count: 2 },
    });
    await appendTo(store, [view('odd', 7)]);
    await projector.settled(['bandwidth', 'sessions']);
    expect(states(projector)).toEqual({
      bandwidth: 'LIVE',
      popularity: 'STOPPED',
      sessions: 'LIVE',
    });
    expect(await documentsOf(writer, 'sessions')).toEqual({
      odd: { count: 4 },
      even: { count: 3 },
    });
    const stopped = projector.progress().find(({ name }) => name === 'popularity');
    expect(stopped).toMatchObject({ scanned: 4, behindSince: NOON + 5 });
    expect(projector.failures).toEqual([
      {
        message: 'FoldFailed: popularity cannot go on: Error: cannot fold this',
        isFinal: true,
      },
    ]);
  });

  it('lets its projection go on where it stopped, once the code is right', async () => {
    const writer = new MemoryReadModelStore();
    const log = await logOf(events);
    const setup = { log, writer, batchEventsMax: 2 };
    const first = await newProjector({ ...setup, projections: projections(broken(5)) });
    await first.settled(['bandwidth', 'sessions']);
    await first.stop();
    const right = projections(counting('popularity'));
    const second = await newProjector({ ...setup, projections: right });
    await second.settled();
    expect(await readModelText(writer, right)).toBe(onePassText(events, right));
  });

  it.each(['keysOf', 'indexValuesOf'] as const)('in %s is no different', async (method) => {
    const third: Projection<{ count: number }> = {
      ...counting('popularity'),
      [method]: () => {
        throw new Error('cannot fold this');
      },
    };
    const projector = await newProjector({
      log: await logOf(events),
      projections: projections(third),
    });
    await projector.settled(['bandwidth', 'sessions']);
    expect(states(projector).popularity).toBe('STOPPED');
    expect(projector.failures).toHaveLength(1);
  });
});

describe('an event that cannot be read', () => {
  const unreadable = { id: 'x', type: 'session_paused', version: 1, recordedAt: NOON, data: {} };

  it('stops every projection at its place, after what came before it', async () => {
    const store = await logOf(events.slice(0, 3));
    await appendStored(store, 'another', unreadable);
    await appendTo(store, events.slice(3));
    const writer = new MemoryReadModelStore();
    const projector = await newProjector({ log: store, writer });
    await projector.until((told) => told.every(({ state }) => state === 'STOPPED'));
    expect(projector.progress().map(({ scanned }) => scanned)).toEqual([3, 3, 3, 3]);
    expect(await readModelText(writer)).toBe(onePassText(events.slice(0, 3)));
    expect(projector.failures).toHaveLength(4);
    expect(projector.failures[0]).toEqual({
      message: 'UndecodableEvent: no way to read a stored session_paused of schema version 1',
      isFinal: true,
    });
  });

  it('is folded in its turn once the code can read it', async () => {
    class Upgraded extends LogView {
      override async readAll(after: number, limit: number): Promise<LogPage> {
        const page = await super.readAll(after, limit);
        const readable = events[2]?.data as unknown as Record<string, unknown>;
        const upcast = { type: 'session_start', data: readable } as const;
        const read = page.events.map((one) => (one.id === 'x' ? { ...one, ...upcast } : one));
        return { ...page, events: read };
      }
    }
    const store = await logOf(events.slice(0, 3));
    await appendStored(store, 'another', unreadable);
    await appendTo(store, events.slice(3));
    const writer = new MemoryReadModelStore();
    const first = await newProjector({ log: store, writer });
    await first.until((told) => told.every(({ state }) => state === 'STOPPED'));
    await first.stop();
    const second = await newProjector({ log: new Upgraded(store), writer });
    await second.settled();
    const asRead = { ...events[2], recordedAt: NOON } as Recorded;
    const all = [...events.slice(0, 3), asRead, ...events.slice(3)];
    expect(await readModelText(writer)).toBe(onePassText(all));
  });
});

it('an empty log is at its end at once', async () => {
  const projector = await newProjector({ log: new MemoryEventStore() });
  await projector.settled();
  expect(projector.progress()).toMatchObject(
    [1, 2, 3, 4].map(() => ({ state: 'LIVE', servesFrom: 0, scanned: 0 })),
  );
});
