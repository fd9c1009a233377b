import { CLAIM_MS } from '../../src/ports/read-model/records.js';
import { CheckpointMoved, type Generation } from '../../src/ports/read-model/generation.js';
import type { ReadModelWriter } from '../../src/ports/read-model/writer.js';
import {
  allKeys,
  at,
  generationsOf,
  otherSpec,
  put,
  puts,
  read,
  servingOf,
  spec,
  start,
  startWith,
  type ReadModels,
} from './read-model-store.js';

type Current = () => ReadModels;

const BEGUN = 1_700_000_000_000;

/** What the port says of several writers. */
export function describeClaims(models: Current): void {
  let writer: ReadModelWriter;
  let another: ReadModelWriter;
  beforeEach(async () => {
    ({ writer } = models());
    another = await models().anotherWriter();
  });
  const fiveWriters = (): Promise<readonly ReadModelWriter[]> =>
    Promise.all(Array.from({ length: 5 }, () => models().anotherWriter()));
  afterEach(async () => {
    await another.close();
  });
  const expire = (): Promise<void> => models().passTime(CLAIM_MS);

  test('what one writer holds is taken, and no other may claim it', async () => {
    const generation = await startWith(models(), put('a'));
    expect(await servingOf(another)).toMatchObject({ ...generation, isTaken: true });
    expect(await generationsOf(another).acquire([generation])).toBeUndefined();
    await writer.commit(generation, puts(2, put('b')));
    expect(await allKeys(models())).toEqual(['a', 'b']);
  });

  test('to its owner a generation is not taken', async () => {
    await startWith(models(), put('a'));
    expect(await servingOf(writer)).toMatchObject({ isTaken: false });
  });

  test('a claim that has run out is free to others, who then alone may write', async () => {
    const generation = await startWith(models(), put('a'));
    await expire();
    expect(await servingOf(another)).toMatchObject({ isTaken: false });
    const [taken] = (await generationsOf(another).acquire([generation])) ?? [];
    expect(taken).toMatchObject({ number: generation.number, checkpoint: 1 });
    expect(taken?.fence).toBeGreaterThan(generation.fence);

    const late = { ...puts(9, put('a', {}, { late: true }), put('b')), deletes: ['a'] };
    await expect(writer.commit(generation, late)).rejects.toThrow(CheckpointMoved);
    await expect(writer.renew(generation, at(9))).rejects.toThrow(CheckpointMoved);
    expect(await servingOf(another)).toMatchObject({ ...taken, scanned: 1 });

    if (taken === undefined) throw new Error('nothing was acquired');
    expect(await another.load(taken, ['a', 'b'])).toEqual([{ key: 'a', body: { of: 'a' } }]);
    await another.commit(taken, puts(2, put('c')));
    expect(await allKeys(models())).toEqual(['a', 'c']);
  });

  test('what another writer folds is not replaced by who thinks that nothing serves', async () => {
    const serving = await startWith(models(), put('old'));
    await generationsOf(writer).begin(spec, 'nothing');
    const buildingOf = async (): Promise<readonly Generation[]> => {
      const [rebuild] = await generationsOf(writer).look([spec]);
      return (rebuild?.building && (await generationsOf(writer).acquire([rebuild.building]))) ?? [];
    };
    const [building] = await buildingOf();
    if (building !== undefined) await generationsOf(writer).offer(building);
    const [joined] = await buildingOf();
    if (joined === undefined) throw new Error('nothing is ready');
    await expire();
    const [taken] = (await generationsOf(another).acquire([serving])) ?? [];
    if (taken !== undefined) await another.commit(taken, puts(5, put('newer')));
    const end = { kind: 'switched', at: BEGUN, detail: 'nothing to compare with' } as const;
    const replacing = generationsOf(writer).promote(undefined, joined, end);
    await expect(replacing).rejects.toThrow(CheckpointMoved);
    expect(await allKeys(models())).toEqual(['newer', 'old']);
  });

  test('who has lost a claim frees nothing by releasing it', async () => {
    const generation = await startWith(models(), put('a'));
    await expire();
    await generationsOf(another).acquire([generation]);
    await generationsOf(writer).release([generation]);
    expect(await servingOf(writer)).toMatchObject({ isTaken: true });
    expect(await generationsOf(writer).acquire([generation])).toBeUndefined();
  });

  test('a commit and a renewal prolong the claim', async () => {
    const started = await start(writer);
    await expire();
    const generation = await writer.commit(started, puts(1, put('a')));
    expect(await generationsOf(another).acquire([generation])).toBeUndefined();
    await expire();
    await writer.renew(generation, at(1));
    expect(await generationsOf(another).acquire([generation])).toBeUndefined();
  });

  test('one’s own claim may be made anew; under the one before nothing is written', async () => {
    const first = await startWith(models(), put('a'));
    const [again] = (await generationsOf(writer).acquire([first])) ?? [];
    expect(again?.fence).toBeGreaterThan(first.fence);
    expect(again).toEqual({ ...first, fence: again?.fence, identity: again?.identity });
    expect(again?.identity).not.toBe(first.identity);
    await expect(writer.commit(first, puts(2, put('b')))).rejects.toThrow(CheckpointMoved);
    await expect(writer.renew(first, at(2))).rejects.toThrow(CheckpointMoved);
    if (again !== undefined) await writer.commit(again, puts(2, put('c')));
    expect(await allKeys(models())).toEqual(['a', 'c']);
  });

  test('a claim tells the checkpoint of that moment', async () => {
    const started = await start(writer);
    await writer.commit(started, puts(7, put('a')));
    const [claimed] = (await generationsOf(writer).acquire([started])) ?? [];
    expect(claimed?.checkpoint).toBe(7);
  });

  test('of several generations all are claimed or none', async () => {
    const free = await start(writer, otherSpec);
    await generationsOf(writer).release([free]);
    const held = await start(writer);
    expect(await generationsOf(another).acquire([free, held])).toBeUndefined();
    expect(await servingOf(another, otherSpec)).toMatchObject({ isTaken: false });

    await generationsOf(writer).release([held]);
    const both = await generationsOf(another).acquire([held, free]);
    expect(both?.map(({ projection }) => projection)).toEqual([spec.projection, 'sessions']);
    expect(await servingOf(writer)).toMatchObject({ isTaken: true });
    expect(await servingOf(writer, otherSpec)).toMatchObject({ isTaken: true });
  });

  test('what is released is free at once, and closed to who released it', async () => {
    const generation = await startWith(models(), put('a'));
    await generationsOf(writer).release([generation]);
    expect(await servingOf(another)).toMatchObject({ isTaken: false });
    await expect(writer.commit(generation, puts(2, put('b')))).rejects.toThrow(CheckpointMoved);
    await expect(writer.renew(generation, at(2))).rejects.toThrow(CheckpointMoved);
    expect(await generationsOf(another).acquire([generation])).toHaveLength(1);
  });

  test('a generation that no longer serves cannot be claimed', async () => {
    const replaced = await start(writer);
    await start(writer);
    expect(await generationsOf(writer).acquire([replaced])).toBeUndefined();
    await expire();
    expect(await generationsOf(another).acquire([replaced])).toBeUndefined();
  });

  test('of many that claim at the same time one succeeds', async () => {
    const generation = await startWith(models(), put('a'));
    await generationsOf(writer).release([generation]);
    const others = await fiveWriters();
    const claims = await Promise.all(
      others.map((other) => generationsOf(other).acquire([generation])),
    );
    expect(claims.filter((claimed) => claimed !== undefined)).toHaveLength(1);
    await Promise.all(others.map((other) => other.close()));
  });

  test('a start expects what is there: of many at the same time one succeeds', async () => {
    const others = await fiveWriters();
    const startAll = async (replacing: number | undefined): Promise<number> => {
      const starts = others.map((other) =>
        generationsOf(other).start(spec, { replacing, servesFrom: -1 }),
      );
      const [winner, ...more] = (await Promise.all(starts)).flatMap((one) => one ?? []);
      expect(more).toEqual([]);
      const status = await servingOf(writer);
      expect(status).toMatchObject({ ...winner, isTaken: true });
      expect(await allKeys(models())).toEqual([]);
      return status?.number ?? NaN;
    };
    const first = await startAll(undefined);
    expect(
      await generationsOf(another).start(spec, { replacing: undefined, servesFrom: -1 }),
    ).toBeUndefined();
    expect(await startAll(first)).toBeGreaterThan(first);
    expect(
      await generationsOf(another).start(spec, { replacing: first, servesFrom: -1 }),
    ).toBeUndefined();
    await Promise.all(others.map((other) => other.close()));
  });

  test('a claim is kept at the checkpoint, or at that of a commit that is out', async () => {
    const started = await startWith(models(), put('a'));
    await expire();
    await writer.keep(started);
    expect(await generationsOf(another).acquire([started])).toBeUndefined();
    await writer.commit(started, puts(7, put('b')));
    await expect(writer.renew(started, at(7))).rejects.toThrow(CheckpointMoved);
    await expect(writer.keep(started)).rejects.toThrow(CheckpointMoved);
    await expect(writer.keep(started, 8)).rejects.toThrow(CheckpointMoved);
    await expire();
    await writer.keep(started, 7);
    expect(await generationsOf(another).acquire([started])).toBeUndefined();
    expect(await servingOf(writer)).toMatchObject({ checkpoint: 7, scanned: 7 });
  });

  test('a claim that another took is not kept', async () => {
    const started = await startWith(models(), put('a'));
    await expire();
    await generationsOf(another).acquire([started]);
    await expect(writer.keep(started)).rejects.toThrow(CheckpointMoved);
  });

  test('what another took, or has moved on, is not loaded to be written', async () => {
    const started = await startWith(models(), put('a'));
    const moved = await writer.commit(started, puts(7, put('a')));
    await expect(writer.load(started, ['a'])).rejects.toThrow(CheckpointMoved);
    expect(await writer.load(moved, ['a'])).toHaveLength(1);
    await expire();
    await generationsOf(another).acquire([moved]);
    await expect(writer.load(moved, ['a'])).rejects.toThrow(CheckpointMoved);
  });

  test('what is read tells under which identity, also to who reads on after another claim', async () => {
    const first = await startWith(models(), put('a'));
    const identity = (): Promise<unknown> =>
      read(models(), (documents) => Promise.resolve(documents.identity));
    expect(await identity()).toBe(first.identity);
    const [again] = (await generationsOf(models().writer).acquire([first])) ?? [];
    expect(again?.identity).not.toBe(first.identity);
    expect(await identity()).toBe(again?.identity);
  });

  test('what is of another identity is neither written nor claimed', async () => {
    const generation = await startWith(models(), put('a'));
    expect(generation.identity).toBeDefined();
    const other = { ...generation, identity: 'another' };
    await expect(writer.commit(other, puts(2, put('b')))).rejects.toThrow(CheckpointMoved);
    await expect(writer.renew(other, at(2))).rejects.toThrow(CheckpointMoved);
    await expect(writer.keep(other)).rejects.toThrow(CheckpointMoved);
    expect(await generationsOf(writer).acquire([other])).toBeUndefined();
    await writer.commit(generation, puts(2, put('c')));
    expect(await allKeys(models())).toEqual(['a', 'c']);
  });

  test('retiring needs no claim and leaves the owner’s as it is', async () => {
    const generation = await startWith(models(), put('a', { retiresAt: 1 }), put('b'));
    await another.retire(generation, 100);
    await writer.commit(generation, puts(2, put('c')));
    expect(await allKeys(models())).toEqual(['b', 'c']);
  });
}

/** What the port says of read models that are not far enough. */
export function describeReadability(models: Current): void {
  const behind = { code: 'READ_MODEL_BEHIND' };
  const nothing = (): Promise<void> => Promise.resolve();

  test('progress that a commit or a renewal states is what the others see', async () => {
    const { writer } = models();
    const another = await models().anotherWriter();
    const started = await start(writer, spec, 40);
    expect(await servingOf(another)).toMatchObject({ servesFrom: 40, ...at(started.checkpoint) });
    const behind = { ...at(20), behindSince: 1_700_000_000_000, parkedEvents: 3 };
    const generation = await writer.commit(started, { ...puts(3, put('a')), progress: behind });
    expect(await servingOf(another)).toMatchObject({ checkpoint: 3, ...behind, servesFrom: 40 });
    const stopped = { ...at(50), behindSince: 1, isStopped: true, appliedAt: 7 };
    await writer.renew(generation, stopped);
    expect(await servingOf(another)).toMatchObject({ checkpoint: 3, ...stopped });
    await writer.renew(generation, at(60));
    expect(await servingOf(another)).toMatchObject({ checkpoint: 3, ...at(60) });
    await another.close();
  });

  test('a generation is not read before it is as far as the log was at its start', async () => {
    const { writer } = models();
    const started = await start(writer, spec, 10);
    await expect(read(models(), nothing)).rejects.toMatchObject(behind);
    const generation = await writer.commit(started, puts(9, put('a')));
    await expect(read(models(), nothing)).rejects.toMatchObject(behind);
    await writer.renew(generation, at(10));
    expect(await allKeys(models())).toEqual(['a']);
  });

  test('nothing is read that is older than the position asked for', async () => {
    const { writer } = models();
    const generation = await startWith(models(), put('a'));
    await expect(read(models(), nothing, 2)).rejects.toMatchObject(behind);
    await writer.renew(generation, at(2));
    expect(await read(models(), (documents) => documents.count('rank', 0), 2)).toBe(0);
    await expect(read(models(), nothing, 3)).rejects.toMatchObject(behind);
  });

  test('of several projections each has to be as far', async () => {
    const { writer, reader } = models();
    await writer.commit(await start(writer), puts(5, put('a')));
    const other = await writer.commit(await start(writer, otherSpec), puts(4, put('b')));
    const both = (): Promise<void> =>
      reader.snapshot(['popularity', 'sessions'], 5, () => Promise.resolve());
    await expect(both()).rejects.toMatchObject(behind);
    await writer.renew(other, at(5));
    await both();
  });
}
