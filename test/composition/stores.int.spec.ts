import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECTIONS } from '../../projections/index.js';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { openStores, type Stores } from '../../src/composition/stores.js';
import { readConfig } from '../../src/config.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from '../support/mongod.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  removeFolder(folder);
});

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('stores of a start that fails late', () => {
  const open = (): Promise<Stores> => openStores(readConfig({ DATA_DIR: folder }), silent);

  test('leave the lock alone behind', async () => {
    await (await open()).abandon();
    expect(readdirSync(folder)).toEqual(['lock.db']);
  });

  test('leave a secret to the log that was there and got its identity under it', async () => {
    await (await EmbeddedEventStore.open(join(folder, 'events.db'))).close();
    const stores = await open();
    await stores.abandon();
    const next = await open();
    await next.close();
    expect(next.storeId).toBe(stores.storeId);
  });
});

await describeWithMongo(
  'stores of a start that fails late, with read models in MongoDB',
  (start) => {
    let servers: MongoServers;
    beforeAll(async () => {
      servers = await start();
    });
    afterAll(() => servers.stop());

    test('leave a log that the database is given to', async () => {
      const settings = { DATA_DIR: folder, MONGODB_URL: servers.url(newDatabaseName()) };
      const open = (): Promise<Stores> => openStores(readConfig(settings), silent);
      const stores = await open();
      await stores.abandon();
      const next = await open();
      await next.close();
      expect(next.storeId).toBe(stores.storeId);
    });
  },
);

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
