import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  bytesBy,
  capturedRequests,
  FORMATS,
  logOf,
  toldBy,
  type CapturedRequest,
  type Format,
} from '../support/cdn-logs.js';
import { captures } from '../support/cmcd-captures.js';
import { withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { send, withKey } from '../support/http.js';
import { until } from '../support/polling.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { MAIN, run } from './command-line.js';

const KEYS = { INGEST_KEY: 'ingest-key-0000001', ADMIN_KEY: 'admin-key-00000001' };
const LADDER = '300:240p,750:540p,1500:810p';
const under = withServer({ ...KEYS, CMCD_BYTES: 'off', CMCD_LADDER: LADDER });
const estimating = withServer({ ...KEYS, CMCD_LADDER: LADDER });

const folder = temporaryFolder();
afterAll(() => {
  removeFolder(folder);
});
const fileOf = (name: string, text: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const FROM = Date.now() - 2 * 3_600_000;
const requests = capturedRequests(FROM);
/** The same requests of sessions, or of titles, with other names. */
const renamed = (id: 'sid' | 'cid', name: string): readonly CapturedRequest[] =>
  requests.map((one) => ({ ...one, cmcd: one.cmcd.replace(`${id}="`, `${id}="${name}-`) }));

const settings = { ADMIN_KEY: KEYS.ADMIN_KEY };
const importing = (format: Format, file: string, ...words: readonly string[]) => {
  const { url } = under.server;
  const options = ['--url', url, '--format', format, '--ladder', LADDER];
  return run(['import-cdn', '--json', ...options, ...words, file], settings);
};
const reportOf = ({ stdout }: { readonly stdout: string }) =>
  JSON.parse(stdout) as Record<string, unknown> & { readonly position: string };

interface Session {
  readonly sessionId: string;
  readonly media: { readonly mediaId: string };
  readonly bytes: number;
  readonly watchTime: number | null;
  readonly stalls: number | null;
  readonly completed: boolean | null;
  readonly state: string;
}

async function ask<Data>(url: string, query: string, position: string): Promise<Data> {
  const headers = { ...withKey(KEYS.ADMIN_KEY), 'read-after': position };
  const { data, errors } = await sendGraphql(url, { query }, headers);
  expect(errors).toEqual([]);
  return data as Data;
}
const BEGIN = new Date(FROM - 86_400_000).toISOString();
const RANGE = `range: { from: "${BEGIN}", to: "2999-01-01T00:00:00Z" }`;

async function sessionsAt(url: string, position: string): Promise<readonly Session[]> {
  const found: Session[] = [];
  for (let after: string | null = null; ;) {
    const from: string = after === null ? '' : `, after: "${after}"`;
    const { sessions } = await ask<{
      sessions: {
        edges: readonly { node: Session; cursor: string }[];
        pageInfo: { hasNextPage: boolean };
      };
    }>(
      url,
      `{ sessions(${RANGE}, first: 100${from}) { pageInfo { hasNextPage } edges { cursor node {
        sessionId media { mediaId } bytes watchTime stalls completed state } } } }`,
      position,
    );
    found.push(...sessions.edges.map(({ node }) => node));
    if (!sessions.pageInfo.hasNextPage) return found;
    after = sessions.edges.at(-1)?.cursor ?? null;
  }
}

interface Figures {
  readonly views: number;
  readonly viewsWithoutStates: number;
  readonly open: number;
  readonly attempts: number;
  readonly watchTime: number;
  readonly averageWatchTime: number | null;
  readonly stalls: number;
  readonly bytes: number;
  readonly byQuality: readonly { readonly quality: string; readonly bytes: number }[];
}
async function figuresOf(url: string, mediaId: string, position: string): Promise<Figures> {
  const { figures } = await ask<{ figures: { figures: Figures } }>(
    url,
    `{ figures(${RANGE}, filter: [{ dimension: MEDIA, anyOf: ["${mediaId}"] }]) { figures {
      views viewsWithoutStates open attempts watchTime averageWatchTime stalls bytes
      byQuality { quality bytes } } } }`,
    position,
  );
  return figures.figures;
}
const bytesAt = ({ byQuality }: Figures): Readonly<Record<string, number>> =>
  Object.fromEntries(byQuality.map(({ quality, bytes }) => [quality, bytes]));
const sumOf = (some: readonly { readonly bytes: number }[]): number =>
  some.reduce((sum, { bytes }) => sum + bytes, 0);

describe.each(FORMATS)('a log of %s', (format) => {
  const own = renamed('sid', format).map((one) => ({
    ...one,
    cmcd: one.cmcd.replace('cid="', `cid="${format}-`),
  }));
  const sids = new Set(own.map((one) => toldBy(one).sid));

  it('gives the bytes of each session, title and rendition exactly, however often', async () => {
    const text = logOf(format, own);
    const file = fileOf(`${format}.log`, format === 'cloudfront' ? gzipSync(text) : text);
    for (const isAgain of [false, true]) {
      const ended = await importing(format, file);
      expect([ended.status, ended.stderr]).toEqual([0, '']);
      const report = reportOf(ended);
      expect(report).toMatchObject({
        ...{ file, format, events: own.length, conflicting: 0, withoutCmcd: 0, withinCdn: 0 },
        accepted: isAgain ? 0 : own.length,
        duplicates: isAgain ? own.length : 0,
        ...{ rejected: 0, reasons: {} },
      });
      const { url } = under.server;
      const all = await sessionsAt(url, report.position);
      const mine = all.filter(({ sessionId }) => sids.has(sessionId));
      const found = Object.fromEntries(
        mine.map(({ media, sessionId, bytes }) => [`${media.mediaId} ${sessionId}`, bytes]),
      );
      expect(found).toEqual(bytesBy(own, ({ cid, sid }) => `${cid} ${sid}`));
      expect(
        mine.every(({ state, completed }) => state === 'TIMED_OUT' && completed === null),
      ).toBe(true);
      for (const title of ['vod', 'short']) {
        const mediaId = `${format}-${title}`;
        const figures = await figuresOf(url, mediaId, report.position);
        const ofTitle = own.filter((one) => toldBy(one).cid === mediaId);
        expect(bytesAt(figures)).toEqual(bytesBy(ofTitle, ({ quality }) => quality));
        expect(figures).toMatchObject({ views: 0, open: 0, attempts: 0, watchTime: 0, stalls: 0 });
      }
    }
  });
});

it('gives the same figures after it was interrupted', async () => {
  const many = Array.from({ length: 24 }, (_, i) => renamed('sid', `cut-${String(i)}`)).flat();
  const own = many.map((one) => ({ ...one, cmcd: one.cmcd.replace(/cid="\w+"/, 'cid="cut"') }));
  const file = fileOf('cut.log', logOf('nginx', own));
  const acceptedSoFar = async (): Promise<number> => {
    const { text } = await send(`${under.server.url}/metrics`, {
      headers: withKey(KEYS.ADMIN_KEY),
    });
    return Number(
      /^playhead_ingest_events_total{type="delivered",outcome="accepted"} (\d+)$/m.exec(
        text,
      )?.[1] ?? 0,
    );
  };
  const before = await acceptedSoFar();
  const { url } = under.server;
  const words = ['import-cdn', '--url', url, '--format', 'nginx', '--ladder', LADDER, file];
  const cutOff = spawn(process.execPath, [MAIN, ...words], {
    env: { ...process.env, ...settings },
  });
  const closed = once(cutOff, 'close');
  await until(async () => (await acceptedSoFar()) > before);
  cutOff.kill('SIGKILL');
  await closed;
  expect(cutOff.signalCode).toBe('SIGKILL');

  const report = reportOf(await importing('nginx', file));
  expect(report.duplicates).toBeGreaterThan(0);
  expect(report.accepted).toBeGreaterThan(0);
  expect(await acceptedSoFar()).toBe(before + own.length);
  const figures = await figuresOf(url, 'cut', report.position);
  expect(bytesAt(figures)).toEqual(bytesBy(own, ({ quality }) => quality));
});

it('names what it does not take, and writes it down with its heading', async () => {
  const some = renamed('sid', 'bad').slice(0, 5);
  const more = some.slice(1);
  const nameless = some.slice(0, 1).map((one) => ({ ...one, cmcd: 'cid="vod",ot=v' }));
  const lines = logOf('w3c', more).trim().split('\n');
  const bad = logOf('w3c', nameless).trim().split('\n').at(-1);
  const other = '17:00:00 2026-01-01 GET /logo.svg - 200 5 - - - -';
  const file = fileOf('bad.log', [...lines, bad, other, 'x', ''].join('\n'));
  const rejects = join(folder, 'rejects.log');
  const ended = await importing('w3c', file, '--rejects', rejects);
  const sid = 'sid: must be a text of 1 to 64 characters';
  const values = 'line: has more or fewer values than #Fields names';
  expect(ended.stderr.split('\n').filter((line) => line.startsWith('line '))).toEqual([
    `line 7: BAD_USER_INPUT: ${sid}`,
    `line 9: BAD_USER_INPUT: ${values}`,
  ]);
  expect(ended.status).toBe(1);
  expect(reportOf(ended)).toMatchObject({
    ...{ events: 6, accepted: 4, rejected: 2, withoutCmcd: 1 },
    reasons: { [sid]: 1, [values]: 1 },
  });
  const [fields] = lines.filter((line) => line.startsWith('#Fields'));
  expect(readFileSync(rejects, 'utf8')).toBe(`${fields ?? ''}\n${bad ?? ''}\nx\n`);
  const strict = await importing('w3c', rejects, '--strict', '--rejects', `${rejects}.2`);
  expect([strict.status, existsSync(`${rejects}.2`)]).toEqual([1, true]);
});

it.each([
  [['--format', 'csv'], '--format: must be one of nginx, cloudfront'],
  [[], "required option '--format <name>' not specified"],
  [['--format', 'nginx', '--ladder', '700'], '--ladder: must be rates and heights'],
])('says how it is called: %j', async (words, why) => {
  const ended = await run(['import-cdn', ...words, fileOf('empty.log', '')], settings);
  expect([ended.status, ended.stderr]).toEqual([2, expect.stringContaining(why)]);
});

describe('beside what players report themselves', () => {
  const plain = captures.find(({ name }) => name === 'hls-plain');
  const sid = /sid="([^"]+)"/.exec(plain?.posts[0]?.body ?? '')?.[1] ?? '';
  const own = requests.filter((one) => toldBy(one).sid === sid);
  /** Reports as the player did; returns the position of the last report. */
  const report = async (url: string): Promise<string> => {
    let position = '';
    const headers = { ...withKey(KEYS.INGEST_KEY), 'content-type': 'application/cmcd' };
    for (const { body } of plain?.posts ?? []) {
      const answer = await send(`${url}/cmcd`, { method: 'POST', headers, body });
      expect(answer.status).toBe(204);
      position = answer.headers.get('position') ?? '';
    }
    return position;
  };
  const seen = async (url: string, position: string) =>
    (await sessionsAt(url, position)).filter(({ sessionId }) => sessionId === sid);

  it('gives the bytes, and their players everything else', async () => {
    const { url } = under.server;
    const reported = await report(url);
    const file = fileOf('both.log', logOf('ndjson', own));
    const before = await seen(url, reported);
    const { position, ...counts } = reportOf(await importing('ndjson', file, '--views'));
    expect(counts).toMatchObject({ accepted: own.length, views: 0, rejected: 0 });
    const after = await seen(url, position);
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ completed: true, bytes: sumOf(own), stalls: 0 });
    expect(after[0]?.watchTime).toBeCloseTo(30.9, 0);
    expect(after).toEqual(before.map((one) => ({ ...one, bytes: sumOf(own) })));
  });

  it('is refused for a session that holds estimated bytes', async () => {
    const { url } = estimating.server;
    await report(url);
    const others = requests.filter((one) => toldBy(one).sid !== sid);
    const file = fileOf('estimated.log', logOf('ndjson', requests));
    const ended = await importing('ndjson', file, '--url', url);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('set CMCD_BYTES=off');
    const { position, ...counts } = reportOf(ended);
    expect(counts).toMatchObject({
      ...{ events: requests.length, accepted: others.length, rejected: own.length },
      reasons: { [/bytesLoaded: .*/.exec(ended.stderr)?.[0] ?? '']: own.length },
    });
    const [session] = await seen(url, position);
    const bytes = session?.bytes ?? 0;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).not.toBe(sumOf(own));
  });
});

it('counts views with --views, as far as a log shows them', async () => {
  const own = renamed('cid', 'shown').map((one) => ({
    ...one,
    cmcd: one.cmcd.replace('sid="', 'sid="shown-'),
  }));
  const file = fileOf('shown.log', logOf('fastly-ndjson', own));
  const without = reportOf(await importing('fastly-ndjson', file));
  expect(without.views).toBeUndefined();
  const keyOf = (one: CapturedRequest): string => `${toldBy(one).cid} ${toldBy(one).sid}`;
  const keys = new Set(own.map(keyOf));
  const { url } = under.server;
  for (const views of [keys.size, 0]) {
    const report = reportOf(await importing('fastly-ndjson', file, '--views'));
    expect(report).toMatchObject({ accepted: 0, duplicates: own.length, views });
    const all = await sessionsAt(url, report.position);
    const mine = all.filter(({ media, sessionId }) => keys.has(`${media.mediaId} ${sessionId}`));
    expect(mine).toHaveLength(keys.size);
    for (const { media, sessionId, watchTime, completed, state, bytes } of mine) {
      const of = own.filter((one) => keyOf(one) === `${media.mediaId} ${sessionId}`);
      const segments = of.filter((one) => toldBy(one).type === 'v' && one.status === 200);
      const paths = new Map(segments.map(({ path, cmcd }) => [path, /,d=(\d+)/.exec(cmcd)?.[1]]));
      const ms = [...paths.values()].reduce((sum, d = '0') => sum + Number(d), 0);
      expect(watchTime).toBeCloseTo(ms / 1_000, 3);
      expect([completed, state, bytes]).toEqual([null, 'PLAYING', sumOf(of)]);
    }
    const figures = await figuresOf(url, 'shown-vod', report.position);
    expect(figures.viewsWithoutStates).toBe(figures.views);
    expect(figures.averageWatchTime).toBeNull();
    expect(figures.watchTime).toBeGreaterThan(0);
  }
});
