import { MongoClient, type Db } from 'mongodb';
import { MongoConnection } from '../../../src/adapters/read-model/mongodb/mongo-connection.js';
import { MongoLease } from '../../../src/adapters/read-model/mongodb/mongo-lease.js';
import { MongoReadModelReader } from '../../../src/adapters/read-model/mongodb/mongo-read-model-reader.js';
import { MongoReadModelWriter } from '../../../src/adapters/read-model/mongodb/mongo-read-model-writer.js';
import { PlayheadError } from '../../../src/domain/errors.js';
import { generationsOf, spec, VERSION_1 } from '../../contracts/read-model-store.js';
import { describeWithMongod, ReplicaSet } from '../../support/mongod.js';
import { until } from '../../support/polling.js';

const ROOT = { name: 'root', password: 'the root password', source: 'admin' };
const USER = { name: 'playhead', password: 'pa55-w0rd', source: 'playhead' };

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

await describeWithMongod('a user of MongoDB', (binary) => {
  let servers: ReplicaSet;
  let root: MongoClient;
  let database: Db;
  beforeAll(async () => {
    servers = await ReplicaSet.start(binary, { root: ROOT });
    root = new MongoClient(servers.url('admin'));
    database = root.db(USER.source);
  });
  afterAll(async () => {
    await root.close();
    await servers.stop();
  });

  const createUser = (): Promise<unknown> =>
    database.command({ createUser: USER.name, pwd: USER.password, roles: ['readWrite'] });

  test('who was dropped and made anew is let in again, by every connection and without a restart', async () => {
    await createUser();
    const open = (): Promise<MongoConnection> =>
      MongoConnection.open(servers.url(USER.source, '', USER));
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

    await database.command({ dropUser: USER.name });
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
