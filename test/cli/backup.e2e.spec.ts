import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { audienceOf } from '../faults/audience.js';
import { ApiClient, type EventInput } from '../support/api-client.js';
import { until } from '../support/polling.js';
import { seedOfRun, SeededRandom } from '../support/random.js';
import { recomputedContents, storedContents, storedEvents } from '../support/recomputation.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { failureOf, run } from './command-line.js';

const CLIENTS = 6;
const SESSIONS = 3_000;
const OWNER_ONLY = 0o600;
/** Node's recursive mkdir never ends there. */
const UNMAKEABLE = '/proc/nowhere/folder';

const root = temporaryFolder();
const dataDir = join(root, 'data');
const backup = join(root, 'backup');
afterAll(async () => {
  await endLeftovers();
  removeFolder(root);
});

interface Report {
  readonly storeId: string;
  readonly events: number;
  readonly holdsViewerSecret: boolean;
}

const keyOf = ({ sessionId, eventId }: Partial<EventInput>): string =>
  `${String(sessionId)} ${String(eventId)}`;

const restoreTo = (folder: string, from = backup) => run(['restore', from], { DATA_DIR: folder });

test('a backup of a running server holds all that was acknowledged before it began', async () => {
  const seed = seedOfRun();
  console.log(`FAULT_SEED=${String(seed)}`);
  const random = new SeededRandom(seed);
  const { requests } = audienceOf(random, SESSIONS, 'backup');
  const server = await startServer(dataDir);
  const acknowledged: EventInput[] = [];
  const waiting = [...requests];
  const isOver = { now: false };
  const send = async (): Promise<void> => {
    const client = new ApiClient(server.url);
    while (!isOver.now) {
      const request = waiting.shift();
      if (request === undefined) return;
      await client.recordAll(request);
      acknowledged.push(...request);
    }
  };
  const sending = Promise.all(Array.from({ length: CLIENTS }, send));
  await until(() => acknowledged.length > 3_000);

  const before = acknowledged.map(keyOf);
  const ended = await run(['backup', backup, '--json'], { DATA_DIR: dataDir });
  const during = acknowledged.length - before.length;
  isOver.now = true;
  await sending;
  expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: '' });
  const report = JSON.parse(ended.stdout) as Report;
  expect(during).toBeGreaterThan(0);
  expect(report.holdsViewerSecret).toBe(true);
  expect(await server.stop()).toBe(0);

  expect(readdirSync(backup).sort()).toEqual(['backup.json', 'events.db', 'viewer-secret']);
  expect(statSync(join(backup, 'viewer-secret')).mode & 0o777).toBe(OWNER_ONLY);

  const restored = join(root, 'restored');
  expect((await restoreTo(restored)).status).toBe(0);
  expect(statSync(join(restored, 'viewer-secret')).mode & 0o777).toBe(OWNER_ONLY);
  const again = await startServer(restored);
  const client = new ApiClient(again.url);
  // Its position is that of the last event: whoever has passed it has passed them all.
  await client.record({ mediaId: 'marker', eventType: 'SESSION_START' });
  const { edges } = await client.popular({ first: 100, period: 'MONTH' });
  expect(await again.stop()).toBe(0);

  const events = await storedEvents(restored);
  expect(events).toHaveLength(report.events + 1);
  expect(events.slice(0, -1)).toEqual((await storedEvents(dataDir)).slice(0, report.events));
  const held = new Set(events.map(({ data }) => keyOf(data as Partial<EventInput>)));
  expect(before.filter((key) => !held.has(key))).toEqual([]);
  expect(await storedContents(restored)).toEqual(await recomputedContents(restored));
  const views = events.filter(({ type }) => type === 'session_start').length;
  expect(edges.reduce((sum, { node }) => sum + node.viewCount, 0)).toBe(views);
});

describe('a backup', () => {
  it('is not put into a folder that holds something', async () => {
    const ended = await run(['backup', backup], { DATA_DIR: dataDir });
    expect(failureOf(ended)).toContain('not empty');
    expect(ended.status).toBe(2);
    expect((await restoreTo(join(root, 'still-good'))).status).toBe(0);
  });

  it('says that a secret which is a setting is not in it', async () => {
    const settings = { DATA_DIR: join(root, 'keyed'), VIEWER_SECRET: 'a secret of some length' };
    const server = await startServer(settings.DATA_DIR, settings);
    expect(await server.stop()).toBe(0);
    const to = join(root, 'keyed-backup');
    const { status, stdout } = await run(['backup', to], settings);
    expect(status).toBe(0);
    expect(stdout).toContain('VIEWER_SECRET is a setting');
    expect(readdirSync(to).sort()).toEqual(['backup.json', 'events.db']);
  });
});

describe('a restore', () => {
  /** A copy of the backup to spoil. */
  function spoiled(name: string, spoil: (folder: string) => void): string {
    const folder = join(root, name);
    mkdirSync(folder);
    for (const file of readdirSync(backup)) copyFileSync(join(backup, file), join(folder, file));
    spoil(folder);
    return folder;
  }
  const manifest = 'backup.json';
  const cases: readonly (readonly [string, RegExp, (folder: string) => void])[] = [
    [
      'a changed byte in the log',
      /events\.db is damaged/,
      (folder) => {
        const path = join(folder, 'events.db');
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
    ],
    [
      'a log that is cut short',
      /events\.db is damaged/,
      (folder) => {
        truncateSync(join(folder, 'events.db'), 8_192);
      },
    ],
    [
      'another secret',
      /viewer-secret is damaged/,
      (folder) => {
        writeFileSync(join(folder, 'viewer-secret'), 'x');
      },
    ],
    [
      'a file that is missing',
      /lacks events\.db/,
      (folder) => {
        removeFolder(join(folder, 'events.db'));
      },
    ],
    [
      'a backup that was not finished',
      /not a finished backup/,
      (folder) => {
        removeFolder(join(folder, manifest));
      },
    ],
    [
      'a manifest that is no JSON',
      /not of a form/,
      (folder) => {
        writeFileSync(join(folder, manifest), '{');
      },
    ],
    [
      'a manifest of another form',
      /not of a form/,
      (folder) => {
        writeFileSync(join(folder, manifest), '{"format": 2}');
      },
    ],
    [
      'a manifest that names a file elsewhere',
      /does not know/,
      (folder) => {
        const path = join(folder, manifest);
        writeFileSync(path, readFileSync(path, 'utf8').replace('viewer-secret', '../secret'));
      },
    ],
  ];
  it.each(cases)('refuses %s and leaves no data behind', async (what, why, spoil) => {
    const to = join(root, `to ${what}`);
    const ended = await restoreTo(to, spoiled(`spoiled ${what}`, spoil));
    expect(failureOf(ended)).toMatch(why);
    expect(ended.status).toBe(1);
    const left = existsSync(to) ? readdirSync(to) : [];
    expect(left.filter((name) => !name.startsWith('lock.db'))).toEqual([]);
  });

  it.each([
    ['a backup', ['backup', UNMAKEABLE], dataDir],
    ['a data folder', ['restore', backup], UNMAKEABLE],
  ])('ends where the system lets nobody make %s', async (_, words, folder) => {
    const ended = await run(words, { DATA_DIR: folder });
    expect(failureOf(ended)).toContain('/proc/nowhere');
    expect(ended.status).toBe(1);
  });

  it('refuses a folder that holds something, which stays as it was', async () => {
    const names = readdirSync(dataDir);
    const ended = await restoreTo(dataDir);
    expect(failureOf(ended)).toMatch(/not empty .*: set DATA_DIR to another$/m);
    expect(ended.status).toBe(2);
    expect(readdirSync(dataDir)).toEqual(names);
  });

  it('refuses a folder in which a server works, without harm to it', async () => {
    const folder = join(root, 'served');
    const server = await startServer(folder);
    const ended = await restoreTo(folder);
    expect(failureOf(ended)).toMatch(/in use|not empty/);
    const client = new ApiClient(server.url);
    await client.record({ mediaId: 'm', eventType: 'SESSION_START' });
    expect((await client.analytics('m')).totalViews).toBe(1);
    expect(await server.stop()).toBe(0);
  });
});
