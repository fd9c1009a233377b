import { EventStoreDBClient } from '@eventstore/db-client';
import { EventStoreDbEventStore } from '../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { NO_STREAM } from '../../../src/ports/event-store.js';
import { append, eventsOf, namesOf, readEverything } from '../../contracts/event-store.js';
import {
  serverUnderTest,
  type ServerUnderTest,
} from '../../support/eventstoredb/server-under-test.js';

/** What somebody does to our streams by the server's own means; on a real server as well. */
describe('a stream of ours that somebody', () => {
  let server: ServerUnderTest;
  let store: EventStoreDbEventStore;
  let start: number;
  let stream: string;

  beforeEach(async () => {
    server = await serverUnderTest();
    store = await EventStoreDbEventStore.open(server);
    start = await store.head();
    stream = `${server.prefix}s`;
    await store.append([append(stream, NO_STREAM, eventsOf('a', 3))]);
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  const asOther = async (work: (client: EventStoreDBClient) => Promise<unknown>): Promise<void> => {
    const client = EventStoreDBClient.connectionString(server.url);
    await work(client);
    await client.dispose();
  };
  const outcomeOf = async (expectedRevision: number): Promise<unknown> =>
    (await store.append([append(stream, expectedRevision, eventsOf('b', 2))]))[0];

  test('deleted begins anew where it had ended, which the append says', async () => {
    await asOther((client) => client.deleteStream(stream));
    expect(await store.readStream(stream)).toEqual([]);
    expect(await outcomeOf(NO_STREAM)).toEqual({ kind: 'refused', reason: 'cut-off' });
    expect((await store.readStream(stream)).map(({ revision }) => revision)).toEqual([3, 4]);
  });

  test('deleted goes on for whoever knows how far it was', async () => {
    await asOther((client) => client.deleteStream(stream));
    expect(await outcomeOf(2)).toMatchObject({ kind: 'appended', revision: 4 });
  });

  test('deleted for good takes nothing more, and is not read', async () => {
    await asOther((client) => client.tombstoneStream(stream));
    expect(await outcomeOf(2)).toEqual({ kind: 'refused', reason: 'deleted' });
    expect(await outcomeOf(NO_STREAM)).toEqual({ kind: 'refused', reason: 'deleted' });
    const refused = { code: 'BAD_USER_INPUT' };
    await expect(store.readStream(stream)).rejects.toMatchObject(refused);
    await expect(store.readLast(stream)).rejects.toMatchObject(refused);
  });

  test('deleted for good brings nothing that is not an event of ours', async () => {
    await asOther((client) => client.tombstoneStream(stream));
    const other = append(`${server.prefix}t`, NO_STREAM, eventsOf('t', 1));
    await store.append([other]);
    expect(namesOf(await readEverything(store, 1_000, start)).slice(-1)).toEqual(['t-0']);
    const { events } = await store.readAll(start, 1_000);
    expect(events.filter(({ type }) => type.startsWith('$'))).toEqual([]);
  });
});
