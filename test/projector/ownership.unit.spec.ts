import { setImmediate as nextTurn } from 'node:timers/promises';
import { generationsOf } from '../contracts/read-model-store.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { PlayheadError } from '../../src/domain/errors.js';
import { SECOND_MS } from '../../src/domain/time.js';
import type { Recorded } from '../../src/domain/event.js';
import type { LogPage } from '../../src/ports/event-store.js';
import { UnreadablePlace } from '../../src/ports/log-past.js';
import { isCatchingUp } from '../../src/ports/projection-control.js';
import type { Projection } from '../../src/ports/projection.js';
import type { GenerationWrite, StoredDocument } from '../../src/ports/read-model/documents.js';
import type {
  Generation,
  GenerationPlace,
  GenerationSpec,
} from '../../src/ports/read-model/generation.js';
import { CLAIM_MS } from '../../src/ports/read-model/records.js';
import { appendTo, logOf, LogView } from '../support/event-logs.js';
import { intercept, type Around } from '../support/interception.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, onePassText, projectors, readModelText } from '../support/projector-rig.js';
import { SeededRandom } from '../support/random.js';
import { withResolvers } from '../support/server.js';
import { SettableClock } from '../support/settable-clock.js';
import { WriterView } from '../support/writer-view.js';

const newProjector = projectors();

const beat = (i: number): Recorded =>
  stored('heartbeat', { mediaId: `m${String(i % 3)}`, eventId: String(i) }, NOON + i);
const beats = (from: number, to: number): readonly Recorded[] =>
  Array.from({ length: to - from }, (_, i) => beat(from + i));

/** How often each event was folded, by whichever node. */
function counted(names: readonly Projection['name'][] = ['bandwidth', 'popularity']): {
  projections: readonly Projection[];
  foldedBy: Map<string, number>;
} {
  const foldedBy = new Map<string, number>();
  const projections = names.map((name) => {
    const projection = counting(name);
    const evolve: typeof projection.evolve = (document, event, key) => {
      foldedBy.set(name, (foldedBy.get(name) ?? 0) + 1);
      return projection.evolve(document, event, key);
    };
    return { ...projection, evolve };
  });
  return { projections: projections, foldedBy };
}

/** Read models that several nodes share, by one clock. */
function shared(): { clock: SettableClock; store: MemoryReadModelStore } {
  const clock = new SettableClock(NOON);
  return { clock, store: new MemoryReadModelStore({ clock }) };
}

describe('of two nodes', () => {
  it('one folds, and the other knows how far it is', async () => {
    const { clock, store } = shared();
    const log = await logOf(beats(0, 10));
    const owner = counted();
    const bystander = counted();
    const first = await newProjector({ log, clock, writer: store, ...owner });
    await first.settled();
    const writer = store.anotherOwner();
    const second = await newProjector({ log, clock, writer, ...bystander });
    await appendTo(log, beats(10, 15));
    await second.settled();
    expect([...owner.foldedBy.values()]).toEqual([15, 15]);
    expect([...bystander.foldedBy.values()]).toEqual([]);
    await second.until((told) => told.every(({ behindSince }) => behindSince === undefined));
  });

  it('the other goes on at once where the first has stopped in order', async () => {
    const { clock, store } = shared();
    const log = await logOf(beats(0, 10));
    const [owner, heir] = [counted(), counted()];
    const first = await newProjector({ log, clock, writer: store, ...owner });
    await first.settled();
    const second = await newProjector({ log, clock, writer: store.anotherOwner(), ...heir });
    await first.stop();
    await appendTo(log, beats(10, 15));
    await second.settled();
    expect([...heir.foldedBy.values()]).toEqual([5, 5]);
    expect(await readModelText(store, heir.projections)).toBe(
      onePassText(beats(0, 15), heir.projections),
    );
  });

  it('the other takes over where the first is heard of no more', async () => {
    const { clock, store } = shared();
    class Silent extends LogView {
      readonly silence = withResolvers<undefined>();
      isSilent = false;
      override async readAll(after: number, limit: number): Promise<LogPage> {
        if (this.isSilent) await this.silence.promise;
        return super.readAll(after, limit);
      }
    }
    const events = await logOf(beats(0, 10));
    const silent = new Silent(events);
    /** As of a process that hangs as a whole. */
    class Hanging extends WriterView {
      override async keep(generation: Generation, orAt?: number): Promise<void> {
        if (silent.isSilent) await silent.silence.promise;
        return super.keep(generation, orAt);
      }
    }
    const [owner, heir] = [counted(), counted()];
    const writerOfFirst = new Hanging(store);
    const first = await newProjector({ log: silent, clock, writer: writerOfFirst, ...owner });
    await first.settled();
    silent.isSilent = true;
    const writer = store.anotherOwner();
    const second = await newProjector({ log: events, clock, writer, ...heir });
    await appendTo(events, beats(10, 15));
    expect([...heir.foldedBy.values()]).toEqual([]);
    clock.advance(CLAIM_MS);
    await second.settled();
    expect([...heir.foldedBy.values()]).toEqual([5, 5]);
    silent.silence.resolve(undefined);
  });
});

it('what one node folded is taken soon where a third one folds the rest and cannot', async () => {
  const { clock, store } = shared();
  const log = await logOf(beats(0, 10));
  const [gone, rest, heir] = [counted(['bandwidth']), counted(['popularity']), counted()];
  const first = await newProjector({ log, clock, writer: store, ...gone });
  const second = await newProjector({ log, clock, writer: store.anotherOwner(), ...rest });
  await Promise.all([first.settled(), second.settled()]);
  const third = await newProjector({ log, clock, writer: store.anotherOwner(), ...heir });
  await first.stop();
  const from = performance.now();
  await appendTo(log, beats(10, 15));
  await third.settled();
  expect(performance.now() - from).toBeLessThan(CLAIM_MS);
  expect([...heir.foldedBy]).toEqual([['bandwidth', 5]]);
});

it.each([1, 2, 3])(
  'of nodes that start at the same time one folds everything (%s)',
  async (seed) => {
    const { clock, store } = shared();
    const log = await logOf(beats(0, 20));
    const names = ['bandwidth', 'popularity', 'sessions', 'streaming-analytics'] as const;
    const nodes = [0, 1, 2].map(() => counted(names));
    const random = new SeededRandom(seed);
    const slow: Around = async (_, call) => {
      for (let turns = random.whole(0, 7); turns > 0; turns -= 1) await nextTurn();
      return call();
    };
    const running = await Promise.all(
      nodes.map(({ projections }) =>
        newProjector({ log, clock, projections, writer: intercept(store.anotherOwner(), slow) }),
      ),
    );
    await Promise.all(running.map((one) => one.settled()));
    await appendTo(log, beats(20, 30));
    await Promise.all(running.map((one) => one.settled()));
    const { generations } = await store.records(names);
    expect(generations).toHaveLength(names.length);
    const owners = nodes.filter(({ foldedBy }) => foldedBy.size > 0);
    expect(owners.map(({ foldedBy }) => [...foldedBy.values()])).toEqual([[30, 30, 30, 30]]);
  },
);

it('a claim is kept while a page of the log takes longer to come than a claim lasts', async () => {
  const { clock, store } = shared();
  const events = await logOf(beats(0, 10));
  class Slow extends LogView {
    readonly page = withResolvers<undefined>();
    isSlow = false;
    override async readAll(after: number, limit: number): Promise<LogPage> {
      if (this.isSlow) await this.page.promise;
      return super.readAll(after, limit);
    }
  }
  class Watched extends WriterView {
    readonly kept = withResolvers<undefined>();
    override async keep(generation: Generation, orAt?: number): Promise<void> {
      clock.advance(CLAIM_MS / 2);
      await super.keep(generation, orAt);
      if (clock.now() > NOON + 2 * CLAIM_MS) this.kept.resolve(undefined);
    }
  }
  const [log, writer] = [new Slow(events), new Watched(store)];
  const [owner, bystander] = [counted(), counted()];
  const first = await newProjector({ log, clock, writer, ...owner });
  await first.settled();
  log.isSlow = true;
  await appendTo(events, beats(10, 15));
  const anotherWriter = store.anotherOwner();
  const second = await newProjector({ log: events, clock, writer: anotherWriter, ...bystander });
  await writer.kept.promise;
  log.page.resolve(undefined);
  await second.settled();
  expect([...owner.foldedBy.values()]).toEqual([15, 15]);
  expect([...bystander.foldedBy.values()]).toEqual([]);
});

describe.each(['readAll', 'commit'])('an owner whose calls of %s fail', (name) => {
  it('gives way to another, and goes on once that one is gone', async () => {
    const { clock, store } = shared();
    let broken = '';
    const failing: Around = (step, call) =>
      step === broken ? Promise.reject(new Error('it fails')) : call();
    const log = await logOf(beats(0, 10));
    const stores = { log: intercept(log, failing), writer: intercept(store, failing) };
    const heir = counted();
    const first = await newProjector({ ...stores, clock, stuckMs: 1_000, ...counted() });
    await first.settled();
    const second = await newProjector({ log, clock, writer: store.anotherOwner(), ...heir });
    broken = name;
    await appendTo(log, beats(10, 15));
    await second.settled();
    expect([...heir.foldedBy.values()]).toEqual([5, 5]);
    await second.stop();
    await appendTo(log, beats(15, 20));
    broken = '';
    await first.settled();
    const expected = onePassText(beats(0, 20), heir.projections);
    expect(await readModelText(store, heir.projections)).toBe(expected);
  });
});

describe('a log with another past', () => {
  const PAST = /another past of the log/;

  it.each(['gives other events', 'fails'])(
    'that %s where one was starts read models over',
    async (how) => {
      const { clock, store } = shared();
      const first = await newProjector({
        log: await logOf(beats(0, 10)),
        clock,
        writer: store,
        ...counted(),
      });
      await first.settled();
      await first.stop();
      const events = beats(20, 35);
      class Failing extends LogView {
        override readAt(position: number): ReturnType<LogView['readAt']> {
          return how === 'fails' ? Promise.reject(new UnreadablePlace('')) : super.readAt(position);
        }
      }
      const log = new Failing(await logOf(events, 'other'));
      const second = await newProjector({ log, clock, writer: store, ...counted() });
      await second.settled();
      expect(second.startedOver).toEqual([
        expect.stringMatching(PAST),
        expect.stringMatching(PAST),
      ]);
      expect(await readModelText(store, counted().projections)).toBe(
        onePassText(events, counted().projections),
      );
    },
  );

  it('is noticed by who folds it while it runs', async () => {
    const { clock, store } = shared();
    class PutBack extends LogView {
      other: LogView | undefined;
      override readAll(after: number, limit: number): Promise<LogPage> {
        return this.other?.readAll(after, limit) ?? super.readAll(after, limit);
      }
      override readAt(position: number): ReturnType<LogView['readAt']> {
        return this.other?.readAt(position) ?? super.readAt(position);
      }
      override head(): Promise<number> {
        return this.other?.head() ?? super.head();
      }
    }
    const log = new PutBack(await logOf(beats(0, 10)));
    const projector = await newProjector({ log, clock, writer: store, ...counted() });
    await projector.settled();
    const events = beats(20, 35);
    log.other = new LogView(await logOf(events, 'other'));
    await projector.until(() => projector.startedOver.length === 2);
    await projector.settled();
    expect(await readModelText(store, counted().projections)).toBe(
      onePassText(events, counted().projections),
    );
  });
});

describe('an owner that was paused', () => {
  /** Holds the next load until it is let go. */
  class Paused extends WriterView {
    readonly reached = withResolvers<undefined>();
    readonly goOn = withResolvers<undefined>();
    isPausing = false;

    override async load(
      generation: Generation,
      keys: readonly string[],
    ): Promise<readonly StoredDocument[]> {
      if (this.isPausing) {
        this.isPausing = false;
        this.reached.resolve(undefined);
        await this.goOn.promise;
      }
      return super.load(generation, keys);
    }

    override commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
      return super.commit(generation, write);
    }
  }

  it('writes nothing when it wakes after another took over, and stands by', async () => {
    const { clock, store } = shared();
    const log = await logOf(beats(0, 10));
    const [owner, heir] = [counted(), counted()];
    const paused = new Paused(store);
    const first = await newProjector({ log, clock, writer: paused, ...owner });
    await first.settled();
    paused.isPausing = true;
    await appendTo(log, beats(10, 15));
    await paused.reached.promise;
    clock.advance(CLAIM_MS + SECOND_MS);
    const second = await newProjector({ log, clock, writer: store.anotherOwner(), ...heir });
    await second.settled();
    paused.goOn.resolve(undefined);
    await first.until(() => first.failures.length > 0);
    await appendTo(log, beats(15, 20));
    await first.settled();
    expect(first.failures.at(0)?.message).toMatch(/is no longer at/);
    expect([...heir.foldedBy.values()]).toEqual([10, 10]);
    expect(await readModelText(store, heir.projections)).toBe(
      onePassText(beats(0, 20), heir.projections),
    );
  });
});

it('that somebody dropped a record is told before what it takes to begin anew', async () => {
  const { clock, store } = shared();
  const log = await logOf(beats(0, 10));
  class Slow extends WriterView {
    readonly place = withResolvers<undefined>();
    isSlow = false;
    override async make(spec: GenerationSpec): Promise<GenerationPlace> {
      if (this.isSlow) await this.place.promise;
      return super.make(spec);
    }
  }
  const writer = new Slow(store);
  const projector = await newProjector({ log, clock, writer, ...counted(['bandwidth']) });
  await projector.settled();
  writer.isSlow = true;
  const { generations } = await store.records(['bandwidth']);
  const gone = { after: undefined, claim: 'keep', statesCheckpoint: false } as const;
  expect(await store.write(generations.map((before) => ({ before, ...gone })))).toBe(true);
  await projector.until((told) => told.every(isCatchingUp));
  writer.place.resolve(undefined);
  await projector.until((told) => !told.some(isCatchingUp));
});

describe('a projection of another version', () => {
  it('is folded by the node that has its code, beside the older one', async () => {
    const { clock, store } = shared();
    const log = await logOf(beats(0, 10));
    const versioned = (version: number): readonly Projection[] => [counting('bandwidth', version)];
    const old = await newProjector({ log, clock, writer: store, projections: versioned(1) });
    await old.settled();
    const writer = store.anotherOwner();
    const raised = await newProjector({ log, clock, writer, projections: versioned(2) });
    await raised.settled();
    await appendTo(log, beats(10, 20));
    await Promise.all([old.settled(), raised.settled()]);
    const allStored = await generationsOf(store).look(
      [1, 2].map((version) => ({
        projection: 'bandwidth' as const,
        version,
        storeId: 'any',
        indexes: [],
      })),
    );
    expect(allStored.map(({ serving }) => serving)).toMatchObject([
      { scanned: 20 },
      { scanned: 20, isTaken: true },
    ]);
  });
});

describe('read models of another log', () => {
  it('are not touched while a server is at work on them', async () => {
    const { clock, store } = shared();
    const log = await logOf(beats(0, 10));
    const first = await newProjector({ log, clock, writer: store, ...counted() });
    await first.settled();
    const another = newProjector({
      log: await logOf(beats(0, 2)),
      storeId: 'another log',
      clock,
      writer: store.anotherOwner(),
      ...counted(),
    });
    await expect(another).rejects.toThrow(/another event log/);
  });
});

it('a store out of reach costs a bystander nothing but time', async () => {
  const { clock, store } = shared();
  const log = await logOf(beats(0, 10));
  class Unreachable extends WriterView {
    failures = 0;
    override records(
      ...parameters: Parameters<WriterView['records']>
    ): ReturnType<WriterView['records']> {
      if (this.failures === 0) return super.records(...parameters);
      this.failures -= 1;
      return Promise.reject(new PlayheadError('STORE_UNAVAILABLE', 'out of reach'));
    }
  }
  const first = await newProjector({ log, clock, writer: store, ...counted() });
  await first.settled();
  const writer = new Unreachable(store.anotherOwner());
  const second = await newProjector({ log, clock, writer, ...counted() });
  writer.failures = 2;
  await appendTo(log, beats(10, 15));
  await second.settled();
  expect(second.failures).toHaveLength(2);
});
