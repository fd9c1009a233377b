import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DOCUMENTS, type Analytics, type EventInput } from '../support/api-client.js';
import { DAY_MS, iso, MINUTE_MS } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { send, sendEvents, withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { failureOf, MAIN, run } from './command-line.js';

const KEYS = {
  INGEST_KEY: 'ingest-key-0000001',
  READ_KEY: 'read-key-000000001',
  ADMIN_KEY: 'admin-key-00000001',
};
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
});
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
  // Half of all lines have no eventId: theirs is made of what they hold.
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

/** What is said beside the result. A slow machine has time to tell how far it is, too. */
const saidIn = ({ stderr }: { readonly stderr: string }): readonly string[] =>
  stderr.split('\n').filter((line) => line !== '' && !line.startsWith('importing'));

interface Report {
  readonly events: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly conflicting: number;
  readonly rejected: number;
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

const good = { mediaId: 'bad', eventType: 'SESSION_START', occurredAt: '2025-01-01T00:00:00Z' };
const BAD = [
  '{ "mediaId": ',
  JSON.stringify({ ...good, occurredAt: undefined }),
  JSON.stringify({ ...good, occurredAt: '1969-12-31T00:00:00Z' }),
  JSON.stringify({ ...good, occurredAt: iso(Date.now() + DAY_MS) }),
  JSON.stringify({ ...good, sentAt: '2025-01-01T00:00:00Z' }),
  JSON.stringify({ ...good, lineId: `${'x'.repeat(43)}-1` }),
  '"'.padEnd(300_000, 'x'),
] as const;
const SAID = [
  'line 2001: BAD_USER_INPUT: line: must be JSON',
  'line 2003: BAD_USER_INPUT: occurredAt: is required in an import',
  'line 2004: BAD_USER_INPUT: occurredAt: must not lie before 1970-01-02',
  'line 2005: BAD_USER_INPUT: occurredAt: must not lie more than 5 minutes ahead',
  'line 2006: BAD_USER_INPUT: sentAt: has no place in an import: occurredAt is final',
  'line 2007: BAD_USER_INPUT: event: has an unknown member "lineId"',
  'line 2008: BAD_USER_INPUT: line: is too long for an event',
];
/** 2,000 good lines, seven bad ones with an empty one among them, and another two good ones. */
const badFile = (name: string, mediaId: string): string => {
  const line = JSON.stringify({ ...good, mediaId });
  const [first, ...others] = BAD;
  return fileOf(name, [...Array<string>(2_000).fill(line), first, ' ', ...others, line, line]);
};
const viewsOf = async (mediaId: string, { position }: Report): Promise<number> =>
  (await analytics(mediaId, 0, position)).totalViews;

describe('lines that cannot be imported', () => {
  it('stop nothing: each is named with its number and code, and kept as it stood', async () => {
    const rejects = join(folder, 'rejects.ndjson');
    const file = badFile('bad.ndjson', 'bad');
    const ended = await importing(file, '--rejects', rejects);
    expect(ended.status).toBe(1);
    expect(saidIn(ended)).toEqual([
      ...SAID,
      'playhead: 7 lines could not be imported, all others are stored; ' +
        `correct them in ${rejects} and import that`,
    ]);
    const report = reportOf(ended);
    expect(report).toMatchObject({ events: 2_009, accepted: 2_002, duplicates: 0, rejected: 7 });
    expect(await viewsOf('bad', report)).toBe(2_002);
    expect(readFileSync(rejects, 'utf8')).toBe(BAD.map((line) => `${line}\n`).join(''));
    expect(statSync(rejects).mode & 0o777).toBe(0o600);

    const again = reportOf(await importing(file));
    expect(again).toMatchObject({ events: 2_009, accepted: 0, duplicates: 2_002, rejected: 7 });
    expect(readdirSync(folder).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  it('stop a strict import, of which nothing after them is stored', async () => {
    const ended = await importing(badFile('strict.ndjson', 'strict'), '--strict');
    expect(ended.status).toBe(1);
    expect(saidIn(ended)).toEqual([
      SAID[0],
      'playhead: stopped at a line that cannot be imported; nothing after it was sent',
    ]);
    const report = reportOf(ended);
    expect(report).toMatchObject({ events: 2_001, accepted: 2_000, duplicates: 0, rejected: 1 });
    expect(await viewsOf('strict', report)).toBe(2_000);
  });

  it('are counted where they are too many to be named', async () => {
    const rejects = join(folder, 'many.ndjson');
    const lines = Array.from({ length: 3_000 }, (_, i) => `{bad ${String(i)}`);
    const ended = await importing(fileOf('all-bad', lines), '--rejects', rejects);
    const said = saidIn(ended);
    expect(said[99]).toBe('line 100: BAD_USER_INPUT: line: must be JSON');
    expect(said[100]).toBe('and 2,900 more');
    expect(said[101]).toContain('playhead: 3,000 lines could not be imported');
    expect(reportOf(ended)).toMatchObject({ events: 3_000, accepted: 0, rejected: 3_000 });
    expect(readFileSync(rejects, 'utf8')).toBe(`${lines.join('\n')}\n`);
  });

  it('leave no file of rejects where there are none, nor where the import fails', async () => {
    const rejects = join(folder, 'none.ndjson');
    const line = JSON.stringify({ ...good, mediaId: 'fine', userId: '' });
    const ended = await importing(fileOf('fine.ndjson', [line]), '--rejects', rejects);
    expect([ended.status, saidIn(ended)]).toEqual([0, []]);
    const nobody = ['import', '--url', 'http://127.0.0.1:9', '--rejects', rejects];
    expect((await run([...nobody, fileOf('fails.ndjson', ['bad', line])])).status).toBe(1);
    expect(existsSync(rejects)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  it('may be the last one, which is not written to its end yet', async () => {
    const line = JSON.stringify({ ...good, mediaId: 'grows' });
    const half = await importing(fileOf('grows.ndjson', [line, line.slice(0, 20)]));
    expect(half.status).toBe(1);
    expect(half.stderr).toContain(
      'line 2: BAD_USER_INPUT: line: must be JSON, and no newline follows: was it written to its',
    );
    const whole = await importing(fileOf('grows.ndjson', [line, line, line, '']));
    expect(reportOf(whole)).toMatchObject({ accepted: 2, duplicates: 1, rejected: 0 });
    expect(await viewsOf('grows', reportOf(whole))).toBe(3);
  });
});

describe('lines without an eventId', () => {
  it("are nobody's where the user id is empty, and count once in whatever file", async () => {
    const line = (n: number, more: object = {}): string =>
      JSON.stringify({ ...good, mediaId: 'anew', occurredAt: iso(n * DAY_MS), ...more });
    const first = fileOf('first.ndjson', [line(1), line(2, { userId: '' }), line(1)]);
    expect(reportOf(await importing(first))).toMatchObject({ accepted: 3, duplicates: 0 });
    const other = fileOf('other.ndjson', ['', line(3), line(2), line(1), line(1), line(1)]);
    const report = reportOf(await importing(other));
    expect(report).toMatchObject({ accepted: 2, duplicates: 3 });
    const { totalViews, uniqueViewers } = await analytics('anew', 0, report.position);
    expect({ totalViews, uniqueViewers }).toEqual({ totalViews: 5, uniqueViewers: 0 });
  });
});

describe('lines that say something else under an eventId that is stored', () => {
  it('are told from those that are stored already', async () => {
    const base = { ...good, mediaId: 'twice', sessionId: 's', eventType: 'HEARTBEAT' };
    const lines = [
      { ...base, eventId: 'a', duration: 10 },
      { ...base, eventId: 'a', duration: 20 },
      { ...base, eventId: 'b' },
      { ...base, eventId: 'b' },
    ];
    const file = fileOf(
      'twice.ndjson',
      lines.map((line) => JSON.stringify(line)),
    );
    const report = reportOf(await importing(file));
    expect(report).toMatchObject({ events: 4, accepted: 2, duplicates: 2, conflicting: 1 });
    const { status, stdout } = await run(['import', '--url', server.url, file], settings);
    expect(status).toBe(0);
    expect(stdout).toContain('4 were stored already.\n1 of these says something else');
  });
});

describe('a file of another kind', () => {
  const line = JSON.stringify({ ...good, mediaId: 'other-kind' });
  const whole = `[${line}]`;
  it.each([
    ['a JSON array in one line', whole, 'a JSON array'],
    ['a JSON array, a line each', `\n[\n${line},\n${line}\n]\n`, 'a JSON array'],
    ['a table', `mediaId,eventType\nm,HEARTBEAT\n`, 'no line of it begins an object'],
    ['packed', gzipSync(line), 'packed with gzip'],
  ])('is refused at once: %s', async (_, content, said) => {
    const path = join(folder, 'other-kind');
    writeFileSync(path, content);
    const ended = await importing(path);
    expect(failureOf(ended)).toContain(`${path} is not NDJSON, one JSON object a line, but `);
    expect(failureOf(ended)).toContain(said);
    expect(ended.status).toBe(2);
  });

  it('is told from a file with a mark and empty lines before its first event', async () => {
    const path = join(folder, 'marked');
    writeFileSync(path, `\ufeff\n  ${line}\n`);
    expect(reportOf(await importing(path))).toMatchObject({ accepted: 1 });
  });

  it('that comes through a pipe is refused, with the way out', async () => {
    for (const path of ['-', '/dev/stdin']) {
      const ended = await importing(path);
      expect(failureOf(ended)).toContain('cannot be read twice, as a file can: save it in one');
      expect(ended.status).toBe(2);
    }
  });
});

describe('an import that cannot be done', () => {
  it('is said in one line, without a server and without the right key', async () => {
    const file = fileOf('good.ndjson', [JSON.stringify(good)]);
    const nobody = await run(['import', '--url', 'http://127.0.0.1:9', file]);
    expect(failureOf(nobody)).toContain('does not answer');
    expect(nobody.status).toBe(1);
    const wrong = await run(['import', '--url', server.url, '--key', KEYS.INGEST_KEY, file]);
    expect(failureOf(wrong)).toMatch(/403: FORBIDDEN.*stored so far: 0 events of the file; run it/);
    expect(wrong.status).toBe(1);
    const reader = await run(['import', '--url', server.url, '--key', KEYS.READ_KEY, file]);
    expect(failureOf(reader)).toContain('an admin key');
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

  it('takes the id of a line, which nothing else may have, and stores another', async () => {
    const lineId = `${'x'.repeat(43)}-1`;
    const line = { ...old, mediaId: 'lines', sessionId: 's', eventType: 'HEARTBEAT', lineId };
    const past = { ...withKey(KEYS.ADMIN_KEY), import: 'past' };
    const live = await sendEvents(server.url, [line], withKey(KEYS.ADMIN_KEY));
    expect([live.status, live.text]).toEqual([400, expect.stringContaining('unknown member')]);
    const both = await sendEvents(server.url, [{ ...line, eventId: 'e' }], past);
    expect([both.status, both.text]).toEqual([400, expect.stringContaining('beside an eventId')]);
    for (const duplicates of [0, 1]) {
      const { text } = await sendEvents(server.url, [line], past);
      expect(JSON.parse(text)).toMatchObject({ accepted: 1 - duplicates, duplicates });
    }
    const { lineId: eventId, ...event } = line;
    const { text } = await sendEvents(server.url, [{ ...event, eventId }], past);
    expect(JSON.parse(text)).toMatchObject({ accepted: 1, duplicates: 0 });
  });
});
