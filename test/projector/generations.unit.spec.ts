import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { PlayheadError } from '../../src/domain/errors.js';
import type { Recorded } from '../../src/domain/event.js';
import type { LogPage } from '../../src/ports/event-store.js';
import { isCatchingUp } from '../../src/ports/projection-control.js';
import type { Projection } from '../../src/ports/projection.js';
import { appendTo, logOf, LogView } from '../support/event-logs.js';
import { documentsOf } from '../support/memory-projections.js';
import { NOON } from '../support/playback.js';
import { stored } from '../support/project.js';
import { counting, projectors } from '../support/projector-rig.js';

const newProjector = projectors();

const beat = (i: number): Recorded =>
  stored('heartbeat', { mediaId: 'm1', eventId: String(i) }, NOON + i);
const events = [1, 2, 3, 4].map(beat);

/** A counter, and how many events were folded into it by this code. */
function watched(version = 1): { projections: readonly Projection[]; folded: () => number } {
  let folded = 0;
  const projection = counting('bandwidth', version);
  const evolve: typeof projection.evolve = (document, event, key) => {
    folded += 1;
    return projection.evolve(document, event, key);
  };
  const projections = [{ ...projection, evolve }] as unknown as readonly Projection[];
  return { projections, folded: () => folded };
}

/** A read model that holds a log's four events, folded by version 1. */
async function filled(): Promise<MemoryReadModelStore> {
  const writer = new MemoryReadModelStore();
  const projector = await newProjector({
    log: await logOf(events),
    writer,
    projections: watched().projections,
  });
  await projector.settled();
  await projector.stop();
  return writer;
}

const countIn = async (store: MemoryReadModelStore) => documentsOf(store, 'bandwidth');

describe('a read model that fits', () => {
  it('is gone on with, and nothing is folded twice', async () => {
    const writer = await filled();
    const { projections, folded } = watched();
    const log = await logOf([...events, beat(5)]);
    const projector = await newProjector({ log, writer, projections });
    expect(projector.told[0]).toMatchObject([{ scanned: 4 }]);
    await projector.settled();
    expect(folded()).toBe(1);
    expect(await countIn(writer)).toEqual({ m1: { count: 5 } });
  });

  it('is used at once where the log holds nothing new', async () => {
    const writer = await filled();
    const { projections, folded } = watched();
    const projector = await newProjector({ log: await logOf(events), writer, projections });
    await projector.settled();
    await projector.until(([progress]) => progress?.behindSince === undefined);
    expect(folded()).toBe(0);
  });
});

describe('a read model starts over', () => {
  const unusable: readonly (readonly [string, number, readonly Recorded[], string])[] = [
    ['of an older version', 2, events, 'same'],
    ['of a newer version', 0, events, 'same'],
    ['whose checkpoint lies beyond the end of the log', 1, events.slice(0, 2), 'same'],
    ['of another log', 1, events, 'another'],
  ];

  it.each(unusable)('that is %s', async (_, version, log, id) => {
    const writer = await filled();
    const { projections, folded } = watched(version);
    const projector = await newProjector({
      log: await logOf(log),
      writer,
      projections,
      ...(id === 'another' && { storeId: 'another log' }),
    });
    expect(projector.told[0]).toMatchObject([{ scanned: 0, servesFrom: log.length, version }]);
    await projector.ready();
    expect(folded()).toBe(log.length);
    expect(await countIn(writer)).toEqual({ m1: { count: log.length } });
  });

  it('and is gone on with from there after the next restart', async () => {
    const writer = await filled();
    const log = await logOf(events);
    const once = await newProjector({ log, writer, projections: watched(2).projections });
    await once.ready();
    await once.stop();
    const { projections, folded } = watched(2);
    const again = await newProjector({ log, writer, projections });
    await again.settled();
    expect(folded()).toBe(0);
    expect(again.told[0]?.some(isCatchingUp)).toBe(false);
  });

  it('alone, while the others are gone on with', async () => {
    const log = await logOf(events);
    const writer = new MemoryReadModelStore();
    const both = (version: number) =>
      [counting('popularity'), counting('bandwidth', version)] as unknown as readonly Projection[];
    const once = await newProjector({ log, writer, projections: both(1) });
    await once.settled();
    await once.stop();
    const again = await newProjector({ log, writer, projections: both(2) });
    expect(again.told[0]).toMatchObject([
      { name: 'popularity', scanned: 4 },
      { name: 'bandwidth', scanned: 0, servesFrom: Infinity },
    ]);
    await again.ready();
    expect(await documentsOf(writer, 'popularity')).toEqual({ m1: { count: 4 } });
    expect(await documentsOf(writer, 'bandwidth')).toEqual({ m1: { count: 4 } });
  });
});

describe('a new version', () => {
  it('that comes out empty is refused, until one comes that does not', async () => {
    const log = await logOf(events);
    const writer = new MemoryReadModelStore();
    const both = (bandwidth: object) =>
      [counting('popularity'), bandwidth] as unknown as readonly Projection[];
    const once = await newProjector({ log, writer, projections: both(counting('bandwidth')) });
    await once.settled();
    await once.stop();
    const deaf = { ...counting('bandwidth', 2), keysOf: () => [] };
    const refusing = await newProjector({ log, writer, projections: both(deaf) });
    await refusing.until((told) => told.some(({ isStopped }) => isStopped));
    const [, refused] = refusing.progress();
    expect(refused?.rebuild.outcome).toMatchObject({
      kind: 'failed',
      detail: 'the new read model is empty, and the log is not',
    });
    expect(refused?.generation).toBeUndefined();
    await refusing.settled(['popularity']);
    await refusing.stop();
    const projections = both(counting('bandwidth', 3));
    const again = await newProjector({ log, writer, projections });
    await again.ready();
    expect(await documentsOf(writer, 'bandwidth')).toEqual({ m1: { count: 4 } });
  });
});

describe('a read model that starts over', () => {
  it('serves nothing until it is complete, also when it is interrupted and goes on', async () => {
    const store = await logOf(events);
    class Halting extends LogView {
      override async readAll(after: number, limit: number): Promise<LogPage> {
        if (after >= 2) throw new PlayheadError('STORE_UNAVAILABLE', 'out of reach');
        return super.readAll(after, limit);
      }
    }
    const writer = await filled();
    const { projections, folded } = watched(2);
    const setup = { writer, projections, batchEventsMax: 2 };
    const interrupted = await newProjector({ ...setup, log: new Halting(store) });
    await interrupted.until(([progress]) => progress?.scanned === 2);
    await interrupted.stop();
    const resumed = await newProjector({ ...setup, log: store });
    expect(resumed.told[0]).toMatchObject([{ scanned: 2 }]);
    expect(resumed.told[0]?.some(isCatchingUp)).toBe(true);
    await resumed.ready();
    expect(folded()).toBe(4);
    expect(await countIn(writer)).toEqual({ m1: { count: 4 } });
  });

  it('is ready once it has what the log held then, however fast the log grows', async () => {
    const store = await logOf(events);
    class Growing extends LogView {
      override async readAll(after: number, limit: number): Promise<LogPage> {
        const page = await super.readAll(after, limit);
        // Somebody else is always a little ahead.
        await appendTo(store, [beat((await store.head()) + 1)]);
        return page;
      }
    }
    const projector = await newProjector({
      log: new Growing(store),
      projections: watched().projections,
    });
    await projector.until(([progress]) => (progress?.scanned ?? 0) > 40);
    expect(projector.progress().some(isCatchingUp)).toBe(false);
  });
});
