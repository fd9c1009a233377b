import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { WatchedEvent } from '../../src/cli/watch-events.js';
import type { Live } from '../../src/cli/watch.js';
import { sendEvents, withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { failureOf, MAIN, run } from './command-line.js';

const READ_KEY = 'read-key-000000001';
const ADMIN_KEY = 'admin-key-00000001';
const INGEST = withKey('ingest-key-0000001');
const KEYS = { READ_KEY, ADMIN_KEY, INGEST_KEY: 'ingest-key-0000001' };
const folder = temporaryFolder();
let server: TestServer;
beforeAll(async () => {
  server = await startServer(folder, KEYS);
});
afterAll(async () => {
  await server.stop();
  await endLeftovers();
  removeFolder(folder);
});

/** Runs the command for as long as a test likes, with the read key or another. */
function watching(
  words: readonly string[] = [],
  key: Readonly<Record<string, string>> = { READ_KEY },
) {
  const env = { PATH: process.env.PATH ?? '', ...key, PLAYHEAD_URL: server.url };
  const child = spawn(process.execPath, [MAIN, 'watch', ...words], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const end = async (): Promise<number | null> => {
    const closed = once(child, 'close');
    child.kill('SIGINT');
    await closed;
    return child.exitCode;
  };
  return { said, end };
}

const start = (mediaId: string, sessionId: string, country = 'DE') =>
  sendEvents(
    server.url,
    [{ mediaId, sessionId, eventType: 'SESSION_START', context: { country } }],
    INGEST,
  );

test('who watches is shown anew when that changes, until Ctrl-C', async () => {
  const { said, end } = watching(['--viewers']);
  await until(() => said.stdout.includes('0 viewers'));
  await start('the-harbour', 's1');
  await until(() => said.stdout.includes('the-harbour'));
  expect(said.stdout).toMatch(
    /NOW \d\d:\d\d:\d\d UTC {3}1 viewer\n {2}in the last minute: 1 start, 0 failures, 0\.0 Mbps/,
  );
  expect(said.stdout).toMatch(/\n {2}Title +Viewers\n {2}the-harbour +1\n/);
  expect([await end(), said.stderr]).toEqual([0, '']);
});

test('a line of JSON each time, of one title and of what filters leave', async () => {
  const { said, end } = watching(['other', '--viewers', '--filter', 'country=BR', '--json']);
  await until(() => said.stdout.includes('\n'));
  await start('other', 's1', 'DE');
  await start('other', 's2', 'BR');
  await until(() => said.stdout.split('\n').length > 2);
  const lines = said.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Live);
  expect(lines.map(({ viewers }) => viewers)).toEqual([0, 1]);
  expect(await end()).toBe(0);
});

test('events are shown as they come, those of the last minutes first', async () => {
  const who = { mediaId: 'the-pier', sessionId: 'e1', userId: 'ann' };
  await sendEvents(server.url, [{ ...who, eventType: 'SESSION_START' }], INGEST);
  const { said, end } = watching(['the-pier'], { ADMIN_KEY });
  await until(() => said.stdout.includes('SESSION_START'));
  const beat = { ...who, eventType: 'HEARTBEAT', duration: 10, bytesLoaded: 2_500_000 };
  await sendEvents(server.url, [beat, { ...who, eventType: 'PAUSED' }], INGEST);
  await until(() => said.stdout.includes('  PAUSED  '));
  expect(said.stdout.replace(/^\d\d:\d\d:\d\d/gm, 'HH:MM:SS').split('\n')).toEqual([
    expect.stringMatching(/^HH:MM:SS  PLAYING    [\w-]{8}  the-pier {18}SESSION_START  MEDIUM$/),
    expect.stringMatching(/  PLAYING    [\w-]{8}  the-pier {18}HEARTBEAT  10\.0 s  2\.4 MiB$/),
    expect.stringMatching(/  PAUSED     [\w-]{8}  the-pier {18}PAUSED$/),
    '',
  ]);
  expect(said.stderr).toMatch(/^UTC +State +Viewer +Title +Event\n$/);
  expect(await end()).toBe(0);
});

test('who watched is told to administrators alone, and no event twice', async () => {
  const { said, end } = watching(['nobody-yet', '--json']);
  await until(() => said.stderr.includes('none among the last events'));
  const { port } = new URL(server.url);
  await sendEvents(
    server.url,
    [{ mediaId: 'nobody-yet', userId: 'bob', eventType: 'SESSION_START' }],
    INGEST,
  );
  await until(() => said.stdout.includes('SESSION_START'));
  await server.stop();
  await until(() => said.stderr.includes('the server is gone'));
  server = await startServer(folder, { ...KEYS, PORT: port });
  // More than the last events that are told to who begins.
  const late = { mediaId: 'nobody-yet', userId: 'bob', eventType: 'HEARTBEAT' };
  const beats = Array.from({ length: 300 }, () => late);
  await sendEvents(server.url, [...beats, { ...late, eventType: 'SESSION_END' }], INGEST);
  await until(() => said.stdout.includes('SESSION_END'));
  const lines = said.stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as WatchedEvent)).toMatchObject([
    { entry: { type: 'SESSION_START' }, viewer: null, sessionId: null, title: 'nobody-yet' },
    ...beats.map(() => ({ entry: { type: 'HEARTBEAT' } })),
    { entry: { type: 'SESSION_END' }, state: 'ENDED' },
  ]);
  expect(await end()).toBe(0);
}, 60_000);

test('a server that starts again is watched on', async () => {
  const { said, end } = watching(['--viewers']);
  await until(() => said.stdout.includes('NOW'));
  const { port } = new URL(server.url);
  await server.stop();
  await until(() => said.stderr.includes('the server is gone'));
  said.stdout = '';
  server = await startServer(folder, { ...KEYS, PORT: port });
  await until(() => said.stdout.includes('NOW'));
  expect(await end()).toBe(0);
}, 60_000);

test('what is refused is told once', async () => {
  const place = { PLAYHEAD_URL: server.url };
  const wrongKey = await run(['watch', '--key', 'nobodys-key-000001'], place);
  expect([wrongKey.status, failureOf(wrongKey)]).toEqual([
    1,
    "playhead: the key of --key is not one of this server's (UNAUTHENTICATED)\n",
  ]);
  const nowhere = await run(['watch', '--url', 'http://127.0.0.1:1'], place);
  expect(failureOf(nowhere)).toContain('no server answers at http://127.0.0.1:1');
  const filter = await run(['watch', '--viewers', '--filter', 'mood=good'], place);
  expect([filter.status, failureOf(filter)]).toEqual([2, expect.stringContaining('--filter')]);
  const ofEvents = await run(['watch', '--filter', 'country=DE'], place);
  expect([ofEvents.status, failureOf(ofEvents)]).toEqual([
    2,
    expect.stringContaining('--filter: is for --viewers'),
  ]);
});
