import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECTIONS } from '../../projections/index.js';
import { openStores, type Stores } from '../../src/composition/stores.js';
import { readConfig } from '../../src/config.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  removeFolder(folder);
});

test('stores that begin read models anew are open once these are there', async () => {
  const warnings: string[] = [];
  const note = (message: string): void => {
    warnings.push(message);
  };
  const open = (): Promise<Stores> =>
    openStores(readConfig({ DATA_DIR: folder }), { info: note, warn: note, error: note });
  await (await open()).close();
  // The next start makes a new log, with which the read models do not go.
  for (const file of ['events.db', 'events.db-wal', 'events.db-shm', 'events.position']) {
    rmSync(join(folder, file), { force: true });
  }
  const stores = await open();
  try {
    const names = stores.projectionControl.progress().map(({ name }) => name);
    expect(names).toEqual(PROJECTIONS.map(({ name }) => name));
    expect(warnings).toEqual(
      names.map((name) => expect.stringMatching(`^${name} is folded from the start`) as unknown),
    );
  } finally {
    await stores.close();
  }
});
