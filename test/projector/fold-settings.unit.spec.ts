import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import type { EventLog } from '../../src/ports/event-store.js';
import type { FoldSettings, Projection } from '../../src/ports/projection.js';
import type { VerificationReport } from '../../src/ports/projection-administration.js';
import type { GenerationWrite } from '../../src/ports/read-model/documents.js';
import type { Generation } from '../../src/ports/read-model/generation.js';
import { verify } from '../../src/projector/verify.js';
import { generationsOf, servingOf } from '../contracts/read-model-store.js';
import { testVocabulary } from '../support/test-log.js';
import { appendTo, logOf } from '../support/event-logs.js';
import { documentsOf, type MemoryProjections } from '../support/memory-projections.js';
import { NOON } from '../support/playback.js';
import { counting, projectors } from '../support/projector-rig.js';
import { bandwidthOf, beats, isSwitched, spec } from '../support/rebuild-rig.js';
import { withResolvers } from '../support/server.js';
import { SettableClock } from '../support/settable-clock.js';
import { WriterView } from '../support/writer-view.js';

const newProjector = projectors();

/** Adds up parts, each as long as the settings say: one an event. */
const parts = (settings?: FoldSettings): Projection<{ count: number }> => ({
  ...counting('bandwidth'),
  ...(settings && { settings }),
  evolve: (document, _event, _key, { partMs = 1 } = {}) => ({
    count: (document?.count ?? 0) + partMs,
  }),
  measure: () => ({}),
});

/** Holds up what builds until it may go on. */
class Held extends WriterView {
  readonly goOn = withResolvers<undefined>();

  override async commit(generation: Generation, write: GenerationWrite): Promise<Generation> {
    const { generations } = await this.records([generation.projection]);
    const record = generations.find(({ number }) => number === generation.number);
    if (record?.state === 'building') await this.goOn.promise;
    return super.commit(generation, write);
  }
}

/** A read model of nine events, folded with some settings by a node that has ended. */
async function foldedWith(settings?: FoldSettings) {
  const store = new MemoryReadModelStore();
  const log = await logOf(beats(0, 9));
  const node = await newProjector({ log, writer: store, projections: [parts(settings)] });
  await node.settled();
  await node.stop();
  /** Starts a node that wants some settings; what it builds is held up, if that is wanted. */
  const startWith = async (wanted: FoldSettings, writer: WriterView = new WriterView(store)) =>
    newProjector({ log, writer, projections: [parts(wanted)] });
  return { store, log, startWith };
}

const buildingOf = ({ told }: MemoryProjections): readonly number[] => {
  const numbers = told.flatMap((one) => bandwidthOf(one).rebuild.building?.number ?? []);
  return [...new Set(numbers)];
};

async function verified(
  log: EventLog,
  reader: MemoryReadModelStore,
  wanted: FoldSettings,
): Promise<VerificationReport> {
  const own = new MemoryReadModelStore();
  return verify({
    ...{ projection: parts(wanted), log, vocabulary: testVocabulary(log), reader },
    ...{ scratch: { writer: own, reader: own }, clock: new SettableClock(NOON), earliest: 0 },
  });
}

describe('a node that starts with other settings than a read model was folded with', () => {
  it('builds another one, while the old one serves and goes on as it was begun', async () => {
    const { store, log, startWith } = await foldedWith({ partMs: 30 });
    const held = new Held(store);
    const node = await startWith({ partMs: 60 }, held);
    await node.until((told) => bandwidthOf(told).rebuild.building !== undefined);
    await appendTo(log, beats(9, 12));
    await node.settled();
    expect(await documentsOf(store, 'bandwidth')).toMatchObject({ m0: { count: 4 * 30 } });
    expect(await verified(log, store, { partMs: 60 })).toMatchObject({ differing: 0 });
    held.goOn.resolve(undefined);
    await node.until(isSwitched);
    await appendTo(log, beats(12, 15));
    await node.settled();
    expect(await documentsOf(store, 'bandwidth')).toMatchObject({ m0: { count: 5 * 60 } });
    expect(await verified(log, store, { partMs: 30 })).toMatchObject({ differing: 0 });
    expect(node.startedOver).toEqual(['bandwidth: its settings changed: partMs 30 -> 60']);
  });

  it('does so where an older release knew of no settings', async () => {
    const { store, startWith } = await foldedWith();
    const node = await startWith({ partMs: 60 });
    await node.until(isSwitched);
    expect(await documentsOf(store, 'bandwidth')).toMatchObject({ m0: { count: 3 * 60 } });
    expect(node.startedOver).toEqual(['bandwidth: its settings changed: partMs unset -> 60']);
  });

  it('builds nothing at a second start, nor where a thread takes the place of another', async () => {
    const { log, store, startWith } = await foldedWith({ partMs: 30 });
    const projections = [parts({ partMs: 60 })];
    const restarted = await newProjector({ log, writer: store, projections, isRestart: true });
    await restarted.retire(0);
    await restarted.stop();
    const first = await startWith({ partMs: 60 });
    await first.until(isSwitched);
    await first.stop();
    const second = await startWith({ partMs: 60 });
    await second.retire(0);
    for (const node of [restarted, second]) {
      expect(buildingOf(node)).toEqual([]);
      expect(node.startedOver).toEqual([]);
    }
  });

  it('leaves it to the one that builds already, with the wanted settings', async () => {
    const { store, startWith } = await foldedWith({ partMs: 30 });
    const held = new Held(store);
    const first = await startWith({ partMs: 60 }, held);
    await first.until((told) => bandwidthOf(told).rebuild.building !== undefined);
    const second = await startWith({ partMs: 60 }, new WriterView(store.anotherOwner()));
    held.goOn.resolve(undefined);
    await second.until(isSwitched);
    expect(buildingOf(second)).toEqual(buildingOf(first));
    expect(second.startedOver).toEqual([]);
  });

  it('puts its own in the place of one that builds with yet other settings', async () => {
    const { store, startWith } = await foldedWith({ partMs: 30 });
    const held = new Held(store);
    const first = await startWith({ partMs: 60 }, held);
    await first.until((told) => bandwidthOf(told).rebuild.building !== undefined);
    const second = await startWith({ partMs: 90 }, new WriterView(store.anotherOwner()));
    held.goOn.resolve(undefined);
    await second.until(isSwitched);
    expect(await servingOf(store, spec)).toMatchObject({ settings: { partMs: 90 } });
    expect(await documentsOf(store, 'bandwidth')).toMatchObject({ m0: { count: 3 * 90 } });
    expect(second.startedOver).toEqual(['bandwidth: its settings changed: partMs 60 -> 90']);
  });

  it('gives up what builds with other settings where what serves has the wanted ones', async () => {
    const { store, startWith } = await foldedWith({ partMs: 30 });
    const serving = await servingOf(store, spec);
    await generationsOf(store).begin({ ...spec, ...serving, settings: { partMs: 60 } }, 'nothing');
    const node = await startWith({ partMs: 30 });
    await node.until((told) => bandwidthOf(told).rebuild.outcome !== undefined);
    const { building, outcome } = bandwidthOf(node.progress()).rebuild;
    expect(building).toBeUndefined();
    const detail = 'its settings changed: partMs 60 -> 30';
    expect(outcome).toMatchObject({ kind: 'cancelled', detail });
    expect(node.startedOver).toEqual([]);
  });

  it('decides for the nodes that started before, which go on with its settings', async () => {
    const { store, log, startWith } = await foldedWith({ partMs: 30 });
    const before = await startWith({ partMs: 30 });
    const after = await startWith({ partMs: 60 }, new WriterView(store.anotherOwner()));
    await after.until(isSwitched);
    await after.stop();
    await appendTo(log, beats(9, 12));
    await before.settled();
    expect(await documentsOf(store, 'bandwidth')).toMatchObject({ m0: { count: 4 * 60 } });
    expect(before.startedOver).toEqual([]);
  });
});

describe('an order of an administrator', () => {
  it('brings back a read model with its settings, and rebuilds with those of the node', async () => {
    const { store, log, startWith } = await foldedWith({ partMs: 30 });
    const before = await servingOf(store, spec);
    const node = await startWith({ partMs: 60 });
    await node.until(isSwitched);
    await node.rollBack('bandwidth');
    await node.until((told) => bandwidthOf(told).generation === before?.number);
    await appendTo(log, beats(9, 12));
    await node.settled();
    expect(await documentsOf(store, 'bandwidth')).toMatchObject({ m0: { count: 4 * 30 } });
    await node.rebuild('bandwidth');
    await node.until((told) => isSwitched(told) && bandwidthOf(told).generation !== before?.number);
    expect(await documentsOf(store, 'bandwidth')).toMatchObject({ m0: { count: 4 * 60 } });
  });
});

describe('a verification', () => {
  it('is refused where one with other settings takes the place of what it began on', async () => {
    const { store, log, startWith } = await foldedWith({ partMs: 30 });
    class Replaced extends MemoryReadModelStore {
      private snapshots = 0;
      override readonly snapshot: MemoryReadModelStore['snapshot'] = async (...query) => {
        this.snapshots += 1;
        if (this.snapshots === 2) await (await startWith({ partMs: 60 })).until(isSwitched);
        return store.snapshot(...query);
      };
    }
    await expect(verified(log, new Replaced(), { partMs: 30 })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });
});
