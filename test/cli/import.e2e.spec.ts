import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENTS, type Analytics, type EventInput } from '../support/api-client.js';
import { DAY_MS, iso, MINUTE_MS } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { send, sendEvents, withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { failureOf, MAIN, run } from './command-line.js';

const KEYS = { INGEST_KEY: 'ingest-key-0000001', ADMIN_KEY: 'admin-key-00000001' };
const SESSIONS = 4_000;
const DAYS = 730;
const MEDIA = 4;
const VIEWERS = 100;
const WATCHED_SECONDS = 40;
const EVENTS_EACH = 6;

const folder = temporaryFolder();
const fileOf = (name: string, lines: readonly string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
};
let server: TestServer;
beforeAll(async () => {
  server = await startServer(join(folder, 'data'), KEYS);
}, 60_000);
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

/** A session that lies so far back: 40 s watched, one stall; every other one is not finished. */
function sessionOf(index: number, now: number): readonly EventInput[] {
  const start = now - DAYS * DAY_MS + Math.floor((index * (DAYS - 1) * DAY_MS) / SESSIONS);
  const base = {
    mediaId: `film-${String(index % MEDIA)}`,
    sessionId: `session-${String(index)}`,
    userId: `viewer-${String(Math.floor(index / MEDIA) % VIEWERS)}`,
  };
  const at = (minutes: number): string => iso(start + minutes * MINUTE_MS);
  const end = Math.floor(index / MEDIA) % 2 === 0 ? 'SESSION_END' : 'HEARTBEAT';
  // Half of all lines have no eventId: theirs is made of the file and their place.
  const event = (minutes: number, eventType: string, more: object = {}): EventInput => ({
    ...base,
    eventType,
    occurredAt: at(minutes),
    ...((index + minutes) % 2 === 0 && { eventId: String(minutes) }),
    ...more,
  });
  return [
    event(0, 'SESSION_START', { quality: '1080p' }),
    ...[1, 2, 3].map((minute) => event(minute, 'HEARTBEAT', { duration: 10 })),
    event(4, 'BUFFERING', { duration: 2 }),
    event(5, end, { duration: 10 }),
  ];
}

const settings = { ADMIN_KEY: KEYS.ADMIN_KEY };
const importing = (file: string, ...words: readonly string[]) =>
  run(['import', '--json', '--url', server.url, ...words, file], settings);

interface Report {
  readonly events: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly position: string;
}
const reportOf = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout) as Report;

async function acceptedSoFar(): Promise<number> {
  const { text } = await send(`${server.url}/metrics`, { headers: withKey(KEYS.ADMIN_KEY) });
  const counts = [...text.matchAll(/^playhead_ingest_events_total{.*"accepted"} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

async function analytics(mediaId: string, from: number, readAfter: string): Promise<Analytics> {
  const variables = { mediaId, from: iso(from) };
  const headers = { ...withKey(KEYS.ADMIN_KEY), 'read-after': readAfter };
  const query = DOCUMENTS.streamingAnalytics;
  const { data } = await sendGraphql(server.url, { query, variables }, headers);
  return data?.streamingAnalytics as Analytics;
}

test('a file of two years that is cut off and imported again is counted once', async () => {
  const now = Date.now();
  const events = Array.from({ length: SESSIONS }, (_, index) => sessionOf(index, now)).flat();
  const file = fileOf('two-years.ndjson', [
    '',
    ...events.map((event) => JSON.stringify(event)),
    '',
  ]);

  const words = [MAIN, 'import', '--url', server.url, file];
  const cutOff = spawn(process.execPath, words, { env: { ...process.env, ...settings } });
  const closed = once(cutOff, 'close');
  await until(async () => (await acceptedSoFar()) > events.length / 8);
  cutOff.kill('SIGKILL');
  await closed;
  expect(cutOff.signalCode).toBe('SIGKILL');

  const again = await importing(file);
  expect([again.status, again.stderr]).toEqual([0, expect.not.stringContaining('playhead:')]);
  const report = reportOf(again);
  expect(report.events).toBe(events.length);
  expect(report.duplicates).toBeGreaterThan(events.length / 8 - 1);
  expect(report.accepted).toBeGreaterThan(0);
  expect(report.accepted + report.duplicates).toBe(events.length);
  expect(await acceptedSoFar()).toBe(events.length);

  const third = reportOf(await importing(file));
  expect(third).toMatchObject({ accepted: 0, duplicates: events.length });

  const views = SESSIONS / MEDIA;
  for (const media of ['film-0', 'film-3']) {
    const figures = await analytics(media, now - (DAYS + 1) * DAY_MS, report.position);
    expect(figures).toMatchObject({
      totalViews: views,
      uniqueViewers: VIEWERS,
      averageWatchTime: WATCHED_SECONDS,
      bufferingEvents: views,
      completionRate: 0.5,
    });
    const lastYear = await analytics(media, now - (DAYS / 2) * DAY_MS, report.position);
    expect(lastYear.totalViews / views).toBeCloseTo(0.5, 2);
  }
  expect(events).toHaveLength(SESSIONS * EVENTS_EACH);
}, 180_000);

test('the rest of a file can be sent from a line on', async () => {
  const line = (n: number) =>
    JSON.stringify({ mediaId: 'rest', eventType: 'SESSION_START', occurredAt: iso(n * DAY_MS) });
  const file = fileOf('rest.ndjson', [line(1), line(2), '', line(4)]);
  const report = reportOf(await importing(file, '--from-line', '3'));
  expect(report).toMatchObject({ events: 3, accepted: 1, duplicates: 0 });
  expect(reportOf(await importing(file))).toMatchObject({ accepted: 2, duplicates: 1 });
  const figures = await analytics('rest', 0, report.position);
  expect(figures.totalViews).toBe(3);
});

describe('a file that cannot be imported', () => {
  const good = { mediaId: 'bad', eventType: 'SESSION_START', occurredAt: '2025-01-01T00:00:00Z' };

  it('is refused before anything is sent, each bad line with its number and code', async () => {
    const before = await acceptedSoFar();
    const lines = [
      ...Array<string>(2_000).fill(JSON.stringify(good)),
      '{ "mediaId": ',
      '',
      JSON.stringify({ ...good, occurredAt: undefined }),
      JSON.stringify({ ...good, occurredAt: '1969-12-31T00:00:00Z' }),
      JSON.stringify({ ...good, occurredAt: iso(Date.now() + DAY_MS) }),
      JSON.stringify({ ...good, sentAt: '2025-01-01T00:00:00Z' }),
      JSON.stringify({ ...good, colour: 'red' }),
      '"'.padEnd(100_000, 'x'),
      JSON.stringify(good),
    ];
    const { status, stdout, stderr } = await importing(fileOf('bad.ndjson', lines));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'line 2001: BAD_USER_INPUT: line: must be JSON',
      'line 2003: BAD_USER_INPUT: occurredAt: is required in an import',
      'line 2004: BAD_USER_INPUT: occurredAt: must not lie before 1970-01-02',
      'line 2005: BAD_USER_INPUT: occurredAt: must not lie more than 5 minutes ahead',
      'line 2006: BAD_USER_INPUT: sentAt: has no place in an import: occurredAt is final',
      'line 2007: BAD_USER_INPUT: event: has an unknown member "colour"',
      'line 2008: BAD_USER_INPUT: line: is too long for an event',
      'playhead: 7 lines cannot be imported; nothing was sent. Correct the file first',
    ]);
    expect(await acceptedSoFar()).toBe(before);
  });

  it('is said in one line, without a server and without the right key', async () => {
    const file = fileOf('good.ndjson', [JSON.stringify(good)]);
    const nobody = await run(['import', '--url', 'http://127.0.0.1:9', file]);
    expect(failureOf(nobody)).toContain('does not answer');
    expect(nobody.status).toBe(1);
    const wrong = await run(['import', '--url', server.url, '--key', KEYS.INGEST_KEY, file]);
    expect(failureOf(wrong)).toMatch(/403: FORBIDDEN.*everything before line 1 is stored/);
    expect(wrong.status).toBe(1);
  });
});

describe('POST /events with the header `import: past`', () => {
  const old = { mediaId: 'old', eventType: 'SESSION_START', occurredAt: '2024-01-01T00:00:00Z' };
  const statusOf = async (key: string, headers: Readonly<Record<string, string>> = {}) =>
    (await sendEvents(server.url, [old], { ...withKey(key), ...headers })).status;

  it('takes an admin key, and lets no age pass without it', async () => {
    expect(await statusOf(KEYS.ADMIN_KEY)).toBe(400);
    expect(await statusOf(KEYS.INGEST_KEY, { import: 'past' })).toBe(403);
    expect(await statusOf('nobodys-key-000001', { import: 'past' })).toBe(401);
    expect(await statusOf(KEYS.ADMIN_KEY, { import: 'yes' })).toBe(400);
    expect(await statusOf(KEYS.ADMIN_KEY, { import: 'past' })).toBe(202);
    const address = `${server.url}/events?key=${KEYS.INGEST_KEY}`;
    const inAddress = await send(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', import: 'past' },
      body: JSON.stringify([old]),
    });
    expect(inAddress.status).toBe(403);
  });

  it('cannot be sent by a page of another site', async () => {
    const asked = await send(`${server.url}/events`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://example.org',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'import',
      },
    });
    expect(asked.headers.get('access-control-allow-headers')).not.toContain('import');
  });
});
