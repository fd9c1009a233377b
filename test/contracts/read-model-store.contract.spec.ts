import { EmbeddedReadModelReader } from '../../src/adapters/read-model/embedded/embedded-read-model-reader.js';
import { EmbeddedReadModelWriter } from '../../src/adapters/read-model/embedded/embedded-read-model-writer.js';
import { MemoryReadModelStore } from '../support/memory/memory-read-model-store.js';
import { SettableClock } from '../support/settable-clock.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { describeLive } from './read-model-live.suite.js';
import { describeSessionLists } from './read-model-sessions.suite.js';
import { describeSlices } from './read-model-slices.suite.js';
import type { ReadModelFactory } from './read-model-store.js';
import { describeReadModelStore } from './read-model-store.suite.js';

const memory: ReadModelFactory = {
  isShared: true,
  create: (versions) => {
    const clock = new SettableClock(0);
    const store = new MemoryReadModelStore({ versions, clock });
    const passTime = (ms: number): Promise<void> => {
      clock.advance(ms);
      return Promise.resolve();
    };
    const anotherWriter = () => Promise.resolve(store.anotherOwner());
    return Promise.resolve({ writer: store, reader: store, anotherWriter, passTime });
  },
  cleanUp: () => Promise.resolve(),
};
describeReadModelStore('memory', memory);
describeSlices('memory', memory);
describeSessionLists('memory', memory);
describeLive('memory', memory);

const folders: string[] = [];
const embedded: ReadModelFactory = {
  isShared: false,
  create: (versions) => {
    const folder = temporaryFolder();
    folders.push(folder);
    const clock = new SettableClock(Date.now());
    const open = () => new EmbeddedReadModelWriter(folder, clock);
    const passTime = (ms: number): Promise<void> => {
      clock.advance(ms);
      return Promise.resolve();
    };
    const reader = new EmbeddedReadModelReader(folder, versions);
    const anotherWriter = () => Promise.resolve(open());
    return Promise.resolve({ writer: open(), reader, anotherWriter, passTime });
  },
  cleanUp: () => {
    for (const folder of folders.splice(0)) removeFolder(folder);
    return Promise.resolve();
  },
};
describeReadModelStore('embedded', embedded);
describeSlices('embedded', embedded);
describeSessionLists('embedded', embedded);
describeLive('embedded', embedded);
