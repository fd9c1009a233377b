import { readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EmbeddedReadModelReader } from '../../../src/adapters/read-model/embedded/embedded-read-model-reader.js';
import { EmbeddedReadModelWriter } from '../../../src/adapters/read-model/embedded/embedded-read-model-writer.js';
import { NewerSchema } from '../../../src/adapters/sqlite/file-faults.js';
import { LOG_START } from '../../../src/ports/event-store.js';
import type { Generation } from '../../../src/ports/read-model-store.js';
import {
  allKeys,
  otherSpec,
  put,
  puts,
  read,
  servingOf,
  spec,
  start,
  startWith,
  VERSION_1,
  type ReadModels,
} from '../../contracts/read-model-store.js';
import { until } from '../../support/polling.js';
import { raiseSchemaVersion } from '../../support/sqlite-files.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

let folder: string;
let models: ReadModels | undefined;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await close();
  removeFolder(folder);
});

function open(): ReadModels {
  const writer = new EmbeddedReadModelWriter(folder);
  const reader = new EmbeddedReadModelReader(folder, VERSION_1);
  models = { writer, reader, shared: undefined };
  return models;
}

async function close(): Promise<void> {
  await models?.reader.close();
  await models?.writer.close();
  models = undefined;
}

/** The files of the suite's projection: the database, and what SQLite keeps beside it. */
const generationFiles = (): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('popularity.'))
    .map((name) => join(folder, name));

/** A folder with one commit, closed; `damage` is done to the database, the rest is removed. */
async function damagedFolder(damage: (database: string) => void): Promise<Generation> {
  const generation = await startWith(open(), put('a', { rank: 1 }), put('b'));
  await close();
  for (const path of generationFiles()) {
    if (path.endsWith('.db')) damage(path);
    else rmSync(path);
  }
  return generation;
}

test('reopening keeps documents, index values and checkpoint', async () => {
  const generation = await startWith(open(), put('a', { rank: 1 }), put('b', { rank: 2 }));
  await close();
  const reopened = open();
  expect(await servingOf(reopened.writer)).toMatchObject(generation);
  expect(await allKeys(reopened)).toEqual(['a', 'b']);
  await reopened.writer.commit(generation, puts(2, put('c')));
  expect(await allKeys(reopened)).toEqual(['a', 'b', 'c']);
});

test('generations that are replaced leave no files behind', async () => {
  const { writer } = open();
  await start(writer, otherSpec);
  await start(writer);
  const files = generationFiles().filter((path) => path.endsWith('.db'));
  for (let round = 0; round < 12; round += 1) {
    const generation = await start(writer);
    await writer.commit(generation, puts(1, put('a')));
  }
  expect(generationFiles().filter((path) => path.endsWith('.db'))).toHaveLength(files.length);
  expect(await servingOf(writer, otherSpec)).toBeDefined();
});

const damages: readonly (readonly [string, (database: string) => void])[] = [
  ['that is gone', rmSync],
  [
    'that is empty',
    (database) => {
      truncateSync(database, 0);
    },
  ],
  [
    'that was cut in the middle of its first page',
    (database) => {
      truncateSync(database, 1_000);
    },
  ],
  [
    'that holds something else',
    (database) => {
      writeFileSync(database, 'something else entirely\n'.repeat(2_000));
    },
  ],
];
test.each(damages)('a file %s is started over', async (_, damage) => {
  const lost = await damagedFolder(damage);
  const { writer, reader } = open();
  const found = await servingOf(writer);
  expect(found?.checkpoint ?? LOG_START).toBe(LOG_START);
  const fresh = found ?? (await start(writer));
  expect(fresh.number).toBeGreaterThanOrEqual(lost.number);
  await writer.commit(fresh, puts(7, put('new', { rank: 1 })));
  expect(await allKeys({ reader })).toEqual(['new']);
  expect(await servingOf(writer)).toMatchObject({ checkpoint: 7 });
});

test('the other projections’ files are not touched by one that is damaged', async () => {
  const { writer } = open();
  const other = await writer.commit(await start(writer, otherSpec), puts(5, put('kept')));
  await close();
  await damagedFolder((database) => {
    writeFileSync(database, 'x'.repeat(10_000));
  });
  const reopened = open();
  await start(reopened.writer);
  expect(await servingOf(reopened.writer, otherSpec)).toMatchObject(other);
});

test('a file of a newer schema is refused, not started over', async () => {
  await startWith(open(), put('a'));
  await close();
  for (const path of generationFiles()) if (path.endsWith('.db')) raiseSchemaVersion(path);
  const { writer } = open();
  await expect(servingOf(writer)).rejects.toThrow(NewerSchema);
  await expect(servingOf(writer)).rejects.toThrow(/popularity.* by a newer release/);
});

test('a control file of a newer schema is refused', async () => {
  await startWith(open(), put('a'));
  await close();
  raiseSchemaVersion(join(folder, 'control.db'));
  expect(() => new EmbeddedReadModelWriter(folder)).toThrow(NewerSchema);
});

test('a control file that holds something else is made anew, like all that it names', async () => {
  await startWith(open(), put('a'));
  await close();
  for (const name of readdirSync(folder)) {
    if (name.startsWith('control.db-')) rmSync(join(folder, name));
  }
  writeFileSync(join(folder, 'control.db'), 'something else entirely\n'.repeat(500));
  const reopened = open();
  expect(await servingOf(reopened.writer)).toBeUndefined();
  await startWith(reopened, put('new'));
  expect(await allKeys(reopened)).toEqual(['new']);
});

test('a filling whose file is damaged does not stand in the way of the next rebuild', async () => {
  const before = open();
  await startWith(before, put('a'));
  await before.writer.rebuilds.begin(spec, 'nothing', 1);
  await close();
  for (const path of generationFiles()) {
    if (path.includes('.g2.')) writeFileSync(path, 'no database');
  }
  const { writer } = open();
  expect((await writer.rebuilds.look([spec]))[0]?.filling).toBeUndefined();
  expect(await writer.rebuilds.begin(spec, 'nothing', 2)).toBe(true);
  expect((await writer.rebuilds.look([spec]))[0]?.filling).toMatchObject({ number: 3 });
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('what was replaced is held open by no reader', async () => {
  const both = open();
  const serving = await startWith(both, put('a'));
  expect(await allKeys(both)).toEqual(['a']);
  const { writer } = both;
  await writer.rebuilds.begin(spec, 'nothing', 1);
  const claimed = async (): Promise<Generation> => {
    const { filling } = (await writer.rebuilds.look([spec]))[0] ?? {};
    const [generation] = (filling && (await writer.claim([filling]))) ?? [];
    if (generation === undefined) throw new Error('nothing fills');
    return generation;
  };
  await writer.rebuilds.offer(await claimed());
  await read(both, async () => {
    const end = { kind: 'switched', at: 2, detail: '' } as const;
    await writer.rebuilds.replace(serving, await claimed(), end);
    await writer.rebuilds.sweep([spec], 3);
    expect(await allKeys(both)).toEqual([]);
  });
  expect(await allKeys(both)).toEqual([]);
  expect(openFilesOf('.g2.')).not.toEqual([]);
  // The driver closes a file when its statements are collected.
  await until(() => {
    collectGarbage();
    return openFilesOf('.g1.').length === 0;
  });
});

const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

const openFilesOf = (generation: string): readonly string[] =>
  readdirSync('/proc/self/fd')
    .flatMap((fd) => targetOf(`/proc/self/fd/${fd}`))
    .filter((path) => path.includes(folder) && path.includes(generation));

/** Where a link leads, if it is still there. */
function targetOf(link: string): readonly string[] {
  try {
    return [readlinkSync(link)];
  } catch {
    return [];
  }
}
