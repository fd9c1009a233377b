import { MongoClient, type Db } from 'mongodb';
import { MongoMemoryReplSet } from 'mongodb-memory-server-core';
import { MongoConnection } from '../../../src/adapters/read-model/mongodb/mongo-connection.js';
import { MongoLease } from '../../../src/adapters/read-model/mongodb/mongo-lease.js';
import { MongoReadModelReader } from '../../../src/adapters/read-model/mongodb/mongo-read-model-reader.js';
import { MongoReadModelWriter } from '../../../src/adapters/read-model/mongodb/mongo-read-model-writer.js';
import { PlayheadError } from '../../../src/domain/errors.js';
import { generationsOf, spec, VERSION_1 } from '../../contracts/read-model-store.js';
import { describeWithMongod } from '../../support/mongod.js';
import { until } from '../../support/polling.js';

const ROOT = { user: 'root', pwd: 'the root password' };
const USER = 'playhead';
const PASSWORD = 'pa55-w0rd';

/** Whether the server does it; STORE_UNAVAILABLE while it denies it. */
async function isAllowed(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof PlayheadError && error.code === 'STORE_UNAVAILABLE') return false;
    throw error;
  }
}

await describeWithMongod('a user of MongoDB', ({ path, version }) => {
  let set: MongoMemoryReplSet;
  let root: MongoClient;
  let database: Db;
  beforeAll(async () => {
    const auth = { enable: true, customRootName: ROOT.user, customRootPwd: ROOT.pwd };
    const binary = { systemBinary: path, version };
    set = await MongoMemoryReplSet.create({
      binary,
      replSet: { auth, storageEngine: 'wiredTiger' },
    });
    root = new MongoClient(urlFor(ROOT.user, ROOT.pwd, 'admin'));
    database = root.db('playhead');
  });
  afterAll(async () => {
    await root.close();
    await set.stop();
  });

  const urlFor = (user: string, password: string, source: string): string => {
    const credentials = `${user}:${encodeURIComponent(password)}`;
    const url = set.getUri('playhead').replace('mongodb://', `mongodb://${credentials}@`);
    return `${url}&authSource=${source}`;
  };
  const createUser = (): Promise<unknown> =>
    database.command({ createUser: USER, pwd: PASSWORD, roles: ['readWrite'] });

  test('who was dropped and made anew is let in again, by every connection and without a restart', async () => {
    await createUser();
    const open = (): Promise<MongoConnection> =>
      MongoConnection.open(urlFor(USER, PASSWORD, 'playhead'));
    const shared = await open();
    const reader = new MongoReadModelReader(shared, VERSION_1);
    const lease = new MongoLease(shared, 'rollup');
    const writer = new MongoReadModelWriter(await open());
    const works: readonly (() => Promise<unknown>)[] = [
      () => reader.ping(),
      () => lease.tryHold(),
      () => writer.records([spec.projection]),
      () => generationsOf(writer).start(spec, { replacing: undefined, servesFrom: 0 }),
    ];
    for (const work of works) expect(await isAllowed(work)).toBe(true);

    await database.command({ dropUser: USER });
    await until(async () => !(await isAllowed(() => reader.ping())));
    await expect(reader.ping()).rejects.toThrow('MongoDB denies access');
    expect(await isAllowed(() => writer.records([spec.projection]))).toBe(false);

    await createUser();
    for (const work of works) await until(() => isAllowed(work), 20_000);
    const names = ['popularity'] as const;
    const query = reader.snapshot(names, 0, ({ popularity }) =>
      Promise.resolve(popularity.checkpoint),
    );
    expect(await query).toBe(0);
    await reader.close();
    await writer.close();
  });
});
