import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { withKey } from '../support/http.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { failureOf, run, type Ended } from './command-line.js';

const KEYS = { ADMIN_KEY: 'admin-key-00000001', READ_KEY: 'read-key-000000001' };
const TITLES = 500;
const under = withServer(KEYS);
const folder = temporaryFolder();
afterAll(() => {
  removeFolder(folder);
});

const fileOf = (name: string, lines: readonly string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
};
const register = (...words: readonly string[]): Promise<Ended> =>
  run(['media', 'register', ...words], {
    PLAYHEAD_URL: `${under.server.url}/graphql`,
    ADMIN_KEY: KEYS.ADMIN_KEY,
  });

async function titleOf(mediaId: string): Promise<unknown> {
  const query = 'query($id: ID!) { media(mediaId: $id) { title thumbnail duration } }';
  const request = { query, variables: { id: mediaId } };
  return (await sendGraphql(under.server.url, request, withKey(KEYS.READ_KEY))).data?.media;
}

describe('playhead media register', () => {
  it('gives a title to a media id, and takes another one later', async () => {
    expect(await register('the-harbour', '--title', 'The Harbor')).toEqual({
      status: 0,
      stdout: 'Registered the-harbour: The Harbor\n',
      stderr: '',
    });
    const more = ['--thumbnail', 'https://host/a.png', '--duration', '5400.5'];
    const again = await register('the-harbour', '--title', 'The Harbour', ...more, '--json');
    expect(JSON.parse(again.stdout)).toEqual({
      mediaId: 'the-harbour',
      title: 'The Harbour',
      thumbnail: 'https://host/a.png',
      duration: 5_400.5,
    });
    expect(await titleOf('the-harbour')).toMatchObject({ title: 'The Harbour' });
  });

  it('takes many from a file, and the same again', async () => {
    const lines = Array.from(
      { length: TITLES },
      (_, i) => `m${String(i)},"Part ${String(i)}, new"`,
    );
    const file = fileOf('titles.csv', ['mediaId,title', ...lines]);
    for (const word of ['first', 'again']) {
      const ended = await register('--file', file);
      expect([word, ended.status, ended.stdout]).toEqual([
        word,
        0,
        `Registered 500 titles of ${file}.\n`,
      ]);
    }
    expect(await titleOf(`m${String(TITLES - 1)}`)).toMatchObject({ title: 'Part 499, new' });
  });

  it('names the bad rows of a file and registers none of it', async () => {
    const rows = ['{"mediaId":"good","title":"Good"}', '{"mediaId":"bad"}', '{}'];
    const { status, stdout, stderr } = await register('--file', fileOf('bad.ndjson', rows));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'line 2: BAD_USER_INPUT: title: is required',
      'line 3: BAD_USER_INPUT: mediaId: is required',
      'playhead: 2 lines cannot be registered; nothing was sent. Correct the file first',
    ]);
    expect(await titleOf('good')).toBeNull();
  });

  it('without the key of an admin is refused in one line', async () => {
    const words = ['a', '--title', 'A', '--key', KEYS.READ_KEY];
    expect(failureOf(await register(...words))).toContain('FORBIDDEN');
    const nobody = { PLAYHEAD_URL: under.server.url };
    const ended = await run(['media', 'register', 'a', '--title', 'A'], nobody);
    expect(failureOf(ended)).toContain('export ADMIN_KEY, or give --key (');
    expect(ended.status).toBe(1);
  });

  it('waits where the server says so; cut off, it says how far it got', async () => {
    const later = '{ "errors": [{ "message": "x", "extensions": { "code": "RATE_LIMITED" } }] }';
    const done = '{ "data": { "registerMedia": { "mediaId": "m" } } }';
    let answers = 0;
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        answers += 1;
        if (answers > 21) response.destroy();
        else response.end(answers === 1 ? later : done);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/playhead/`;
    const lines = Array.from({ length: 100 }, (_, i) => `{"mediaId":"m${String(i)}","title":"T"}`);
    const ended = await register('--file', fileOf('cut.ndjson', lines), '--url', url);
    expect(failureOf(ended)).toMatch(
      /: line \d+: no server answers at .*\/playhead \(.*; 20 of 100 titles are registered: run it/,
    );
    expect(ended.status).toBe(1);
    server.close();
  });
});

describe('playhead report', () => {
  const report = (...words: readonly string[]): Promise<Ended> =>
    run(['report', ...words], { PLAYHEAD_URL: under.server.url, READ_KEY: KEYS.READ_KEY });

  beforeAll(async () => {
    const view = { mediaId: 'the-harbour', sessionId: 's', userId: 'ann', quality: '1080p' };
    const inputs = [
      { ...view, eventType: 'SESSION_START', bytesLoaded: 2 ** 29, context: { country: 'PT' } },
      { ...view, eventType: 'SESSION_END', duration: 125 },
    ];
    const headers = withKey(KEYS.ADMIN_KEY);
    const query = `mutation($inputs: [StreamingEventInput!]!) {
      recordStreamingEvents(inputs: $inputs) { position } }`;
    const { url } = under.server;
    const { position = '' } = await sendGraphql(url, { query, variables: { inputs } }, headers);
    const after = { ...headers, 'read-after': position };
    const asked = `{ popularStreams(first: 1) { totalCount } bandwidthUsage(period: DAY) { cost }
      streamingAnalytics(mediaId: "the-harbour") { totalViews } }`;
    expect((await sendGraphql(url, { query: asked }, after)).errors).toEqual([]);
  });

  it('shows what is watched and delivered, with a key that may only read', async () => {
    const { status, stdout, stderr } = await report();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^MOST POPULAR STREAMS {3}the last 7 days, 1 of 1\n/);
    expect(stdout).toMatch(/^ {2}1 {2}the-harbour {2}The Harbour {6}1 {9}1\.0 {2}HIGH$/m);
    expect(stdout).toContain('BANDWIDTH   the last 7 days\n  512.0 MiB, that is USD 0.04\n');
    expect(stdout).toMatch(
      /\nHow one title does: npm run cli -- report ID, such as the-harbour\n$/,
    );
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it('shows how one title does, over the period that is wanted', async () => {
    const { stdout } = await report('the-harbour', '--period', 'DAY');
    expect((await report('the-harbour', '--period', 'day')).stdout).toBe(stdout);
    expect((await report('--period', 'fortnight')).stderr).toContain('Allowed choices are HOUR');
    expect(stdout).toMatch(/^ANALYTICS {3}The Harbour {3}the last 24 hours\n/);
    expect(stdout).toMatch(/^ +1 +1 +2:05 +100\.0 % +0$/m);
  });

  it('shows the figures of any days, of what filters leave', async () => {
    const day = (ms: number): string => new Date(Date.now() + ms).toISOString().slice(0, 10);
    const around = ['--from', day(-2 * 86_400_000), '--to', day(2 * 86_400_000)];
    const { status, stdout, stderr } = await report(...around, '--tz', 'pacific/auckland');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^FIGURES {3}[\d-]+ to [\d-]+, Pacific\/Auckland\n/);
    expect(stdout).toMatch(/^ +1 +1 +2 min 5 s +2:05 +100\.0 % +\d$/m);
    expect(stdout).toMatch(/\nBY COUNTRY {3}1 of 1\n.*\n {2}Portugal +1 +100\.0 % +2 min 5 s/);
    const elsewhere = await report('the-harbour', ...around, '--filter', 'country!=PT,ES');
    expect(elsewhere.stdout).toMatch(
      /^FIGURES {3}The Harbour, .*, UTC, filtered\n {2}Nobody wanted to watch anything\.\n$/,
    );
  });

  it.each([
    [['--from', '2026-11-01'], '--from and --to go together: give both'],
    [['--from', '2026-13-01', '--to', '2026-11-01'], '--from: "2026-13-01" is not a day such as'],
    [['--from', '2026-11-01', '--to', 'now'], '--to: "now" is not a day such as'],
    [['--from', '2026-11-02', '--to', '2026-11-02'], '--to: must lie after --from'],
    [['--from', '2026-11-01', '--to', '2026-11-02', '--tz', 'Mars'], '--tz: "Mars" is no time'],
    [['--tz', 'UTC'], '--tz: goes with --from and --to'],
    [['--period', 'DAY', '--from', '2026-11-01', '--to', '2026-11-02'], 'cannot be used with'],
    [['--filter', 'colour=red'], '--filter: knows no "colour"; it goes by media, quality, '],
    [['--filter', 'Germany'], '--filter: "Germany" is not like country=DE; it goes by media, '],
  ])('refuses %j', async (words, fault) => {
    const ended = await report(...words);
    expect(failureOf(ended)).toContain(fault);
    expect(ended.status).toBe(2);
  });

  it('is the answers of the API as JSON', async () => {
    expect(JSON.parse((await report('--json')).stdout)).toMatchObject({
      popularStreams: { totalCount: 1 },
      bandwidthUsage: { totalGB: 0.5 },
      figures: { sampled: 1, figures: { views: 1, watchTime: 125 } },
      breakdowns: { COUNTRY: { totalCount: 1 } },
    });
    expect(JSON.parse((await report('the-harbour', '--json')).stdout)).toMatchObject({
      title: 'The Harbour',
      streamingAnalytics: { totalViews: 1, averageWatchTime: 125 },
    });
  });

  it('tells a mistyped id from a title that nobody watched', async () => {
    const ended = await report('the-habour');
    expect(failureOf(ended)).toBe(
      'playhead: the server knows no media id "the-habour"; did you mean the-harbour' +
        ' (The Harbour)? npm run cli -- report lists ids\n',
    );
    expect(ended.status).toBe(2);
    const byTitle = await report('The Harbour');
    expect(failureOf(byTitle)).toContain('did you mean the-harbour (The Harbour)?');
    expect(failureOf(await report('no-such-thing'))).toContain('npm run cli -- report lists ids');
    const { status, stdout } = await report('m0');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ANALYTICS {3}Part 0, new {3}.*\n {2}No views in the last 7 days\.\n/);
    expect(stdout).toMatch(/MONTH; --from and --to /);
  });
});
