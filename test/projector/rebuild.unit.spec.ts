import { servingOf } from '../contracts/read-model-store.js';
import { jest } from '@jest/globals';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { SECOND_MS } from '../../src/domain/time.js';
import { stateOf } from '../../src/ports/projection-control.js';
import type { Projection } from '../../src/ports/projection.js';
import { KEEP_RETIRED_MS } from '../../src/projector/generation-life.js';
import type { GenerationWrite } from '../../src/ports/read-model/documents.js';
import type { Generation } from '../../src/ports/read-model/generation.js';
import { appendTo, logOf } from '../support/event-logs.js';
import { documentsOf } from '../support/memory-projections.js';
import { NOON } from '../support/playback.js';
import { onePassText, projectors, readModelText } from '../support/projector-rig.js';
import { bandwidthOf, beats, isSwitched, spec, times } from '../support/rebuild-rig.js';
import { withResolvers } from '../support/server.js';
import { SettableClock } from '../support/settable-clock.js';
import { WriterView } from '../support/writer-view.js';

const newProjector = projectors();

describe('a rebuild', () => {
  it('brings in what the log gives now, and tells how the totals differ', async () => {
    const writer = new MemoryReadModelStore();
    const log = await logOf(beats(0, 9));
    const old = await newProjector({ log, writer, projections: times(1) });
    await old.settled();
    await old.stop();
    const projector = await newProjector({ log, writer, projections: times(2), batchEventsMax: 2 });
    expect(await documentsOf(writer, 'bandwidth')).toMatchObject({ m0: { count: 3 } });
    await projector.rebuild('bandwidth');
    await projector.until(isSwitched);
    expect(await documentsOf(writer, 'bandwidth')).toMatchObject({ m0: { count: 6 } });
    const { rebuild } = bandwidthOf(projector.progress());
    expect(rebuild.outcome?.detail).toBe('count 9 -> 18');
    expect(rebuild.hasPrevious).toBe(true);
    await appendTo(log, beats(9, 12));
    await projector.settled();
    expect(await documentsOf(writer, 'bandwidth')).toMatchObject({ m0: { count: 8 } });
  });

  it('that is asked for while one runs is that one', async () => {
    const { projector, paused } = await withPausedRebuild();
    const before = bandwidthOf(projector.progress()).rebuild.building;
    await projector.rebuild('bandwidth');
    expect(bandwidthOf(projector.progress()).rebuild.building?.number).toBe(before?.number);
    expect(stateOf(bandwidthOf(projector.progress()))).toBe('REBUILDING');
    paused.goOn.resolve(undefined);
    await projector.until(isSwitched);
    expect(stateOf(bandwidthOf(projector.progress()))).toBe('LIVE');
  });

  it('holds up neither what is live nor what is read meanwhile', async () => {
    const { projector, paused, writer, log } = await withPausedRebuild();
    await appendTo(log, beats(9, 30));
    await projector.settled();
    expect(await documentsOf(writer, 'bandwidth')).toMatchObject({ m0: { count: 10 } });
    paused.goOn.resolve(undefined);
    await projector.until(isSwitched);
    expect(await readModelText(writer, times(1))).toBe(onePassText(beats(0, 30), times(1)));
  });

  it('can be cancelled, which leaves everything as it was', async () => {
    const { projector, paused, writer } = await withPausedRebuild();
    await projector.cancelRebuild('bandwidth');
    paused.goOn.resolve(undefined);
    await projector.until((told) => bandwidthOf(told).rebuild.outcome?.kind === 'cancelled');
    expect(stateOf(bandwidthOf(projector.progress()))).toBe('LIVE');
    expect(await readModelText(writer, times(1))).toBe(onePassText(beats(0, 9), times(1)));
    await expect(projector.cancelRebuild('bandwidth')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('goes on from its checkpoint after a restart', async () => {
    const { projector, paused, writer, log, commits } = await withPausedRebuild();
    const stopping = projector.stop();
    paused.goOn.resolve(undefined);
    await stopping;
    const before = commits.length;
    const again = await newProjector({ log, writer, projections: times(1), batchEventsMax: 2 });
    await again.until(isSwitched);
    expect(before).toBeGreaterThan(0);
    expect(await readModelText(writer, times(1))).toBe(onePassText(beats(0, 9), times(1)));
    const status = await servingOf(writer, spec);
    expect(status?.totals).toEqual({ folds: 9, count: 9 });
  });

  it('that comes out empty over a log that is not is refused', async () => {
    const writer = new MemoryReadModelStore();
    const log = await logOf(beats(0, 9));
    const old = await newProjector({ log, writer, projections: times(1) });
    await old.settled();
    await old.stop();
    const [bandwidth, popularity] = times(1);
    const deaf = { ...bandwidth, keysOf: () => [] };
    const projections = [deaf, popularity] as unknown as readonly Projection[];
    const projector = await newProjector({ log, writer, projections });
    await projector.rebuild('bandwidth');
    await projector.until((told) => stateOf(bandwidthOf(told)) === 'FAILED');
    expect(bandwidthOf(projector.progress()).rebuild.outcome?.detail).toMatch(/is empty/);
    expect(await documentsOf(writer, 'bandwidth')).toMatchObject({ m0: { count: 3 } });
    await appendTo(log, beats(9, 10));
    await projector.settled();
  });

  it('that cannot take more than a thousand events fails, and the old one goes on', async () => {
    const writer = new MemoryReadModelStore();
    const log = await logOf(beats(0, 1_100));
    const old = await newProjector({ log, writer, projections: times(1) });
    await old.settled();
    await old.stop();
    const [bandwidth, popularity] = times(1);
    const evolve = (): never => {
      throw new Error('cannot fold anything');
    };
    const projections = [{ ...bandwidth, evolve }, popularity] as unknown as readonly Projection[];
    const projector = await newProjector({ log, writer, projections });
    await projector.rebuild('bandwidth');
    await projector.until((told) => stateOf(bandwidthOf(told)) === 'FAILED');
    expect(bandwidthOf(projector.progress())).toMatchObject({ isStopped: false, parkedEvents: 0 });
  });

  it('heals what was parked', async () => {
    const writer = new MemoryReadModelStore();
    const log = await logOf(beats(0, 9));
    const [bandwidth, popularity] = times(1);
    const evolve: Projection['evolve'] = (document, event, key) => {
      if (event.recordedAt === NOON + 3) throw new Error('cannot fold this');
      return bandwidth?.evolve(document, event, key);
    };
    const broken = [{ ...bandwidth, evolve }, popularity] as unknown as readonly Projection[];
    const old = await newProjector({ log, writer, projections: broken });
    await old.settled();
    expect(bandwidthOf(old.progress()).parkedEvents).toBe(2);
    await old.stop();
    const projector = await newProjector({ log, writer, projections: times(1) });
    await projector.rebuild('bandwidth');
    await projector.until(isSwitched);
    expect(bandwidthOf(projector.progress()).parkedEvents).toBe(0);
    expect(await readModelText(writer, times(1))).toBe(onePassText(beats(0, 9), times(1)));
  });
});

describe('a read model that has stopped', () => {
  const MANY = 1_100;
  /** Stopped by more events than may be parked, under code that can take them again. */
  async function stopped() {
    const writer = new MemoryReadModelStore();
    const log = await logOf(beats(0, MANY));
    const [bandwidth, popularity] = times(1);
    let isBroken = true;
    const evolve: Projection['evolve'] = (document, event, key) => {
      if (isBroken) throw new Error('cannot fold this');
      return bandwidth?.evolve(document, event, key);
    };
    const projections = [{ ...bandwidth, evolve }, popularity] as unknown as readonly Projection[];
    const setup = { log, writer, projections, batchEventsMax: 500 };
    const projector = await newProjector(setup);
    await projector.until((told) => stateOf(bandwidthOf(told)) === 'STOPPED');
    isBroken = false;
    return { projector, writer, log };
  }

  it('is replaced by a rebuild, and goes on', async () => {
    const { projector, writer, log } = await stopped();
    await projector.rebuild('bandwidth');
    await projector.until((told) => stateOf(bandwidthOf(told)) === 'LIVE');
    await appendTo(log, beats(MANY, MANY + 3));
    await projector.settled();
    expect(await readModelText(writer, times(1))).toBe(onePassText(beats(0, MANY + 3), times(1)));
  });

  it('goes on once what was parked is taken', async () => {
    const { projector, writer } = await stopped();
    await projector.retryParked('bandwidth');
    await projector.settled();
    expect(stateOf(bandwidthOf(projector.progress()))).toBe('LIVE');
    expect(await readModelText(writer, times(1))).toBe(onePassText(beats(0, MANY), times(1)));
  });
});

describe('a read model that was replaced', () => {
  it('can be brought back, caught up with the log', async () => {
    const writer = new MemoryReadModelStore();
    const log = await logOf(beats(0, 9));
    const projector = await newProjector({ log, writer, projections: times(1) });
    await projector.settled();
    const before = await servingOf(writer, spec);
    await projector.rebuild('bandwidth');
    await projector.until(isSwitched);
    await appendTo(log, beats(9, 12));
    await projector.rollBack('bandwidth');
    await projector.until((told) => bandwidthOf(told).generation === before?.number);
    await projector.settled();
    expect(await readModelText(writer, times(1))).toBe(onePassText(beats(0, 12), times(1)));
  });

  it('is forgotten after a while, and then nothing can be brought back', async () => {
    const clock = new SettableClock(NOON);
    const writer = new MemoryReadModelStore({ clock });
    const log = await logOf(beats(0, 9));
    const setup = { log, writer, clock, projections: times(1) };
    const projector = await newProjector(setup);
    await projector.rebuild('bandwidth');
    await projector.until(isSwitched);
    await projector.stop();
    clock.advance(KEEP_RETIRED_MS + SECOND_MS);
    const later = await newProjector(setup);
    await later.until((told) => !bandwidthOf(told).rebuild.hasPrevious);
    await expect(later.rollBack('bandwidth')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('a raised version', () => {
  it('is filled apart while the others go on, and serves when it has caught up', async () => {
    const writer = new MemoryReadModelStore();
    const log = await logOf(beats(0, 9));
    const old = await newProjector({ log, writer, projections: times(1) });
    await old.settled();
    await old.stop();
    const raised = await newProjector({ log, writer, projections: times(2, 2) });
    expect(bandwidthOf(raised.told[0] ?? [])).toMatchObject({ version: 2, servesFrom: Infinity });
    await raised.ready();
    await appendTo(log, beats(9, 12));
    await raised.settled();
    expect(await documentsOf(writer, 'bandwidth')).toMatchObject({ m0: { count: 8 } });
  });
});

describe('a raised version that cannot fold the log', () => {
  /** A server of the raised version, beside which the other projection goes on. */
  async function raisedInVain() {
    const writer = new MemoryReadModelStore();
    const log = await logOf(beats(0, 1_100));
    const old = await newProjector({ log, writer, projections: times(1) });
    await old.settled();
    await old.stop();
    const fold = { isBroken: true };
    const [bandwidth, popularity] = times(1, 2);
    const evolve: Projection['evolve'] = (document, event, key) => {
      if (fold.isBroken) throw new Error('cannot fold anything');
      return bandwidth?.evolve(document, event, key);
    };
    const projections = [{ ...bandwidth, evolve }, popularity] as unknown as readonly Projection[];
    const begin = jest.spyOn(writer, 'make');
    const projector = await newProjector({ log, writer, projections });
    await projector.until((told) => stateOf(bandwidthOf(told)) === 'STOPPED');
    return { projector, log, begin, fold };
  }

  it('is given up once and says so, and the others go on', async () => {
    const { projector, log, begin } = await raisedInVain();
    for (let looks = 0; looks < 5; looks += 1) await projector.retire(0);
    expect(begin).toHaveBeenCalledTimes(1);
    expect(stateOf(bandwidthOf(projector.progress()))).toBe('STOPPED');
    await appendTo(log, beats(1_100, 1_103));
    await projector.settled(['popularity']);
  });

  it('is filled when it is asked for, by code that can', async () => {
    const { projector, fold } = await raisedInVain();
    fold.isBroken = false;
    await projector.rebuild('bandwidth');
    await projector.until((told) => stateOf(bandwidthOf(told)) === 'LIVE');
    await projector.settled();
  });
});

/** A rebuild that waits before its second commit. */
async function withPausedRebuild() {
  class Paused extends WriterView {
    readonly reached = withResolvers<undefined>();
    readonly goOn = withResolvers<undefined>();
    readonly commits: number[] = [];

    override async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
      const isFilling = generation.projection === 'bandwidth' && generation.number !== this.first;
      if (isFilling) {
        this.commits.push(write.checkpoint);
        if (this.commits.length === 2) {
          this.reached.resolve(undefined);
          await this.goOn.promise;
        }
      }
      return super.commit(generation, write);
    }

    first: number | undefined;
  }
  const writer = new MemoryReadModelStore();
  const paused = new Paused(writer);
  const log = await logOf(beats(0, 9));
  const setup = { log, writer: paused, projections: times(1), batchEventsMax: 2 };
  const first = await newProjector({ ...setup, writer });
  await first.settled();
  await first.stop();
  paused.first = (await servingOf(writer, spec))?.number;
  const projector = await newProjector(setup);
  await projector.rebuild('bandwidth');
  await paused.reached.promise;
  return { projector, paused, writer, log, commits: paused.commits };
}

describe('a projection that has stopped', () => {
  it('goes on with what a rebuild gives', async () => {
    const writer = new MemoryReadModelStore();
    const log = await logOf(beats(0, 1_100));
    const [bandwidth, popularity] = times(1);
    const evolve = (): never => {
      throw new Error('cannot fold anything');
    };
    const broken = [{ ...bandwidth, evolve }, popularity] as unknown as readonly Projection[];
    const old = await newProjector({ log, writer, projections: broken });
    await old.until((told) => bandwidthOf(told).isStopped);
    await old.stop();
    const [right] = times(1);
    let isBroken = true;
    const mended: Projection['evolve'] = (document, event, key) =>
      isBroken ? evolve() : right?.evolve(document, event, key);
    const projections = [
      { ...bandwidth, evolve: mended },
      popularity,
    ] as unknown as readonly Projection[];
    const projector = await newProjector({ log, writer, projections });
    await projector.until((told) => bandwidthOf(told).isStopped);
    isBroken = false;
    await projector.rebuild('bandwidth');
    await projector.until((told) => stateOf(bandwidthOf(told)) === 'LIVE' && isSwitched(told));
    expect(await readModelText(writer, times(1))).toBe(onePassText(beats(0, 1_100), times(1)));
  });
});
