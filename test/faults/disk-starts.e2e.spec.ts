import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { endLeftovers, startServer } from '../support/server.js';
import { fill, remount, removeDisk, smallDisk } from '../support/small-disk.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { contentsIn, runToEnd, type Ending } from '../support/wrong-start.js';
import { run } from '../cli/command-line.js';

const DISK_MIB = 4;
const KIB = 2 ** 10;
const EX_UNAVAILABLE = 69;
/**
 * How much a first start is left, in KiB: at each it meets the full disk a few writes later. What
 * it has to write is about 400 KiB.
 */
const ROOM_KIB = [0, 4, 8, 12, 16, 24, 32, 44, 56, 72, 96, 128, 160, 192, 224, 256, 320];

const disk = smallDisk(DISK_MIB);
const onDisk = disk === undefined ? test.skip : test;
const used = temporaryFolder();
afterAll(async () => {
  await endLeftovers();
  removeFolder(used);
  if (disk !== undefined) removeDisk(disk);
});

function expectRefusal({ status, lines, hasListened }: Ending, says: RegExp): void {
  expect({ lines, status, hasListened }).toEqual({
    lines: [expect.stringMatching(says)],
    status: EX_UNAVAILABLE,
    hasListened: false,
  });
}

onDisk(
  'a first start on a disk that gets full, whenever it does, says so and leaves nothing behind',
  async () => {
    const folder = join(disk ?? '', 'first');
    mkdirSync(folder);
    for (const room of ROOM_KIB) {
      const free = fill(disk ?? '', room * KIB);
      const ending = await runToEnd(folder, {});
      expectRefusal(ending, /^playhead: the disk of .*first is full: make room.*set DATA_DIR/);
      expect([room, Object.keys(contentsIn(folder))]).toEqual([room, []]);
      free();
    }
    const server = await startServer(folder);
    expect(await server.stop()).toBe(0);
  },
);

describe('a data folder that was used', () => {
  const folder = join(disk ?? '', 'used');
  beforeAll(async () => {
    if (disk === undefined) return;
    const server = await startServer(used);
    await new ApiClient(server.url).record({ mediaId: 'm', eventType: 'SESSION_START' });
    expect(await server.stop()).toBe(0);
    cpSync(used, folder, { recursive: true });
  });

  const views = async (): Promise<number> => {
    const server = await startServer(folder);
    const { totalViews } = await new ApiClient(server.url).analytics('m');
    expect(await server.stop()).toBe(0);
    return totalViews;
  };

  onDisk('is as it was after a start on a full disk, its read models too', async () => {
    const before = contentsIn(folder);
    const free = fill(disk ?? '', 0);
    expectRefusal(await runToEnd(folder, {}), /the disk of .*used is full/);
    expect(contentsIn(folder)).toEqual(before);
    free();
    expect(await views()).toBe(1);
  });

  onDisk('is as it was after a start on a disk that is read-only', async () => {
    remount(disk ?? '', 'ro');
    const before = contentsIn(folder);
    try {
      const fresh = join(disk ?? '', 'none', 'yet');
      expectRefusal(await runToEnd(fresh, {}), /is read-only: mount it.*set DATA_DIR/);
      expectRefusal(await runToEnd(folder, {}), /is read-only: mount it.*set DATA_DIR/);
      expect(contentsIn(folder)).toEqual(before);
    } finally {
      remount(disk ?? '', 'rw');
    }
    expect(await views()).toBe(1);
  });

  onDisk('cannot be backed up to a full disk: one line, and no backup is left there', async () => {
    const backup = join(disk ?? '', 'backup');
    const free = fill(disk ?? '', 4 * KIB);
    const { status, stderr } = await run(['backup', backup], { DATA_DIR: used });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^playhead: the disk of .*backup is full: [^\n]*another folder\n$/),
    ]);
    free();
    expect((await run(['backup', backup], { DATA_DIR: used })).status).toBe(0);
  });
});
