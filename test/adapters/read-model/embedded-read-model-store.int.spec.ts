import {
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { freeClaims } from '../../../src/adapters/read-model/embedded/control-file.js';
import type { Generation } from '../../../src/ports/read-model/generation.js';
import { CLAIM_MS } from '../../../src/ports/read-model/records.js';
import { CheckpointMoved } from '../../../src/ports/read-model/generation.js';
import { KEEP_REMOVED_MS, KEEP_RETIRED_MS } from '../../../src/projector/generation-life.js';
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
} from '../../contracts/read-model-store.js';
import { EmbeddedReadModels } from '../../support/embedded-read-models.js';
import { until } from '../../support/polling.js';

let place: EmbeddedReadModels;
beforeEach(() => {
  place = new EmbeddedReadModels();
});
afterEach(() => place.remove());

const OLD = new Date(Date.now() - 3_600_000);

test('reopening keeps documents, index values and checkpoint', async () => {
  const generation = await startWith(place.open(), put('a', { rank: 1 }), put('b', { rank: 2 }));
  await place.close();
  const reopened = place.open();
  expect(await servingOf(reopened.writer)).toMatchObject(generation);
  expect(await allKeys(reopened)).toEqual(['a', 'b']);
  await reopened.writer.commit(generation, puts(2, put('c')));
  expect(await allKeys(reopened)).toEqual(['a', 'b', 'c']);
});

test('generations that are replaced leave no files behind when they are swept', async () => {
  const models = place.open();
  const { writer } = models;
  await start(writer, otherSpec);
  for (let round = 0; round < 12; round += 1) {
    await writer.commit(await start(writer), puts(1, put('a')));
  }
  await models.passTime(KEEP_REMOVED_MS);
  await generationsOf(writer).sweep([spec]);
  expect(place.files('.db')).toEqual([expect.stringContaining('.g12.')]);
  expect(await servingOf(writer, otherSpec)).toBeDefined();
});

test('files of other versions go an hour after the last claim on them', async () => {
  const models = place.open();
  const { writer } = models;
  await startWith(models, put('a'));
  const newer = { ...spec, version: 2 };
  const generation = await start(writer, newer);
  const sweepAfter = async (ms: number): Promise<number> => {
    await models.passTime(ms);
    await generationsOf(writer).sweep([newer]);
    return place.files('.db').length;
  };
  expect(await sweepAfter(KEEP_RETIRED_MS)).toBe(2);
  expect(await sweepAfter(CLAIM_MS)).toBe(2);
  expect(await sweepAfter(KEEP_REMOVED_MS)).toBe(1);
  expect(await servingOf(writer, newer)).toMatchObject({ number: generation.number });
});

describe('a file without a record', () => {
  const strays = ['popularity.v1.g7.db', 'popularity.v1.g7.db-wal', 'popularity.v2.g8.db-shm'];
  const write = (age: Date): void => {
    for (const name of strays) {
      writeFileSync(join(place.folder, name), 'left behind');
      utimesSync(join(place.folder, name), age, age);
    }
  };

  test('is removed once it is old; those with one are not, nor other projections’', async () => {
    const { writer } = place.open();
    await startWith({ writer }, put('a'));
    for (const path of place.files()) utimesSync(path, OLD, OLD);
    write(OLD);
    await writer.dropStrays(['sessions']);
    for (const name of strays) expect(readdirSync(place.folder)).toContain(name);
    await writer.dropStrays(['popularity']);
    expect(place.files('.db')).toEqual([expect.stringContaining('.g1.')]);
    expect(await allKeys(place.open())).toEqual(['a']);
  });

  test('that was just made survives: another thread is about to record it', async () => {
    const { writer } = place.open();
    const another = place.openWriter();
    await another.make(spec);
    write(new Date());
    await writer.dropStrays(['popularity']);
    for (const name of strays) expect(readdirSync(place.folder)).toContain(name);
    await another.close();
  });

  test('is replaced by a generation of its number', async () => {
    const { writer } = place.open();
    writeFileSync(join(place.folder, 'popularity.v1.g1.db'), 'something else entirely');
    expect(await startWith({ writer }, put('a'))).toMatchObject({ number: 1 });
    expect(await allKeys(place.open())).toEqual(['a']);
  });
});

describe('claims', () => {
  test('to commit and to renew leaves the control file alone: it waits for the disk', async () => {
    const { writer } = place.open();
    const started = await start(writer);
    const control = (): unknown => changesIn('control.db');
    const before = control();
    const generation = await writer.commit(started, puts(1, put('a')));
    await writer.renew(generation, at(9));
    expect(control()).toEqual(before);
    await generationsOf(writer).release([generation]);
    expect(control()).not.toEqual(before);
  });

  test('a start of the process need not wait for those of the one before', async () => {
    const { writer } = place.open();
    const generation = await startWith({ writer }, put('a'));
    const after = place.openWriter();
    expect(await generationsOf(after).acquire([generation])).toBeUndefined();
    freeClaims(place.folder);
    expect(await generationsOf(after).acquire([generation])).toHaveLength(1);
    await expect(writer.commit(generation, puts(2))).rejects.toThrow(CheckpointMoved);
    await after.close();
  });

  test('to free them does nothing to a folder without any', () => {
    freeClaims(place.folder);
    expect(readdirSync(place.folder)).toEqual([]);
  });

  // A crash between the two files: the generation's is written first.
  test('one that reached only the file is nobody’s, and the next one mends it', async () => {
    const { writer } = place.open();
    const generation = await startWith({ writer }, put('a'));
    place.change('popularity.v1.g1.db', 'UPDATE state SET fence = fence + 1');
    await expect(writer.commit(generation, puts(2, put('b')))).rejects.toThrow(CheckpointMoved);
    const [again] = (await generationsOf(writer).acquire([generation])) ?? [];
    await writer.commit(again ?? generation, puts(2, put('c')));
    expect(await allKeys(place.open())).toEqual(['a', 'c']);
  });

  // A crash of the machine: what the generation's file got last is lost.
  test('one that reached only the record is made anew', async () => {
    const generation = await startWith(place.open(), put('a'));
    await place.close();
    const lost = "UPDATE state SET identity = 'of before', fence = 0, claimed_until = 0";
    place.change('popularity.v1.g1.db', lost);
    const { writer } = place.open();
    const found = await servingOf(writer);
    expect(found).toMatchObject({ identity: generation.identity, fault: undefined });
    await expect(writer.commit(generation, puts(2))).rejects.toThrow(CheckpointMoved);
    const [again] = (await generationsOf(writer).acquire([generation])) ?? [];
    await writer.commit(again ?? generation, puts(2, put('b')));
    expect(await allKeys(place.open())).toEqual(['a', 'b']);
  });

  test('how far one is that builds outlives its owner; what serves is as it is', async () => {
    const { writer } = place.open();
    const serving = await startWith({ writer }, put('a'));
    await generationsOf(writer).begin(spec, 'nothing');
    const [status] = await generationsOf(writer).look([spec]);
    const { building = serving } = status ?? {};
    const [built] = (await generationsOf(writer).acquire([building])) ?? [];
    await writer.renew(built ?? serving, at(40));
    await writer.renew(serving, at(40));
    await place.close();
    const [after] = await generationsOf(place.open().writer).look([spec]);
    expect(after?.building).toMatchObject({ scanned: 40, eventsSeen: 40, checkpoint: 0 });
    expect(after?.serving).toMatchObject({ scanned: 1, eventsSeen: 1 });
  });
});

test('a folder of the same name that is another one is noticed', async () => {
  const { writer } = place.open();
  await startWith({ writer }, put('a'));
  await start(writer, otherSpec);
  const [path = ''] = place.files('.db');
  renameSync(path, `${path}.away`);
  expect((await servingOf(writer))?.fault).toContain('is gone');
  rmSync(join(place.folder, 'popularity.v1.g1.db-wal'), { force: true });
  rmSync(join(place.folder, 'popularity.v1.g1.db-shm'), { force: true });
  const another = new EmbeddedReadModels();
  await startWith(another.open(), put('b'));
  await another.close();
  renameSync(another.files('.db')[0] ?? '', path);
  const found = await servingOf(writer);
  expect(found).toMatchObject({ fault: 'its file is that of another one', isTaken: false });
  expect(found && (await generationsOf(writer).acquire([found]))).toBeUndefined();
  await another.remove();
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('what was replaced is held open by nobody', async () => {
  const both = place.open();
  const { writer } = both;
  const serving = await startWith(both, put('a'));
  const generations = generationsOf(writer);
  expect(await allKeys(both)).toEqual(['a']);
  await generations.begin(spec, 'nothing');
  const acquired = async (): Promise<Generation> => {
    const [status] = await generations.look([spec]);
    const [generation] = (status?.building && (await generations.acquire([status.building]))) ?? [];
    if (generation === undefined) throw new Error('nothing is built');
    return generation;
  };
  await generations.offer(await acquired());
  await read(both, async () => {
    const end = { kind: 'switched', at: 2, detail: '' } as const;
    await generations.promote(serving, await acquired(), end);
    for (const ms of [KEEP_RETIRED_MS, KEEP_REMOVED_MS]) {
      await both.passTime(ms);
      await generations.sweep([spec]);
    }
    expect(await allKeys(both)).toEqual([]);
  });
  expect(await allKeys(both)).toEqual([]);
  await generations.look([spec]);
  expect(openFilesOf('.g2.')).not.toEqual([]);
  // The driver closes a file when its statements are collected.
  await until(() => {
    collectGarbage();
    return openFilesOf('.g1.').length === 0;
  });
});

/** What changes when something is written to a database. */
const changesIn = (name: string): unknown =>
  readdirSync(place.folder)
    .filter((one) => one === `${name}-wal`)
    .map((one) => readFileSync(join(place.folder, one)).length);

const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

const openFilesOf = (generation: string): readonly string[] =>
  readdirSync('/proc/self/fd')
    .flatMap((fd) => targetOf(`/proc/self/fd/${fd}`))
    .filter((path) => path.includes(place.folder) && path.includes(generation));

/** Where a link leads, if it is still there. */
function targetOf(link: string): readonly string[] {
  try {
    return [readlinkSync(link)];
  } catch {
    return [];
  }
}
