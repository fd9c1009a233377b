import { join } from 'node:path';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { EventStoreDbEventStore } from '../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.js';
import { MemoryEventStore } from '../../src/adapters/event-store/memory/memory-event-store.js';
import { PrefixedStore } from '../support/eventstoredb/prefixed-store.js';
import {
  serverUnderTest,
  type ServerUnderTest,
} from '../support/eventstoredb/server-under-test.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
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
describeEventStore('EventStoreDB', {
  isShared: true,
  create: async () => {
    const server = await serverUnderTest({ hasNeighbours: true });
    servers.push(server);
    const store = await EventStoreDbEventStore.open(server);
    return new PrefixedStore(store, server.prefix, await store.head());
  },
  cleanUp: async () => {
    for (const server of servers.splice(0)) await server.stop();
  },
});
