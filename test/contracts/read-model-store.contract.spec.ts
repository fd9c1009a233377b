import { EmbeddedReadModelReader } from '../../src/adapters/read-model/embedded/embedded-read-model-reader.js';
import { EmbeddedReadModelWriter } from '../../src/adapters/read-model/embedded/embedded-read-model-writer.js';
import { MemoryReadModelStore } from '../../src/adapters/read-model/memory/memory-read-model-store.js';
import { CLAIM_MS } from '../../src/ports/read-model-store.js';
import { SettableClock } from '../support/settable-clock.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { describeReadModelStore } from './read-model-store.suite.js';

describeReadModelStore('memory', {
  isShared: true,
  create: (versions) => {
    const clock = new SettableClock(0);
    const store = new MemoryReadModelStore({ versions, clock });
    const expireClaims = (): Promise<void> => {
      clock.advance(CLAIM_MS);
      return Promise.resolve();
    };
    const shared = { anotherWriter: () => Promise.resolve(store.anotherOwner()), expireClaims };
    return Promise.resolve({ writer: store, reader: store, shared });
  },
  cleanUp: () => Promise.resolve(),
});

const folders: string[] = [];
describeReadModelStore('embedded', {
  isShared: false,
  create: (versions) => {
    const folder = temporaryFolder();
    folders.push(folder);
    const writer = new EmbeddedReadModelWriter(folder);
    const reader = new EmbeddedReadModelReader(folder, versions);
    return Promise.resolve({ writer, reader, shared: undefined });
  },
  cleanUp: () => {
    for (const folder of folders.splice(0)) removeFolder(folder);
    return Promise.resolve();
  },
});
