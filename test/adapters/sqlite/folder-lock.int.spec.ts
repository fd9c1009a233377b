import {
  FolderInUse,
  lockFolder,
  type FolderLock,
} from '../../../src/adapters/sqlite/folder-lock.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

let folder: string;
const locks: FolderLock[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  for (const lock of locks.splice(0)) lock.release();
  removeFolder(folder);
});

async function lock(path = folder): Promise<FolderLock> {
  const held = await lockFolder(path);
  locks.push(held);
  return held;
}

test('a folder is locked for one at a time; who comes second is refused after a wait', async () => {
  await lock();
  const from = Date.now();
  await expect(lock()).rejects.toThrow(FolderInUse);
  expect(Date.now() - from).toBeGreaterThanOrEqual(4_900);
  expect(new FolderInUse('./data').message).toMatch(/process: end it, or set DATA_DIR/);
  await expect(lock(temporaryFolderBeside())).resolves.toBeDefined();
});

test('who waits gets the lock as soon as it is released', async () => {
  const first = await lock();
  const from = Date.now();
  const second = lock();
  locks.splice(locks.indexOf(first), 1);
  first.release();
  await expect(second).resolves.toBeDefined();
  expect(Date.now() - from).toBeLessThan(4_000);
});

test('a folder that was let go of can be locked again, time and again', async () => {
  for (let round = 0; round < 5; round += 1) {
    (await lock()).release();
    locks.splice(0);
  }
  await lock();
  expect(locks).toHaveLength(1);
});

test('a folder that is not there is another fault than one in use', async () => {
  await expect(lock(`${folder}/nowhere`)).rejects.not.toThrow(FolderInUse);
});

const others: string[] = [];
function temporaryFolderBeside(): string {
  const other = temporaryFolder();
  others.push(other);
  return other;
}
afterAll(() => {
  for (const other of others) removeFolder(other);
});
