import { join } from 'node:path';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import type { BulkOptions } from '../../src/adapters/event-store/eventstoredb/bulk-reader.js';
import { EventStoreDbEventStore } from '../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { MemoryEventStore } from '../support/memory/memory-event-store.js';
import { PrefixedStore } from '../support/eventstoredb/prefixed-store.js';
import {
  serverUnderTest,
  type ServerUnderTest,
} from '../support/eventstoredb/server-under-test.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import type { StoreFactory } from './event-store.js';
import { describeEventStore } from './event-store.suite.js';

describeEventStore('memory', {
  create: () => Promise.resolve(new MemoryEventStore()),
  cleanUp: () => Promise.resolve(),
});

const folders: string[] = [];
describeEventStore('embedded', {
  create: () => {
    const folder = temporaryFolder();
    folders.push(folder);
    return EmbeddedEventStore.open(join(folder, 'events.db'));
  },
  cleanUp: () => {
    for (const folder of folders.splice(0)) removeFolder(folder);
    return Promise.resolve();
  },
});

const servers: ServerUnderTest[] = [];
const slow: string[] = [];
/** What is stored is looked at, not how fast this machine is. */
const PATIENT_MS = 60_000;
const eventStoreDb = (bulk?: BulkOptions): StoreFactory => ({
  isShared: true,
  create: async () => {
    const server = await serverUnderTest({ hasNeighbours: true });
    servers.push(server);
    const options = { ...server, appendDeadlineMs: PATIENT_MS, ...(bulk && { bulk }) };
    const store = await EventStoreDbEventStore.open(options);
    return new PrefixedStore(store, server.prefix, await store.head());
  },
  cleanUp: async () => {
    for (const server of servers.splice(0)) await server.stop();
    // Else the client has read what the successor was to show.
    expect(slow).toEqual([]);
  },
});

describeEventStore('EventStoreDB', eventStoreDb());
describeEventStore(
  'EventStoreDB, pages by the successor of the client',
  eventStoreDb({ onSlow: (reason) => slow.push(reason) }),
);
