import { MongoMemoryReplSet, MongoMemoryServer } from 'mongodb-memory-server-core';
import {
  MongoConnection,
  UnfitMongo,
} from '../../../src/adapters/read-model/mongodb/mongo-connection.js';
import { PlayheadError } from '../../../src/domain/errors.js';
import { describeWithMongod, ReplicaSet } from '../../support/mongod.js';

const PASSWORD = 'pa55-w0rd';

/** Why a connection is refused; in one line, without the password. */
async function refusalOf(url: string): Promise<Error> {
  try {
    await (await MongoConnection.open(url)).close();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    expect(error.message).not.toContain('\n');
    expect(error.message).not.toContain(PASSWORD);
    return error;
  }
  throw new Error('it was accepted');
}

async function isUnfit(url: string, reason: RegExp): Promise<void> {
  const error = await refusalOf(url);
  expect(error).toBeInstanceOf(UnfitMongo);
  expect(error.message).toMatch(/^MONGODB_URL: /);
  expect(error.message).toMatch(reason);
}

async function isOutOfReach(url: string, reason: RegExp): Promise<void> {
  const error = await refusalOf(url);
  expect(error).toBeInstanceOf(PlayheadError);
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(error.message).toMatch(reason);
}

describe('a connection string', () => {
  test('without a database name is refused', async () => {
    await isUnfit(`mongodb://u:${PASSWORD}@127.0.0.1:1`, /needs a database name/);
    await isUnfit(`mongodb://u:${PASSWORD}@127.0.0.1:1/?replicaSet=rs`, /needs a database name/);
  });

  test('that is none is refused', async () => {
    await isUnfit(`http://u:${PASSWORD}@127.0.0.1:1/playhead`, /needs a database name: mongodb:/);
    await isUnfit(`mongodb://u:${PASSWORD}@127.0.0.1:x/playhead`, /is no connection string/);
    await isUnfit(`mongodb://u:${PASSWORD}@127.0.0.1:1/playhead?w=x&tls=8`, /is no connection/);
  });

  test('to where nobody listens says so, and where that is', async () => {
    const url = `mongodb://u:${PASSWORD}@127.0.0.1:1/playhead?replicaSet=rs`;
    await isOutOfReach(url, /^MongoDB at 127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/);
  });
});

await describeWithMongod('a MongoDB that does not do', ({ path, version }) => {
  const binary = { systemBinary: path, version };

  test('a server that stands alone is refused, and the remedy is told', async () => {
    const server = await MongoMemoryServer.create({ binary });
    await isUnfit(server.getUri('playhead'), /stands alone.*--replSet.*rs\.initiate/);
    await server.stop();
  });

  test('a replica set that was never initiated is refused, and the remedy is told', async () => {
    const server = await MongoMemoryServer.create({ binary, instance: { replSet: 'rs' } });
    await isOutOfReach(server.getUri('playhead'), /has no primary: run rs\.initiate\(\)/);
    await server.stop();
  });

  test('another replica set than the one named is refused, and the remedy is told', async () => {
    const set = await ReplicaSet.start({ path, version, source: '' });
    const url = set.url('playhead').replace('replicaSet=rs', 'replicaSet=other');
    await isOutOfReach(url, /has no primary: .*replicaSet= names it/);
    await set.stop();
  });

  test('a wrong password, and none where one is needed, are refused as such', async () => {
    const auth = { enable: true, customRootName: 'root', customRootPwd: PASSWORD };
    const set = await MongoMemoryReplSet.create({ binary, replSet: { auth } });
    const url = set.getUri('playhead');
    const withUser = (user: string): string =>
      `${url.replace('mongodb://', `mongodb://${user}@`)}&authSource=admin`;
    await isUnfit(withUser('root:wrong'), /user name or password is wrong/);
    await isUnfit(url, /no user who may read and write/);
    const connection = await MongoConnection.open(withUser(`root:${PASSWORD}`));
    await connection.ping();
    await connection.close();
    await set.stop();
  });
});
