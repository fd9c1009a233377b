import { LOG_START } from '../../src/ports/event-store.js';
import { CLAIM_MS } from '../../src/ports/read-model/records.js';
import { CheckpointMoved } from '../../src/ports/read-model/generation.js';
import {
  allKeys,
  generationsOf,
  otherSpec,
  put,
  puts,
  read,
  servingOf,
  spec,
  start,
  startWith,
} from './read-model-store.js';
import type { ReadModels } from './read-model-store.js';

type Current = () => ReadModels;

/** What the port says of starting and of finding the generation that serves. */
export function describeGenerations(models: Current): void {
  test('there is none before the first start', async () => {
    expect(await servingOf(models().writer)).toBeUndefined();
  });

  test('a start gives an empty one at the start of the log, which serves', async () => {
    const generation = await start(models().writer);
    const { projection, version, storeId } = spec;
    expect(generation).toMatchObject({ projection, version, storeId, checkpoint: LOG_START });
    expect(await servingOf(models().writer)).toMatchObject(generation);
    expect(await allKeys(models())).toEqual([]);
  });

  test('the serving one states the checkpoint of the last commit', async () => {
    const generation = await startWith(models(), put('a'));
    expect(generation.checkpoint).toBe(1);
    expect(await servingOf(models().writer)).toMatchObject(generation);
  });

  test('the serving one states the log that it was folded from', async () => {
    await startWith(models(), put('a'));
    const found = await servingOf(models().writer, { ...spec, storeId: 'log-2' });
    expect(found?.storeId).toBe('log-1');
  });

  test('none serves a version that was not started', async () => {
    await startWith(models(), put('a'));
    expect(await servingOf(models().writer, { ...spec, version: 2 })).toBeUndefined();
  });

  test('each keeps the settings that it was made with, whoever owns it', async () => {
    const { writer } = models();
    const { settings } = await startWith(models(), put('a'));
    expect(settings).toEqual({ partMs: 30 });
    const wanted = { ...spec, settings: { partMs: 60, ratio: 0.5 } };
    await generationsOf(writer).begin(wanted, 'nothing');
    await models().passTime(CLAIM_MS);
    const other = await models().anotherWriter();
    const [status] = await generationsOf(other).look([wanted]);
    const found = [status?.serving, status?.building].flatMap((one) => one ?? []);
    const acquired = await generationsOf(other).acquire(found);
    expect(acquired?.map((one) => one.settings)).toEqual([settings, wanted.settings]);
    expect(await read(models(), (documents) => Promise.resolve(documents.settings))).toEqual(
      settings,
    );
    await other.close();
  });

  test('starting over gives an empty one with a higher number, for another log too', async () => {
    const first = await startWith(models(), put('a', { rank: 1 }));
    const second = await start(models().writer, { ...spec, storeId: 'log-2' });
    expect(second.number).toBeGreaterThan(first.number);
    expect(second).toMatchObject({ storeId: 'log-2', checkpoint: LOG_START });
    expect(await servingOf(models().writer)).toMatchObject(second);
    expect(await allKeys(models())).toEqual([]);
    expect(await read(models(), (documents) => documents.count('rank', -Infinity))).toBe(0);
  });

  test('starting a projection over leaves the others as they are', async () => {
    const { writer, reader } = models();
    const other = await writer.commit(await start(writer, otherSpec), puts(5, put('kept')));
    await start(writer);
    await start(writer);
    expect(await servingOf(writer, otherSpec)).toMatchObject(other);
    const found = await reader.snapshot(['sessions'], LOG_START, ({ sessions }) =>
      sessions.get(['kept']),
    );
    expect(found.get('kept')).toEqual({ of: 'kept' });
  });
}

/** What the port says of commits. */
export function describeCommits(models: Current): void {
  test('store documents and checkpoint, and give the generation at its new one', async () => {
    const { writer } = models();
    const started = await start(writer);
    const once = await writer.commit(started, puts(3, put('a'), put('b')));
    expect(once).toEqual({ ...started, checkpoint: 3, totals: { folds: 3 } });
    const twice = await writer.commit(once, puts(8, put('c')));
    expect(await servingOf(writer)).toMatchObject(twice);
    expect(await allKeys(models())).toEqual(['a', 'b', 'c']);
  });

  test('load gives what is stored, and nothing for what is not', async () => {
    const generation = await startWith(models(), put('a'), put('b'), put('c'));
    const { writer } = models();
    const loaded = await writer.load(generation, ['c', 'nothing', 'a']);
    expect(new Map(loaded.map(({ key, body }) => [key, body]))).toEqual(
      new Map([
        ['a', { of: 'a' }],
        ['c', { of: 'c' }],
      ]),
    );
    expect(await writer.load(generation, [])).toEqual([]);
  });

  test('replace a document together with its index values', async () => {
    const generation = await startWith(models(), put('a', { rank: 1, since: 5 }), put('b'));
    const changed = put('a', { rank: 7 }, { changed: true });
    await models().writer.commit(generation, puts(2, changed));
    const found = await read(models(), async (documents) => ({
      byRank: await documents.page({ index: 'rank', limit: 10 }),
      bySince: await documents.page({ index: 'since', limit: 10 }),
      withOldRank: await documents.count('rank', 1),
    }));
    expect(found.byRank).toEqual([{ key: 'a', value: 7, body: { changed: true } }]);
    expect(found.bySince).toEqual([]);
    expect(found.withOldRank).toBe(1);
  });

  test('keep the index values of a document, where the writer says that they are the same', async () => {
    const generation = await startWith(models(), put('a', { rank: 1, since: 5 }));
    const kept = { keepsIndexValues: true } as const;
    const changed = { ...put('a', { rank: 1, since: 5 }, { changed: true }), ...kept };
    // Retention may have removed it between the writer's look and this commit.
    const gone = { ...put('b', { rank: 2 }), ...kept };
    await models().writer.commit(generation, puts(2, changed, gone));
    const found = await read(models(), async (documents) => ({
      byRank: await documents.page({ index: 'rank', limit: 10 }),
      bySince: await documents.page({ index: 'since', limit: 10 }),
    }));
    expect(found.byRank).toEqual([
      { key: 'a', value: 1, body: { changed: true } },
      { key: 'b', value: 2, body: { of: 'b' } },
    ]);
    expect(found.bySince).toMatchObject([{ key: 'a', value: 5 }]);
  });

  test('remove documents, also from every index; one that is not there is no trouble', async () => {
    const generation = await startWith(models(), put('a', { rank: 1 }), put('b', { rank: 2 }));
    const write = { ...puts(2), deletes: ['a', 'nothing'] };
    await models().writer.commit(generation, write);
    expect(await allKeys(models())).toEqual(['b']);
    expect(await read(models(), (documents) => documents.count('rank', 0))).toBe(1);
  });

  test('may change nothing but the checkpoint', async () => {
    const generation = await startWith(models(), put('a'));
    const moved = await models().writer.commit(generation, puts(9));
    expect(moved.checkpoint).toBe(9);
    expect(await servingOf(models().writer)).toMatchObject(moved);
    expect(await allKeys(models())).toEqual(['a']);
  });

  test('touch no other projection', async () => {
    const { writer } = models();
    const other = await writer.commit(await start(writer, otherSpec), puts(5, put('a')));
    await startWith(models(), put('a', {}, { changed: true }));
    expect(await servingOf(writer, otherSpec)).toMatchObject(other);
    expect(await writer.load(other, ['a'])).toEqual([{ key: 'a', body: { of: 'a' } }]);
  });

  test('store 20,000 documents at once', async () => {
    const documents = Array.from({ length: 20_000 }, (_, i) => put(String(i), { rank: i }));
    await startWith(models(), ...documents);
    expect(await read(models(), (reader) => reader.count('rank', 0))).toBe(20_000);
  });

  test('give documents back as they were', async () => {
    const body = { '': null, ключ: ['é', '😀', '\ufffd\u0000"\\'], n: [1.5, -2, 2 ** 53 - 1, {}] };
    const generation = await startWith(models(), put('k😀\u001f"\\', {}, body));
    const key = 'k😀\u001f"\\';
    expect(await models().writer.load(generation, [key])).toEqual([{ key, body }]);
    const found = await read(models(), (documents) => documents.get([key]));
    expect(found).toEqual(new Map([[key, body]]));
  });
}

/** What the port says of two writers, and of a commit that fails. */
export function describeRefusals(models: Current): void {
  test('a commit on a checkpoint that is no longer there is refused without effect', async () => {
    const { writer } = models();
    const started = await start(writer);
    const current = await writer.commit(started, puts(3, put('a')));
    const stale = writer.commit(started, {
      ...puts(4, put('a', {}, { stale: true }), put('b')),
      deletes: ['a'],
    });
    await expect(stale).rejects.toThrow(CheckpointMoved);
    expect(await servingOf(writer)).toMatchObject(current);
    expect(await writer.load(current, ['a', 'b'])).toEqual([{ key: 'a', body: { of: 'a' } }]);
  });

  test('a commit to a generation that was replaced is refused, and changes nothing', async () => {
    const { writer } = models();
    const replaced = await start(writer);
    const current = await start(writer);
    expect(current.checkpoint).toBe(replaced.checkpoint);
    await expect(writer.commit(replaced, puts(4, put('old')))).rejects.toThrow(CheckpointMoved);
    expect(await servingOf(writer)).toMatchObject(current);
    expect(await allKeys(models())).toEqual([]);
  });

  test('a commit that fails half-way leaves neither documents nor checkpoint behind', async () => {
    const generation = await startWith(models(), put('a'), put('b'));
    const { writer } = models();
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const failing = async (): Promise<unknown> =>
      writer.commit(generation, {
        ...puts(9, put('a', {}, { changed: true }), put('c'), put('d', {}, circular)),
        deletes: ['b'],
      });
    await expect(failing()).rejects.toThrow(/circular/i);
    expect(await servingOf(writer)).toMatchObject(generation);
    expect(await allKeys(models())).toEqual(['a', 'b']);
    expect(await writer.load(generation, ['a'])).toEqual([{ key: 'a', body: { of: 'a' } }]);
    await writer.commit(generation, puts(2, put('c')));
    expect(await allKeys(models())).toEqual(['a', 'b', 'c']);
  });
}

/** What the port says of forgetting. */
export function describeRetiring(models: Current): void {
  test('removes the documents whose time lies before, and no others', async () => {
    const generation = await startWith(
      models(),
      put('before', { retiresAt: 99, rank: 1 }),
      put('at', { retiresAt: 100, rank: 2 }),
      put('after', { retiresAt: 101 }),
      put('never', { rank: 3 }),
    );
    await models().writer.retire(generation, 100);
    expect(await allKeys(models())).toEqual(['after', 'at', 'never']);
    expect(await read(models(), (documents) => documents.count('rank', 0))).toBe(2);
  });

  test('keeps how far it went, at every later time too', async () => {
    const { writer } = models();
    const generation = await startWith(models(), put('before', { retiresAt: 99 }));
    const retiredBefore = () => read(models(), (documents) => documents.retiredBefore());
    expect(await retiredBefore()).toBe(0);
    await writer.retire(generation, 100);
    expect(await retiredBefore()).toBe(100);
    const after = await writer.commit(generation, puts(generation.checkpoint + 1, put('b')));
    await writer.retire(after, 50);
    expect(await retiredBefore()).toBe(100);
    await writer.retire(after, 101);
    expect(await retiredBefore()).toBe(101);
  });

  test('leaves the checkpoint where it is, and the next commit goes on', async () => {
    const generation = await startWith(models(), put('a', { retiresAt: 1 }));
    const { writer } = models();
    await writer.retire(generation, 100);
    expect(await servingOf(writer)).toMatchObject(generation);
    await writer.commit(generation, puts(2, put('b')));
    expect(await allKeys(models())).toEqual(['b']);
  });

  test('touches no other projection, and none that has no such time', async () => {
    const { writer, reader } = models();
    const other = await writer.commit(await start(writer, otherSpec), puts(5, put('kept')));
    const generation = await startWith(models(), put('a', { retiresAt: 1 }));
    await writer.retire(generation, 100);
    await writer.retire(other, 100);
    const found = await reader.snapshot(['sessions'], LOG_START, ({ sessions }) =>
      sessions.get(['kept']),
    );
    expect(found.size).toBe(1);
  });
}
