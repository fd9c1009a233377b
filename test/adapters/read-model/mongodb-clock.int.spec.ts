import { MongoClock } from '../../../src/adapters/read-model/mongodb/mongo-clock.js';
import { MongoConnection } from '../../../src/adapters/read-model/mongodb/mongo-connection.js';
import { describeWithMongo, newDatabaseName, type MongoServers } from '../../support/mongod.js';

await describeWithMongo("MongoDB's clock", (start) => {
  let mongo: MongoServers;
  beforeAll(async () => {
    mongo = await start();
  });
  afterAll(async () => {
    await mongo.stop();
  });

  it('is read to the millisecond', async () => {
    const connection = await MongoConnection.open(mongo.url(newDatabaseName()));
    const clock = new MongoClock(connection);
    const before = Date.now();
    const { earliest, latest } = await clock.read();
    const after = Date.now();
    expect(latest - earliest).toBe(1);
    expect(earliest).toBeLessThanOrEqual(after);
    expect(latest).toBeGreaterThanOrEqual(before);
    await connection.close();
    await expect(clock.read()).rejects.toThrow();
  });
});
