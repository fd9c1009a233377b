import { chmodSync, cpSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../cli/command-line.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { canBeNobody, runToEnd } from '../support/wrong-start.js';

/** Any right of the group or of all others. */
const OTHERS = 0o077;

const root = temporaryFolder();
/** As most users have it: what is made without care can be read by everyone. */
const umask = process.umask(0o022);
afterAll(async () => {
  process.umask(umask);
  await endLeftovers();
  removeFolder(root);
});

/** A folder and all that is in it. */
const pathsIn = (folder: string): readonly string[] => [
  folder,
  ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
];

/** What others than the owner have a right to. */
const openIn = (folder: string): readonly string[] =>
  pathsIn(folder).filter((path) => (statSync(path).mode & OTHERS) !== 0);

const folder = join(root, 'data');

test('a data folder and all that a server puts there are its owner’s alone, while it runs and after', async () => {
  const server = await startServer(folder);
  expect(pathsIn(folder).filter((path) => path.endsWith('-wal'))).not.toEqual([]);
  expect(openIn(folder)).toEqual([]);
  expect(await server.stop()).toBe(0);
  expect(openIn(folder)).toEqual([]);
});

test('so are those of a release before, from the next start on; what is not ours stays as it is', async () => {
  const old = join(root, 'old');
  cpSync(folder, old, { recursive: true });
  const notes = join(old, 'notes.txt');
  cpSync(join(folder, 'viewer-secret'), notes);
  for (const path of pathsIn(old)) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
  const server = await startServer(old);
  expect(openIn(old)).toEqual([notes]);
  expect(await server.stop()).toBe(0);
  expect(server.process.stdout.join('\n')).not.toContain('others on this machine');
});

test('so are backups, and what is restored of them, in a folder that was made before, too', async () => {
  const [backup, restored] = [join(root, 'backup'), join(root, 'restored')];
  for (const path of [backup, restored]) mkdirSync(path);
  expect((await run(['backup', backup], { DATA_DIR: folder })).status).toBe(0);
  expect(openIn(backup)).toEqual([]);
  expect((await run(['restore', backup], { DATA_DIR: restored })).status).toBe(0);
  expect(openIn(restored)).toEqual([]);
});

(canBeNobody() ? test : test.skip)(
  'where the mode cannot be changed the server says so, and runs',
  async () => {
    const foreign = join(root, 'foreign');
    mkdirSync(foreign);
    chmodSync(root, 0o755);
    chmodSync(foreign, 0o777);
    const { status, lines } = await runToEnd(foreign, { isNobody: true });
    expect(status).toBe(0);
    const warning = lines.find((line) => line.includes('others on this machine may reach'));
    expect(warning).toContain(foreign);
  },
);
