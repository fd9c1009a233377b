import { EmbeddedReadModelReader } from '../../src/adapters/read-model/embedded/embedded-read-model-reader.js';
import { EmbeddedReadModelWriter } from '../../src/adapters/read-model/embedded/embedded-read-model-writer.js';
import { MemoryReadModelStore } from '../../src/adapters/read-model/memory/memory-read-model-store.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { describeReadModelStore } from './read-model-store.suite.js';

describeReadModelStore('memory', {
  create: (versions) => {
    const store = new MemoryReadModelStore(versions);
    return Promise.resolve({ writer: store, reader: store });
  },
  cleanUp: () => Promise.resolve(),
});

const folders: string[] = [];
describeReadModelStore('embedded', {
  create: (versions) => {
    const folder = temporaryFolder();
    folders.push(folder);
    const writer = new EmbeddedReadModelWriter(folder);
    return Promise.resolve({ writer, reader: new EmbeddedReadModelReader(folder, versions) });
  },
  cleanUp: () => {
    for (const folder of folders.splice(0)) removeFolder(folder);
    return Promise.resolve();
  },
});
