import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkControlFile } from '../../../src/adapters/read-model/embedded/control-file.js';
import { NewerSchema } from '../../../src/adapters/sqlite/file-faults.js';
import type { ParkedEvent } from '../../../src/ports/read-model/documents.js';
import type { Generation } from '../../../src/ports/read-model/generation.js';
import type { DocumentReader } from '../../../src/ports/read-model/reader.js';
import {
  allKeys,
  FIRST_KEY,
  generationsOf,
  LAST_KEY,
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
import { raiseSchemaVersion } from '../../support/sqlite-files.js';

let place: EmbeddedReadModels;
beforeEach(() => {
  place = new EmbeddedReadModels();
});
afterEach(() => place.remove());

const FILE = 'popularity.v1.g1.db';
const STORE_UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };

/** A folder with one commit, closed; `damage` is done to the database, the rest is removed. */
async function damagedFolder(damage: (database: string) => void): Promise<Generation> {
  const generation = await startWith(place.open(), put('a', { rank: 1 }), put('b'));
  await place.close();
  for (const path of place.files()) {
    if (path.endsWith('.db')) damage(path);
    else rmSync(path);
  }
  return generation;
}

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
test.each(damages)('a file %s is told, is nobody’s, and can be replaced', async (_, damage) => {
  const lost = await damagedFolder(damage);
  const { writer, reader } = place.open();
  const found = await servingOf(writer);
  expect(found?.fault).toContain(FILE);
  expect(found?.isTaken).toBe(false);
  expect(found && (await generationsOf(writer).acquire([found]))).toBeUndefined();
  await expect(writer.commit(lost, puts(2))).rejects.toThrow('no longer at');
  await expect(allKeys({ reader })).rejects.toMatchObject(STORE_UNAVAILABLE);
  const fresh = await start(writer);
  expect(fresh.number).toBeGreaterThan(lost.number);
  await writer.commit(fresh, puts(7, put('new', { rank: 1 })));
  expect(await allKeys({ reader })).toEqual(['new']);
  expect(await servingOf(writer)).toMatchObject({ checkpoint: 7, fault: undefined });
});

test('the other projections’ files are not touched by one that is damaged', async () => {
  const { writer } = place.open();
  const other = await writer.commit(await start(writer, otherSpec), puts(5, put('kept')));
  await place.close();
  await damagedFolder((database) => {
    writeFileSync(database, 'x'.repeat(10_000));
  });
  const reopened = place.open();
  await start(reopened.writer);
  expect(await servingOf(reopened.writer, otherSpec)).toMatchObject(other);
});

test('what is built and is damaged can be given up, and begun again', async () => {
  const before = place.open();
  await startWith(before, put('a'));
  await generationsOf(before.writer).begin(spec, 'nothing');
  await place.close();
  for (const path of place.files()) if (path.includes('.g2.')) writeFileSync(path, 'no database');
  const generations = generationsOf(place.open().writer);
  expect((await generations.look([spec]))[0]?.building?.fault).toBeDefined();
  expect(await generations.begin(spec, 'nothing')).toBe('UNDER_WAY');
  expect(await generations.abandon(spec, { kind: 'failed', at: 1, detail: '' })).toBe(true);
  expect(await generations.begin(spec, 'nothing')).toBeUndefined();
  expect((await generations.look([spec]))[0]?.building).toMatchObject({ fault: undefined });
});

test('a file of a newer schema is refused, not started over', async () => {
  await startWith(place.open(), put('a'));
  await place.close();
  for (const path of place.files('.db')) raiseSchemaVersion(path);
  const { writer } = place.open();
  await expect(servingOf(writer)).rejects.toThrow(NewerSchema);
  await expect(servingOf(writer)).rejects.toThrow(/popularity.* by a newer release/);
});

test('a control file of a newer schema is refused', async () => {
  await startWith(place.open(), put('a'));
  await place.close();
  raiseSchemaVersion(join(place.folder, 'control.db'));
  expect(() => place.openWriter()).toThrow(NewerSchema);
  expect(() => {
    checkControlFile(place.folder);
  }).toThrow(NewerSchema);
});

/** Bytes that are no text. */
const NO_TEXT = "CAST(x'7b22fffefd227d' AS TEXT)";

const controlDamages: readonly (readonly [string, () => void])[] = [
  [
    'holds something else',
    () => {
      for (const name of readdirSync(place.folder)) {
        if (name.startsWith('control.db-')) rmSync(join(place.folder, name));
      }
      writeFileSync(join(place.folder, 'control.db'), 'something else entirely\n'.repeat(500));
    },
  ],
  [
    'has a record that is no text',
    () => {
      const path = join(place.folder, 'control.db');
      const file = readFileSync(path);
      const needle = '"identity":"';
      for (let at = file.indexOf(needle); at >= 0; at = file.indexOf(needle, at + 1)) {
        file[at + needle.length] = 0xff;
      }
      writeFileSync(path, file);
    },
  ],
  [
    'has an outcome that is no text',
    () => {
      place.change('control.db', `INSERT INTO ended VALUES ('popularity', 1, ${NO_TEXT})`);
    },
  ],
];
test.each(controlDamages)('a control file that %s is made anew', async (_, damage) => {
  await startWith(place.open(), put('a'));
  await place.close();
  const before = readFileSync(join(place.folder, 'control.db'));
  damage();
  expect(readFileSync(join(place.folder, 'control.db')).equals(before)).toBe(false);
  const reopened = place.open();
  expect(await servingOf(reopened.writer)).toBeUndefined();
  await startWith(reopened, put('new'));
  expect(await allKeys(reopened)).toEqual(['new']);
});

describe('bytes that are no text', () => {
  const parked: ParkedEvent = { position: 2, key: 'p', reason: 'no', parkedAt: 3 };

  /** One whose file is changed while it is in use. */
  async function damaged(sql: string): Promise<Generation> {
    const { writer } = place.open();
    const started = await startWith({ writer }, put('a', { rank: 1 }), put('b', { rank: 2 }));
    const write = { ...puts(2), parked: { puts: [parked], deletes: [] } };
    const generation = await writer.commit(started, write);
    await place.close();
    place.change(FILE, sql);
    return generation;
  }
  const BODY = `UPDATE documents SET body = ${NO_TEXT} WHERE key = 'b'`;
  const KEY = `UPDATE documents SET key = CAST(x'62ff' AS TEXT) WHERE key = 'b'`;
  const PARKED = `UPDATE parked SET body = ${NO_TEXT}`;

  const queries: readonly (readonly [
    string,
    string,
    (documents: DocumentReader) => Promise<unknown>,
  ])[] = [
    ['a document, by key', BODY, (documents) => documents.get(['a', 'b'])],
    ['a document, in a range', BODY, (documents) => documents.range(FIRST_KEY, LAST_KEY)],
    ['a document, in a page', BODY, (documents) => documents.page({ index: 'rank', limit: 9 })],
    ['a key', KEY, (documents) => documents.range(FIRST_KEY, LAST_KEY)],
  ];
  test.each(queries)('%s: the query says so, and the owner is told', async (_, sql, query) => {
    await damaged(sql);
    const models = place.open();
    expect(await servingOf(models.writer)).toMatchObject({ fault: undefined });
    await expect(read(models, query)).rejects.toMatchObject(STORE_UNAVAILABLE);
    const found = await servingOf(models.writer);
    expect(found?.fault).toContain(`${FILE}: what is stored cannot be read`);
    expect(
      await read(models, async (documents) => [...(await documents.get(['a'])).keys()]),
    ).toEqual(['a']);
    await startWith(models, put('new'));
    expect(await allKeys(models)).toEqual(['new']);
  });

  test('a document that its owner loads: it is told from then on', async () => {
    const generation = await damaged(BODY);
    const { writer } = place.open();
    expect(await writer.load(generation, ['a'])).toHaveLength(1);
    await expect(writer.load(generation, ['a', 'b'])).rejects.toThrow(FILE);
    expect((await servingOf(writer))?.fault).toContain('cannot be read');
    await place.close();
    expect((await servingOf(place.open().writer))?.fault).toContain('cannot be read');
  });

  const states: readonly (readonly [string, string])[] = [
    ['what is parked', PARKED],
    ['totals', `UPDATE state SET totals = ${NO_TEXT}`],
    ['the log’s id', `UPDATE state SET store_id = ${NO_TEXT}`],
    ['its own id', `UPDATE state SET file_id = ${NO_TEXT}`],
  ];
  test.each(states)('%s: it is told at once', async (_, sql) => {
    await damaged(sql);
    const models = place.open();
    expect((await servingOf(models.writer))?.fault).toContain(FILE);
    await startWith(models, put('new'));
    expect(await allKeys(models)).toEqual(['new']);
  });

  test('numbers that became such: nothing ends', async () => {
    await damaged("UPDATE state SET checkpoint = CAST(x'ff' AS TEXT), fence = CAST(x'ff' AS TEXT)");
    const models = place.open();
    expect((await servingOf(models.writer))?.fault).toContain(FILE);
    expect(await read(models, (documents) => documents.count('rank', 0))).toBe(2);
  });
});
