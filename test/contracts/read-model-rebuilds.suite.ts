import { LOG_START } from '../../src/ports/event-store.js';
import {
  CheckpointMoved,
  type Generation,
  type ParkedEvent,
  type RebuildOutcome,
  type RebuildStatus,
} from '../../src/ports/read-model-store.js';
import {
  allKeys,
  at,
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

const rebuildOf = async ({ writer }: ReadModels): Promise<RebuildStatus | undefined> =>
  (await writer.rebuilds.look([spec]))[0];

/** A generation that fills, claimed, with some documents. */
async function fillWith(models: ReadModels, ...keys: string[]): Promise<Generation> {
  const { writer } = models;
  await writer.rebuilds.begin(spec, 'nothing', BEGUN);
  const claimed = await claimFilling(models);
  return writer.commit(claimed, puts(1, ...keys.map((key) => put(key))));
}

async function claimFilling(models: ReadModels): Promise<Generation> {
  const filling = (await rebuildOf(models))?.filling;
  const [claimed] = (filling && (await models.writer.claim([filling]))) ?? [];
  if (claimed === undefined) throw new Error('nothing fills, or somebody else has it');
  return claimed;
}

/** Offers a filling and claims it, as whoever folds the serving one does. */
async function offered(models: ReadModels, filling: Generation): Promise<Generation> {
  await models.writer.rebuilds.offer(filling);
  return claimFilling(models);
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
    await writer.commit(other, { ...puts(3), endsRetry: true });
    expect(await servingOf(writer)).toMatchObject({ isRetryWanted: false });
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

/** What the port says of generations that fill beside the serving ones. */
export function describeRebuilds(models: Current): void {
  test('there is none before one is begun', async () => {
    await startWith(models(), put('a'));
    expect(await rebuildOf(models())).toEqual({
      filling: undefined,
      outcome: undefined,
      hasPrevious: false,
    });
  });

  test('a begun one is empty, free, and changes nothing of what serves', async () => {
    await startWith(models(), put('a'));
    const before = await servingOf(models().writer);
    expect(await models().writer.rebuilds.begin(spec, 'nothing', BEGUN)).toBe(true);
    const filling = (await rebuildOf(models()))?.filling;
    expect(filling).toMatchObject({
      checkpoint: LOG_START,
      totals: {},
      startedAt: BEGUN,
      isOffered: false,
      isTaken: false,
    });
    expect(filling?.number).toBeGreaterThan(before?.number ?? NaN);
    expect(await servingOf(models().writer)).toEqual(before);
    expect(await allKeys(models())).toEqual(['a']);
  });

  test('one at a time fills', async () => {
    const { rebuilds } = models().writer;
    await startWith(models());
    const begun = await Promise.all([1, 2, 3].map(() => rebuilds.begin(spec, 'nothing', BEGUN)));
    expect(begun.filter(Boolean)).toHaveLength(1);
    expect(await rebuilds.begin(spec, 'nothing', BEGUN)).toBe(false);
    expect(await rebuilds.begin(spec, 'previous', BEGUN)).toBe(false);
  });

  test('what is committed to it is not read before it takes the other’s place', async () => {
    const serving = await startWith(models(), put('old'));
    const filling = await fillWith(models(), 'new', 'newer');
    expect(await allKeys(models())).toEqual(['old']);
    expect((await rebuildOf(models()))?.filling).toMatchObject({
      checkpoint: 1,
      totals: { folds: 1 },
    });
    const taken = await offered(models(), filling);
    expect(await allKeys(models())).toEqual(['old']);
    await models().writer.rebuilds.replace(serving, taken, end(BEGUN + 1));
    expect(await allKeys(models())).toEqual(['new', 'newer']);
    expect(await servingOf(models().writer)).toMatchObject({ number: filling.number });
    expect(await rebuildOf(models())).toEqual({
      filling: undefined,
      outcome: end(BEGUN + 1),
      hasPrevious: true,
    });
  });

  test('after the switch its owner writes on, and the other’s cannot', async () => {
    const serving = await startWith(models(), put('old'));
    const taken = await offered(models(), await fillWith(models(), 'new'));
    await models().writer.rebuilds.replace(serving, taken, end(BEGUN));
    await models().writer.commit(taken, puts(2, put('more')));
    expect(await allKeys(models())).toEqual(['more', 'new']);
  });

  test('states how far it is', async () => {
    await startWith(models());
    const filling = await fillWith(models(), 'new');
    await models().writer.renew(filling, at(77));
    expect((await rebuildOf(models()))?.filling).toMatchObject({ scanned: 77, isOffered: false });
    await models().writer.rebuilds.offer(filling);
    expect((await rebuildOf(models()))?.filling).toMatchObject({ isOffered: true, isTaken: false });
  });

  test('does not switch if another one serves than was believed', async () => {
    const serving = await startWith(models(), put('old'));
    const taken = await offered(models(), await fillWith(models(), 'new'));
    const wrong = { ...serving, number: serving.number + 7 };
    const switching = models().writer.rebuilds.replace(wrong, taken, end(BEGUN));
    await expect(switching).rejects.toThrow(CheckpointMoved);
    expect(await allKeys(models())).toEqual(['old']);
    expect((await rebuildOf(models()))?.outcome).toBeUndefined();
  });

  test('can be abandoned, by whoever; then nothing of it is left', async () => {
    const serving = await startWith(models(), put('old'));
    const { writer } = models();
    const failed = { kind: 'failed', at: BEGUN, detail: 'it was empty' } as const;
    expect(await writer.rebuilds.abandon(spec, failed)).toBe(false);
    const filling = await fillWith(models(), 'new');
    expect(await writer.rebuilds.abandon(spec, failed)).toBe(true);
    const status = { filling: undefined, outcome: failed, hasPrevious: false };
    expect(await rebuildOf(models())).toEqual(status);
    await expect(writer.rebuilds.offer(filling)).rejects.toThrow(CheckpointMoved);
    await expect(writer.renew(filling, at(9))).rejects.toThrow(CheckpointMoved);
    await writer.commit(serving, puts(5, put('more')));
    expect(await allKeys(models())).toEqual(['more', 'old']);
    expect(await writer.rebuilds.begin(spec, 'nothing', BEGUN)).toBe(true);
  });

  test('is told what another version holds that serves, if it is of the same log', async () => {
    const { rebuilds } = models().writer;
    const newer = { ...spec, version: 2, indexes: ['rank', 'another'] };
    expect(await rebuilds.otherVersion(newer)).toBeUndefined();
    await startWith(models(), put('old'));
    await rebuilds.begin(newer, 'nothing', BEGUN);
    expect(await rebuilds.otherVersion(newer)).toEqual({ folds: 1 });
    expect(await rebuilds.otherVersion(spec)).toBeUndefined();
    expect(await rebuilds.otherVersion({ ...newer, storeId: 'another log' })).toBeUndefined();
    expect(await rebuilds.otherVersion({ ...newer, projection: 'sessions' })).toBeUndefined();
  });

  test('brings the replaced one back with what it held', async () => {
    const serving = await startWith(models(), put('old'));
    const { writer } = models();
    expect(await writer.rebuilds.begin(spec, 'previous', BEGUN)).toBe(false);
    const taken = await offered(models(), await fillWith(models(), 'new'));
    await writer.rebuilds.replace(serving, taken, end(BEGUN));
    const current = await servingOf(writer);
    expect(await writer.rebuilds.begin(spec, 'previous', BEGUN + 5)).toBe(true);
    const back = await claimFilling(models());
    expect(back).toMatchObject({ number: serving.number, checkpoint: 1 });
    const again = await offered(models(), await writer.commit(back, puts(2, put('caught up'))));
    await writer.rebuilds.replace(current, again, end(BEGUN + 6));
    expect(await allKeys(models())).toEqual(['caught up', 'old']);
  });

  test('brings back the one that was replaced last, not the latest that was filled', async () => {
    const { writer } = models();
    let serving = await startWith(models(), put('first'));
    const replaceWith = async (filling: Generation, atMs: number): Promise<void> => {
      const taken = await offered(models(), filling);
      await writer.rebuilds.replace(serving, taken, end(atMs));
      serving = taken;
    };
    const first = serving;
    await replaceWith(await fillWith(models(), 'second'), BEGUN + 1);
    await writer.rebuilds.begin(spec, 'previous', BEGUN + 2);
    const back = await claimFilling(models());
    expect(back.number).toBe(first.number);
    await replaceWith(await writer.commit(back, puts(2)), BEGUN + 3);
    await replaceWith(await fillWith(models(), 'third'), BEGUN + 4);
    await writer.rebuilds.begin(spec, 'previous', BEGUN + 5);
    expect((await claimFilling(models())).number).toBe(first.number);
  });

  test('keeps the replaced one until it is swept away', async () => {
    const serving = await startWith(models(), put('old'));
    const { rebuilds } = models().writer;
    const taken = await offered(models(), await fillWith(models(), 'new'));
    const now = Date.now();
    await rebuilds.replace(serving, taken, end(now));
    await rebuilds.sweep([spec], now - 60_000);
    expect((await rebuildOf(models()))?.hasPrevious).toBe(true);
    await rebuilds.sweep([spec], now + 60_000);
    expect((await rebuildOf(models()))?.hasPrevious).toBe(false);
    expect(await rebuilds.begin(spec, 'previous', BEGUN)).toBe(false);
    expect(await allKeys(models())).toEqual(['new']);
  });

  test('a query that has begun sees what it began with, through the switch', async () => {
    const serving = await startWith(models(), put('old'));
    const taken = await offered(models(), await fillWith(models(), 'new'));
    const { reader, writer } = models();
    await reader.snapshot(['popularity'], LOG_START, async ({ popularity }) => {
      expect((await popularity.get(['old'])).size).toBe(1);
      await writer.rebuilds.replace(serving, taken, end(BEGUN));
      expect((await popularity.get(['old', 'new'])).size).toBe(1);
    });
    expect(await allKeys(models())).toEqual(['new']);
  });

  test('comes in without another one, where none is of use', async () => {
    const taken = await offered(models(), await fillWith(models(), 'new'));
    await models().writer.rebuilds.replace(undefined, taken, end(BEGUN));
    expect(await allKeys(models())).toEqual(['new']);
    expect(await servingOf(models().writer)).toMatchObject({ number: taken.number });
  });
}
