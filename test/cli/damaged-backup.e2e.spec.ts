import { cpSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { writeOldLog } from '../support/old-log.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { failureOf, run, type Ended } from './command-line.js';

/** Reserved in the header of a database, and never read (https://www.sqlite.org/fileformat2.html). */
const UNUSED_BYTE = 80;

const root = temporaryFolder();
const dataDir = join(root, 'data');
const backup = join(root, 'backup');
let folders = 0;
const newFolder = (): string => join(root, String((folders += 1)));
const inFolder = (folder: string, ...words: readonly string[]): Promise<Ended> =>
  run(words, { DATA_DIR: folder });

/** Copies a folder and changes the log in the copy. */
function changed(from: string, change: (log: Buffer) => void): string {
  const folder = newFolder();
  cpSync(from, folder, { recursive: true });
  const path = join(folder, 'events.db');
  const log = readFileSync(path);
  change(log);
  writeFileSync(path, log);
  return folder;
}

const changeUnused = (log: Buffer): void => {
  log.writeUInt8(1, UNUSED_BYTE);
};
/** Of the last of three events, which is the last of its stream too. */
const changeLastEvent = (log: Buffer): void => {
  log.write('X', log.indexOf('"eventId":"event-3"') + 12);
};

beforeAll(async () => {
  const server = await startServer(dataDir);
  const client = new ApiClient(server.url);
  for (const n of ['1', '2', '3']) {
    const ids = { mediaId: 'm', sessionId: 's', eventId: `event-${n}` };
    await client.record({ ...ids, eventType: 'HEARTBEAT' });
  }
  expect(await server.stop()).toBe(0);
  expect((await inFolder(dataDir, 'backup', backup)).status).toBe(0);
});
afterAll(async () => {
  await endLeftovers();
  removeFolder(root);
});

test('a damaged event counts once, in a backup, in its restore and in check-log', async () => {
  const damaged = changed(dataDir, changeLastEvent);
  const [copy, restored] = [newFolder(), newFolder()];
  const said = '1 event of it cannot be read, the first at position 4;';
  expect((await inFolder(damaged, 'backup', copy)).stderr).toContain(said);
  expect((await inFolder(restored, 'restore', copy)).stderr).toContain(said);
  expect((await inFolder(damaged, 'check-log')).stdout).toMatch(
    /: 1 fault\.\n {2}position 4: .*\n$/,
  );
});

describe('a backup of which a byte changed that nothing reads', () => {
  const altered = (): string => changed(backup, changeUnused);

  it('is told by check-log', async () => {
    const ended = await inFolder(altered(), 'check-log');
    expect(ended.status).toBe(1);
    expect(ended.stdout).toContain('events.db is not what was backed up');
    expect((await inFolder(backup, 'check-log')).status).toBe(0);
  });

  it('is refused by restore, which takes it where that is wanted', async () => {
    const [from, to] = [altered(), newFolder()];
    const refused = await inFolder(to, 'restore', from);
    expect(failureOf(refused)).toContain('it is not what was backed up');
    expect(failureOf(refused)).toContain('--accept-damage takes what can be read');
    expect(existsSync(join(to, 'events.db'))).toBe(false);
    const taken = await inFolder(to, 'restore', from, '--accept-damage');
    expect(taken.status).toBe(0);
    expect(taken.stderr).toContain('warning: events.db is not what was backed up');
    expect((await inFolder(to, 'check-log')).status).toBe(0);
  });
});

test('of a backup with a damaged event, the rest can be restored, and it is named', async () => {
  const to = newFolder();
  const ended = await inFolder(to, 'restore', changed(backup, changeLastEvent), '--accept-damage');
  expect(ended.status).toBe(1);
  expect(ended.stderr).toContain('1 event of it cannot be read, the first at position 4;');
  expect(existsSync(join(to, 'events.db'))).toBe(true);
});

test('a secret that is not what was backed up is refused in any case', async () => {
  const folder = changed(backup, () => undefined);
  writeFileSync(join(folder, 'viewer-secret'), 'another secret of some length');
  const ended = await inFolder(newFolder(), 'restore', folder, '--accept-damage');
  expect(failureOf(ended)).toContain('viewer-secret is damaged: it is not what was backed up\n');
});

describe('a file that is no log, or half of one', () => {
  it.each(['check-log', 'backup'])('is said to %s with what to do', async (command) => {
    const [foreign, half] = [changed(dataDir, (log) => log.fill('x')), changed(dataDir, () => 0)];
    truncateSync(join(half, 'events.db'), 6_000);
    for (const folder of [foreign, half]) {
      const words = command === 'backup' ? ['backup', newFolder()] : [command];
      const ended = await inFolder(folder, ...words);
      expect(failureOf(ended)).toContain(
        `${join(folder, 'events.db')} is not a file of Playhead, or is damaged: ` +
          'move it away and restore a backup',
      );
      expect(ended.status).toBe(1);
    }
  });
});

test('who would back up a log of 0.1.0 is told how, before a server changes it', async () => {
  const folder = newFolder();
  mkdirSync(folder);
  writeOldLog(join(folder, 'events.db'), []);
  const ended = await inFolder(folder, 'backup', newFolder());
  expect(failureOf(ended)).toContain('stop its server and copy the folder, or use the backup of');
});
