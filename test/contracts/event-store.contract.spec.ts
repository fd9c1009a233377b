import { join } from 'node:path';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { MemoryEventStore } from '../../src/adapters/event-store/memory/memory-event-store.js';
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
