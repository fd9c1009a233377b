import { KEEP_RETIRED_MS } from '../../src/projector/generation-life.js';
import { LOG_START } from '../../src/ports/event-store.js';
import type { ParkedEvent } from '../../src/ports/read-model/documents.js';
import {
  CheckpointMoved,
  type Generation,
  type RebuildOutcome,
  type RebuildStatus,
} from '../../src/ports/read-model/generation.js';
import {
  allKeys,
  at,
  generationsOf,
  put,
  puts,
  read,
  servingOf,
  spec,
  startWith,
  type ReadModels,
} from './read-model-store.js';

type Current = () => ReadModels;

const BEGUN = 1_700_000_000_000;
const end = (atMs: number): RebuildOutcome => ({ kind: 'switched', at: atMs, detail: 'the same' });

async function rebuildOf({ writer }: ReadModels): Promise<RebuildStatus | undefined> {
  const [status] = await generationsOf(writer).look([spec]);
  return (
    status && {
      building: status.building,
      outcome: status.outcome,
      hasPrevious: status.hasPrevious,
    }
  );
}

/** A generation that is built, claimed, with some documents. */
async function buildWith(models: ReadModels, ...keys: string[]): Promise<Generation> {
  const { writer } = models;
  await generationsOf(writer).begin(spec, 'nothing');
  const claimed = await claimBuilding(models);
  return writer.commit(claimed, puts(1, ...keys.map((key) => put(key))));
}

async function claimBuilding(models: ReadModels): Promise<Generation> {
  const building = (await rebuildOf(models))?.building;
  const [claimed] = (building && (await generationsOf(models.writer).acquire([building]))) ?? [];
  if (claimed === undefined) throw new Error('nothing is built, or somebody else has it');
  return claimed;
}

/** Makes a building generation ready and claims it, as whoever folds the serving one does. */
async function offered(models: ReadModels, building: Generation): Promise<Generation> {
  await generationsOf(models.writer).offer(building);
  return claimBuilding(models);
}

/** What the port says of events that wait. */
export function describeParking(models: Current): void {
  const event = (position: number, key = 'a'): ParkedEvent => ({
    position,
    key,
    reason: `because of ${String(position)} "é"`,
    parkedAt: BEGUN,
  });
  const parking = (checkpoint: number, parked: readonly ParkedEvent[]) => ({
    ...puts(checkpoint),
    parked: { puts: parked, deletes: [] },
  });

  test('come with a commit, and are found in the order of the log', async () => {
    const { writer } = models();
    const started = await startWith(models());
    expect(await writer.parked(started)).toEqual([]);
    const first = await writer.commit(started, parking(12, [event(12), event(9, 'b\u001fc')]));
    await writer.commit(first, parking(13, [event(3, '')]));
    expect(await writer.parked(first)).toEqual([event(3, ''), event(9, 'b\u001fc'), event(12)]);
  });

  test('are known to a reader, in the state that it reads', async () => {
    const { writer } = models();
    const started = await startWith(models(), put('a'));
    await read(models(), async (before) => {
      const write = parking(2, [event(2)]);
      const progress = { ...write.progress, parkedEvents: 1 };
      await writer.commit(started, { ...write, progress });
      expect([before.checkpoint, before.parkedEvents]).toEqual([1, 0]);
      expect(await before.parked()).toEqual([]);
    });
    await read(models(), async (after) => {
      expect([after.checkpoint, after.parkedEvents]).toEqual([2, 1]);
      expect(await after.parked()).toEqual([event(2)]);
    });
  });

  test('are not there if the commit is refused', async () => {
    const { writer } = models();
    const started = await startWith(models());
    const current = await writer.commit(started, puts(4));
    await expect(writer.commit(started, parking(5, [event(5)]))).rejects.toThrow(CheckpointMoved);
    expect(await writer.parked(current)).toEqual([]);
  });

  test('are removed and replaced by a commit, which may leave the checkpoint', async () => {
    const { writer } = models();
    const parked = await writer.commit(
      await startWith(models()),
      parking(4, [event(2), event(3), event(4)]),
    );
    const again = { ...event(3), reason: 'still' };
    const change = { puts: [again], deletes: [event(2), event(3)] };
    await writer.commit(parked, { ...puts(4), parked: change });
    expect(await writer.parked(parked)).toEqual([again, event(4)]);
  });

  test('may be wanted to be tried again, until a commit answers that', async () => {
    const { writer } = models();
    const started = await writer.commit(await startWith(models()), parking(2, [event(2)]));
    expect(await servingOf(writer)).toMatchObject({ isRetryWanted: false });
    expect(await writer.wantRetry(started)).toBe(true);
    const other = await writer.commit(started, puts(3));
    expect(await servingOf(writer)).toMatchObject({ isRetryWanted: true });
    await writer.commit(other, { ...puts(3), endsRetry: 1 });
    expect(await servingOf(writer)).toMatchObject({ isRetryWanted: false });
  });

  test('are not wanted of what was acquired since, or serves no more', async () => {
    const { writer } = models();
    const started = await writer.commit(await startWith(models()), parking(2, [event(2)]));
    const [again] = (await generationsOf(writer).acquire([started])) ?? [];
    await expect(writer.wantRetry(started)).rejects.toThrow(CheckpointMoved);
    await expect(writer.wantRetry(started, { ...event(2), reason: 'hopeless' })).rejects.toThrow(
      CheckpointMoved,
    );
    if (again === undefined) throw new Error('somebody else has it');
    expect(await writer.parked(again)).toEqual([event(2)]);
    expect(await writer.wantRetry(again)).toBe(true);
    const building = await offered(models(), await buildWith(models(), 'a'));
    await generationsOf(writer).promote(again, building, end(BEGUN));
    await expect(writer.wantRetry(again)).rejects.toThrow(CheckpointMoved);
  });

  test('are not taken back from who gave one up while they were tried', async () => {
    const { writer } = models();
    const started = await writer.commit(
      await startWith(models()),
      parking(2, [event(1), event(2)]),
    );
    await writer.wantRetry(started);
    const { retriesWanted } = (await servingOf(writer)) ?? {};
    await writer.wantRetry(started, { ...event(2), reason: 'hopeless' });
    const tried = { puts: [event(2)], deletes: [event(1), event(2)] };
    const retry = { ...puts(2), parked: tried, endsRetry: retriesWanted ?? NaN };
    await expect(writer.commit(started, retry)).rejects.toThrow(CheckpointMoved);
    expect(await servingOf(writer)).toMatchObject({ isRetryWanted: true });
    expect(await writer.parked(started)).toEqual([event(1), { ...event(2), skipped: 'hopeless' }]);
  });

  test('may be given up with a reason, if they are there', async () => {
    const { writer } = models();
    const started = await writer.commit(
      await startWith(models()),
      parking(2, [event(1), event(2)]),
    );
    expect(await writer.wantRetry(started, { ...event(1, 'x'), reason: 'no' })).toBe(false);
    expect(await servingOf(writer)).toMatchObject({ isRetryWanted: false });
    expect(await writer.wantRetry(started, { ...event(1), reason: 'it was "wrong"' })).toBe(true);
    expect(await writer.parked(started)).toEqual([
      { ...event(1), skipped: 'it was "wrong"' },
      event(2),
    ]);
  });
}

/** What the port says of generations that are built beside the serving ones. */
export function describeRebuilds(models: Current): void {
  test('there is none before one is begun', async () => {
    await startWith(models(), put('a'));
    expect(await rebuildOf(models())).toEqual({
      building: undefined,
      outcome: undefined,
      hasPrevious: false,
    });
  });

  test('a begun one is empty, free, and changes nothing of what serves', async () => {
    await startWith(models(), put('a'));
    const before = await servingOf(models().writer);
    expect(await generationsOf(models().writer).begin(spec, 'nothing')).toBeUndefined();
    const building = (await rebuildOf(models()))?.building;
    expect(building).toMatchObject({
      checkpoint: LOG_START,
      totals: {},
      state: 'building',
      isTaken: false,
    });
    expect(building?.number).toBeGreaterThan(before?.number ?? NaN);
    const passes = { ageMs: expect.any(Number) as number, unusedMs: expect.any(Number) as number };
    expect(await servingOf(models().writer)).toEqual({ ...before, ...passes });
    expect(await allKeys(models())).toEqual(['a']);
  });

  test('one at a time is built', async () => {
    const generations = generationsOf(models().writer);
    await startWith(models());
    const begun = await Promise.all([1, 2, 3].map(() => generations.begin(spec, 'nothing')));
    expect(begun.filter((refused) => refused === undefined)).toHaveLength(1);
    expect(await generations.begin(spec, 'nothing')).toBe('UNDER_WAY');
    expect(await generations.begin(spec, 'previous')).toBe('UNDER_WAY');
  });

  test('what is committed to it is not read before it takes the other’s place', async () => {
    const serving = await startWith(models(), put('old'));
    const building = await buildWith(models(), 'new', 'newer');
    expect(await allKeys(models())).toEqual(['old']);
    expect((await rebuildOf(models()))?.building).toMatchObject({
      checkpoint: 1,
      totals: { folds: 1 },
    });
    const taken = await offered(models(), building);
    expect(await allKeys(models())).toEqual(['old']);
    await generationsOf(models().writer).promote(serving, taken, end(BEGUN + 1));
    expect(await allKeys(models())).toEqual(['new', 'newer']);
    expect(await servingOf(models().writer)).toMatchObject({ number: building.number });
    expect(await rebuildOf(models())).toEqual({
      building: undefined,
      outcome: end(BEGUN + 1),
      hasPrevious: true,
    });
  });

  test('after the switch its owner writes on, and the other’s cannot', async () => {
    const serving = await startWith(models(), put('old'));
    const taken = await offered(models(), await buildWith(models(), 'new'));
    await generationsOf(models().writer).promote(serving, taken, end(BEGUN));
    await models().writer.commit(taken, puts(2, put('more')));
    expect(await allKeys(models())).toEqual(['more', 'new']);
  });

  test('states how far it is', async () => {
    await startWith(models());
    const building = await buildWith(models(), 'new');
    await models().writer.renew(building, at(77));
    expect((await rebuildOf(models()))?.building).toMatchObject({ scanned: 77, state: 'building' });
    await generationsOf(models().writer).offer(building);
    expect((await rebuildOf(models()))?.building).toMatchObject({
      state: 'ready',
      isTaken: false,
    });
  });

  test('does not switch if another one serves than was believed', async () => {
    const serving = await startWith(models(), put('old'));
    const taken = await offered(models(), await buildWith(models(), 'new'));
    const wrong = { ...serving, number: serving.number + 7 };
    const switching = generationsOf(models().writer).promote(wrong, taken, end(BEGUN));
    await expect(switching).rejects.toThrow(CheckpointMoved);
    expect(await allKeys(models())).toEqual(['old']);
    expect((await rebuildOf(models()))?.outcome).toBeUndefined();
  });

  test('can be abandoned, by whoever; then nothing of it is left', async () => {
    const serving = await startWith(models(), put('old'));
    const { writer } = models();
    const failed = { kind: 'failed', at: BEGUN, detail: 'it was empty' } as const;
    expect(await generationsOf(writer).abandon(spec, failed)).toBe(false);
    const building = await buildWith(models(), 'new');
    expect(await generationsOf(writer).abandon(spec, failed)).toBe(true);
    const status = { building: undefined, outcome: failed, hasPrevious: false };
    expect(await rebuildOf(models())).toEqual(status);
    await expect(generationsOf(writer).offer(building)).rejects.toThrow(CheckpointMoved);
    await expect(writer.renew(building, at(9))).rejects.toThrow(CheckpointMoved);
    await writer.commit(serving, puts(5, put('more')));
    expect(await allKeys(models())).toEqual(['more', 'old']);
    expect(await generationsOf(writer).begin(spec, 'nothing')).toBeUndefined();
  });

  test('is told what another version holds that serves, if it is of the same log', async () => {
    const generations = generationsOf(models().writer);
    const newer = { ...spec, version: 2, indexes: ['rank', 'another'] };
    expect(await generations.otherVersion(newer)).toBeUndefined();
    await startWith(models(), put('old'));
    await generations.begin(newer, 'nothing');
    expect(await generations.otherVersion(newer)).toEqual({ folds: 1 });
    expect(await generations.otherVersion(spec)).toBeUndefined();
    expect(await generations.otherVersion({ ...newer, storeId: 'another log' })).toBeUndefined();
    expect(await generations.otherVersion({ ...newer, projection: 'sessions' })).toBeUndefined();
  });

  test('brings the replaced one back with what it held', async () => {
    const serving = await startWith(models(), put('old'));
    const { writer } = models();
    expect(await generationsOf(writer).begin(spec, 'previous')).toBe('NONE_RETIRED');
    const taken = await offered(models(), await buildWith(models(), 'new'));
    await generationsOf(writer).promote(serving, taken, end(BEGUN));
    const current = await servingOf(writer);
    expect(await generationsOf(writer).begin(spec, 'previous')).toBeUndefined();
    const back = await claimBuilding(models());
    expect(back).toMatchObject({ number: serving.number, checkpoint: 1 });
    const again = await offered(models(), await writer.commit(back, puts(2, put('caught up'))));
    await generationsOf(writer).promote(current, again, end(BEGUN + 6));
    expect(await allKeys(models())).toEqual(['caught up', 'old']);
  });

  test('brings back the one that was replaced last, not the latest that was built', async () => {
    const { writer } = models();
    let serving = await startWith(models(), put('first'));
    const replaceWith = async (building: Generation, atMs: number): Promise<void> => {
      const taken = await offered(models(), building);
      await generationsOf(writer).promote(serving, taken, end(atMs));
      await models().passTime(1_000);
      serving = taken;
    };
    const first = serving;
    await replaceWith(await buildWith(models(), 'second'), BEGUN + 1);
    await generationsOf(writer).begin(spec, 'previous');
    const back = await claimBuilding(models());
    expect(back.number).toBe(first.number);
    await replaceWith(await writer.commit(back, puts(2)), BEGUN + 3);
    await replaceWith(await buildWith(models(), 'third'), BEGUN + 4);
    await generationsOf(writer).begin(spec, 'previous');
    expect((await claimBuilding(models())).number).toBe(first.number);
  });

  test('keeps the replaced one until it is swept away', async () => {
    const serving = await startWith(models(), put('old'));
    const generations = generationsOf(models().writer);
    const taken = await offered(models(), await buildWith(models(), 'new'));
    await generations.promote(serving, taken, end(BEGUN));
    await models().passTime(KEEP_RETIRED_MS / 2);
    await generations.sweep([spec]);
    expect((await rebuildOf(models()))?.hasPrevious).toBe(true);
    await models().passTime(KEEP_RETIRED_MS / 2);
    await generations.sweep([spec]);
    expect((await rebuildOf(models()))?.hasPrevious).toBe(false);
    expect(await generations.begin(spec, 'previous')).toBe('NONE_RETIRED');
    expect(await allKeys(models())).toEqual(['new']);
  });

  test('a query that has begun sees what it began with, through the switch', async () => {
    const serving = await startWith(models(), put('old'));
    const taken = await offered(models(), await buildWith(models(), 'new'));
    const { reader, writer } = models();
    await reader.snapshot(['popularity'], LOG_START, async ({ popularity }) => {
      expect((await popularity.get(['old'])).size).toBe(1);
      await generationsOf(writer).promote(serving, taken, end(BEGUN));
      expect((await popularity.get(['old', 'new'])).size).toBe(1);
    });
    expect(await allKeys(models())).toEqual(['new']);
  });

  test('comes in without another one, where none is of use', async () => {
    const taken = await offered(models(), await buildWith(models(), 'new'));
    await generationsOf(models().writer).promote(undefined, taken, end(BEGUN));
    expect(await allKeys(models())).toEqual(['new']);
    expect(await servingOf(models().writer)).toMatchObject({ number: taken.number });
  });
}
