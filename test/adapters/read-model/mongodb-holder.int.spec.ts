import { DatabaseHolder } from '../../../src/adapters/read-model/mongodb/database-holder.js';
import type { MongoConnection } from '../../../src/adapters/read-model/mongodb/mongo-connection.js';
import type { LogIds } from '../../../src/ports/event-store.js';
import type { Generation } from '../../../src/ports/read-model/generation.js';
import { generationsOf, spec, start, type ReadModels } from '../../contracts/read-model-store.js';
import { describeInMongo } from '../../support/mongo-read-models.js';

const OURS = { logId: 'ours', storeId: spec.storeId };
const OURS_MOVED = { ...OURS, storeId: 'elsewhere' };
const ANOTHER = { logId: 'another', storeId: 'another store' };
const REFUSED = /MONGODB_URL: the database holds the read models of another event log.*take-over/;

await describeInMongo('a database', (inDatabase, current, connect) => {
  let models: ReadModels;
  let connection: MongoConnection;
  let holder: DatabaseHolder;
  beforeEach(async () => {
    models = current();
    connection = await connect();
    holder = new DatabaseHolder(connection);
  });
  afterEach(() => connection.close());

  /** Whether a start of a log's server goes on after a look. */
  const isOpenTo = async (log: LogIds | undefined): Promise<boolean> => {
    const refuseOthers = await holder.look();
    try {
      refuseOthers(log);
      return true;
    } catch (error) {
      expect(String(error)).toMatch(REFUSED);
      return false;
    }
  };
  const openTo = async (): Promise<readonly boolean[]> => {
    const isOpen: boolean[] = [];
    for (const log of [OURS, OURS_MOVED, ANOTHER, undefined]) isOpen.push(await isOpenTo(log));
    return isOpen;
  };
  const release = (held: Generation): Promise<void> => generationsOf(models.writer).release([held]);

  test('that is empty is open to every log', async () => {
    expect(await openTo()).toEqual([true, true, true, true]);
  });

  test('is that of the log that claims it first, wherever that is moved', async () => {
    await holder.claim(OURS);
    expect(await openTo()).toEqual([true, true, false, false]);
    await holder.claim(OURS_MOVED);
    await expect(holder.claim(ANOTHER)).rejects.toThrow(REFUSED);
    expect(await openTo()).toEqual([true, true, false, false]);
  });

  test('is that of one alone of many that claim it at the same time', async () => {
    const logs = Array.from({ length: 8 }, (_, i) => ({ ...ANOTHER, logId: `log ${String(i)}` }));
    const claims = await Promise.allSettled(logs.map((log) => holder.claim(log)));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('in which 0.1.0 folded is that of the log in its read models', async () => {
    const held = await start(models.writer);
    expect(await openTo()).toEqual([true, false, false, false]);
    await expect(holder.claim(ANOTHER)).rejects.toThrow(REFUSED);
    await holder.claim(OURS);
    expect(await openTo()).toEqual([true, true, false, false]);
    await release(held);
  });

  test('is left to its own log by a take-over', async () => {
    await holder.claim(OURS);
    const held = await start(models.writer);
    await release(held);
    expect(await holder.takeFor(OURS)).toBe('kept');
    expect(await holder.takeFor(OURS_MOVED)).toBe('kept');
    expect((await models.writer.records([spec.projection])).generations).toHaveLength(1);
  });

  test('is not taken over from a server at work, but once that has stopped', async () => {
    await holder.claim(OURS);
    const held = await start(models.writer);
    expect(await holder.takeFor(ANOTHER)).toBe('busy');
    expect(await openTo()).toEqual([true, true, false, false]);
    await release(held);
    expect(await holder.takeFor(undefined)).toBe('taken');
    expect(await openTo()).toEqual([true, true, true, true]);
    await holder.claim(ANOTHER);
    expect(await openTo()).toEqual([false, false, true, false]);
    // A place of its own is made for what is folded next.
    const next = await start(models.writer, { ...spec, storeId: ANOTHER.storeId });
    expect(next.number).toBeGreaterThan(held.number);
  });

  test('that was dropped is known by its read models', async () => {
    await holder.claim(OURS);
    await inDatabase((database) => database.dropDatabase());
    const held = await start(models.writer);
    expect(await openTo()).toEqual([true, false, false, false]);
    await release(held);
  });
});
