import { cpSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { keepPosition } from '../../src/adapters/event-store/embedded/kept-position.js';
import { run } from '../cli/command-line.js';
import { ApiClient } from '../support/api-client.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { contentsIn, runToEnd } from '../support/wrong-start.js';

const used = temporaryFolder();
const folder = temporaryFolder();
const log = join(folder, 'events.db');
beforeAll(async () => {
  const server = await startServer(used);
  const client = new ApiClient(server.url);
  await client.record({ mediaId: 'm1', eventType: 'SESSION_START' });
  expect((await client.analytics('m1')).totalViews).toBe(1);
  expect(await server.stop()).toBe(0);
});
beforeEach(() => {
  rmSync(folder, { recursive: true });
  cpSync(used, folder, { recursive: true });
});
afterAll(async () => {
  await endLeftovers();
  removeFolder(used);
  removeFolder(folder);
});

const remove = (...names: readonly string[]): void => {
  for (const name of names) rmSync(join(folder, name), { recursive: true });
};

test.each([
  [
    'is missing',
    () => {
      remove('events.db');
    },
  ],
  [
    'is empty',
    () => {
      truncateSync(log, 0);
    },
  ],
  [
    'is missing beside read models alone',
    () => {
      remove('events.db', 'events.position');
    },
  ],
  [
    'is missing beside the kept position alone',
    () => {
      remove('events.db', 'read-models');
    },
  ],
])('a log that %s is never replaced by a new one', async (_, spoil) => {
  spoil();
  const before = contentsIn(folder);
  const { status, lines } = await runToEnd(folder, {});
  expect([status, lines]).toEqual([78, [expect.stringContaining('is missing or empty')]]);
  expect(contentsIn(folder)).toEqual(before);
});

test('a viewer secret alone is no sign of a log', async () => {
  remove('events.db', 'events.position', 'read-models');
  expect(await runToEnd(folder, {})).toMatchObject({ status: 0, hasListened: true });
});

test('a log that ends before what was acknowledged is refused until that is accepted', async () => {
  keepPosition(log, 77);
  const before = contentsIn(folder);
  const refused = await runToEnd(folder, {});
  expect([refused.status, refused.lines]).toEqual([
    78,
    [expect.stringMatching(/ends at position 2, but 77 was acknowledged.*--accept-cut/)],
  ]);
  expect(contentsIn(folder)).toEqual(before);
  const settings = { DATA_DIR: folder };
  expect(await run(['check-log'], settings)).toMatchObject({ status: 1 });
  const accepted = await run(['check-log', '--accept-cut'], settings);
  expect(accepted.status).toBe(0);
  expect(accepted.stdout).toContain('The last 75 events that it acknowledged are missing');
  expect(await runToEnd(folder, {})).toMatchObject({ status: 0, hasListened: true });
  expect((await run(['check-log'], settings)).stdout).toBe(
    '2 events in 2 streams: nothing is damaged.\n',
  );
});
