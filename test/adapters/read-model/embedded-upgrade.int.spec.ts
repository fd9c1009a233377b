import { join } from 'node:path';
import { assertPresentControlFile } from '../../../src/adapters/read-model/embedded/control-file.js';
import { highestCheckpoint } from '../../../src/adapters/read-model/embedded/generation-files.js';
import { schemaVersionIn } from '../../../src/adapters/sqlite/database.js';
import {
  allKeys,
  generationsOf,
  put,
  puts,
  read,
  servingOf,
  spec,
  start,
} from '../../contracts/read-model-store.js';
import { EmbeddedReadModels } from '../../support/embedded-read-models.js';
import { OLD_ROLES, writeOldReadModels } from '../../support/old-read-models.js';

let place: EmbeddedReadModels;
beforeEach(() => {
  place = new EmbeddedReadModels();
});
afterEach(() => place.remove());

const SERVING = { role: 'serving', key: 'old', retired: 77 } as const;

describe('a folder that an older release wrote', () => {
  test('is gone on with: documents, checkpoint, what is parked and retired', async () => {
    writeOldReadModels(place.folder, [SERVING]);
    const models = place.open();
    const { writer } = models;
    const found = await servingOf(writer);
    expect(found).toMatchObject({
      ...{ number: 1, storeId: 'log-1', checkpoint: 5, totals: { folds: 5 }, fault: undefined },
      ...{ identity: undefined, checkpointId: undefined, isTaken: false, scanned: 5 },
      ...{ isRetryWanted: true, parkedEvents: 1, settings: {} },
    });
    const [taken] = (found && (await generationsOf(writer).acquire([found]))) ?? [];
    expect(taken?.identity).toBeDefined();
    if (taken !== undefined) await writer.commit(taken, puts(6, put('new', { rank: 2 })));
    await read(models, async (documents) => {
      expect(documents.settings).toEqual({});
      expect(await documents.retiredBefore()).toBe(77);
      expect(await documents.parked()).toHaveLength(1);
      expect(await documents.page({ index: 'rank', limit: 9 })).toEqual([
        { key: 'old', value: 1, body: { of: 'old' } },
        { key: 'new', value: 2, body: { of: 'new' } },
      ]);
    });
    await place.close();
    expect(await servingOf(place.open().writer)).toMatchObject({
      ...taken,
      ...{ checkpoint: 6, totals: { folds: 6 } },
    });
  });

  test('keeps what each one is for, how the last rebuild ended, and the numbers', async () => {
    const generations = OLD_ROLES.filter((role) => role !== 'offered').map((role) => ({
      role,
      key: role,
    }));
    writeOldReadModels(place.folder, generations);
    const { writer } = place.open();
    const { generations: found, ended } = await writer.records(['popularity']);
    const states = found.map(({ number, state }) => [number, state]);
    expect(states.sort()).toEqual([
      [1, 'serving'],
      [2, 'building'],
      [3, 'retired'],
    ]);
    expect(found.every(({ fault }) => fault === undefined)).toBe(true);
    const outcome = { kind: 'switched', at: 7, detail: 'the same' };
    expect(ended).toEqual([{ projection: 'popularity', version: 1, outcome }]);
    expect(await start(writer)).toMatchObject({ number: 4 });
  });

  test('keeps one that was ready', async () => {
    writeOldReadModels(place.folder, [SERVING, { role: 'offered', key: 'ready' }]);
    const [status] = await generationsOf(place.open().writer).look([spec]);
    expect(status?.building).toMatchObject({ number: 2, state: 'ready', checkpoint: 5 });
  });

  test('is made anew where it cannot be brought up to date', async () => {
    writeOldReadModels(place.folder, [SERVING], 'no outcome');
    const { writer } = place.open();
    expect(await servingOf(writer)).toBeUndefined();
    expect(schemaVersionIn(join(place.folder, 'control.db'))).toBe(3);
  });

  test('has its file’s faults told like any other', async () => {
    writeOldReadModels(place.folder, [SERVING]);
    place.change('popularity.v1.g1.db', 'DROP TABLE state');
    expect((await servingOf(place.open().writer))?.fault).toContain('popularity.v1.g1.db');
  });

  test('is brought up to date by whoever writes it, not by whoever looks', async () => {
    writeOldReadModels(place.folder, [SERVING]);
    expect(highestCheckpoint(place.folder)).toBe(5);
    expect(() => {
      assertPresentControlFile(place.folder);
    }).toThrow(/by an older release: start the server/);
    const models = place.open();
    await servingOf(models.writer);
    assertPresentControlFile(place.folder);
    expect(await allKeys(models)).toEqual(['old']);
    expect(highestCheckpoint(place.folder)).toBe(5);
  });
});
