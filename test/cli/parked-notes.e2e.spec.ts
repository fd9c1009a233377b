import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { failureOf, run, type Ended } from './command-line.js';

const EVENTS = 3;
/** The first event of a log is its identity; of three this one is damaged, the second. */
const DAMAGED = 3;

const dataDir = temporaryFolder();
let server: TestServer;

const playhead = (...words: readonly string[]): Promise<Ended> =>
  run(words, { PLAYHEAD_URL: server.url, DATA_DIR: dataDir });

/** Changes a character of an event in the log, in which the read models hold it already. */
function damage(eventId: string): void {
  const path = join(dataDir, 'events.db');
  const file = readFileSync(path);
  const at = file.indexOf(`"eventId":"${eventId}"`);
  expect(at).toBeGreaterThan(0);
  file.write('X', at + 12);
  writeFileSync(path, file);
}

beforeAll(async () => {
  server = await startServer(dataDir);
  const client = new ApiClient(server.url);
  for (let i = 1; i <= EVENTS; i += 1) {
    const event = { mediaId: 'm', sessionId: `s${String(i)}`, eventId: `event-${String(i)}` };
    await client.record({ ...event, eventType: 'SESSION_START', bytesLoaded: 1_000 });
  }
  await client.bandwidth('HOUR');
  await server.stop();
  damage('event-2');
  server = await startServer(dataDir);
});
afterAll(async () => {
  await server.stop();
  removeFolder(dataDir);
});

test('verify says that the log lacks what a read model may still hold', async () => {
  const { status, stdout } = await playhead('verify', 'bandwidth');
  expect(status).toBe(1);
  expect(stdout).toContain(
    `1 event of the log cannot be read, the first at position ${String(DAMAGED)}`,
  );
  expect(stdout).toContain('a rebuild would lose it');
  const report = JSON.parse((await playhead('verify', 'bandwidth', '--json')).stdout) as object;
  expect(report).toMatchObject({ unread: { events: 1, first: DAMAGED } });
});

test('a report says nothing while all is counted', async () => {
  const { stdout } = await playhead('report');
  expect(stdout).not.toContain('NOT ALL IS COUNTED');
});

test('a rebuild tells of what it parked, and of the way back', async () => {
  const { status, stdout } = await playhead('rebuild', 'bandwidth', '--watch');
  expect(status).toBe(0);
  expect(stdout.split('\n').slice(1)).toEqual([
    'It lacks 1 event that is parked: see parked bandwidth.',
    'For an hour, rollback bandwidth brings back the read model before it.',
    '',
  ]);
});

test('verify tells of it too where the read model is as the log says', async () => {
  const { status, stdout } = await playhead('verify', 'bandwidth');
  expect(status).toBe(0);
  expect(stdout).toContain(', 0 differ.');
  expect(stdout).toContain(`cannot be read, the first at position ${String(DAMAGED)}`);
  expect(stdout).not.toContain('a rebuild would lose it');
});

test('a report says which of its figures may lack an event', async () => {
  const { status, stdout } = await playhead('report');
  expect(status).toBe(0);
  expect(stdout).toMatch(/\nNOT ALL IS COUNTED .*\n {2}npm run cli -- parked bandwidth\n$/);
  const value = JSON.parse((await playhead('report', '--json')).stdout) as object;
  expect(value).toMatchObject({ parked: [{ projection: 'bandwidth', position: DAMAGED }] });
});

test('parked says why in words, and an event is given up once', async () => {
  const { stdout } = await playhead('parked', 'bandwidth');
  const [, row = ''] = stdout.split('\n');
  expect(row).not.toContain('Error');
  expect(row).toContain('checksum');
  const [id = ''] = row.split(' ');
  expect(id).toMatch(/[0-9a-z]$/);
  const skip = ['parked', 'skip', 'bandwidth', id, '--reason', 'its disk is gone'];
  expect((await playhead(...skip)).stdout).toBe(
    `The event at position ${String(DAMAGED)} is given up.\nNo event of bandwidth waits.\n`,
  );
  const again = await playhead(...skip);
  expect(again.status).toBe(2);
  expect(failureOf(again)).toContain('given up already: "its disk is gone"');
});

test('a rebuild that is over is told of with its day', async () => {
  const { stdout } = await playhead('projections');
  const day = new Date().toISOString().slice(0, 10);
  expect(stdout).toMatch(new RegExp(`bandwidth .* switched ${day.slice(0, 7)}-\\d\\d +2 `));
});
