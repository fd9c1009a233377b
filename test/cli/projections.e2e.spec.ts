import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECTIONS } from '../../projections/index.js';
import { ApiClient } from '../support/api-client.js';
import { hoursAgo, iso, withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { startServer } from '../support/server.js';
import { changeReadModel } from '../support/sqlite-files.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { run, failureOf, type Ended } from './command-line.js';

const under = withServer();
const SESSIONS = 50;

const playhead = (...words: readonly string[]): Promise<Ended> =>
  run(words, { PLAYHEAD_URL: under.server.url, DATA_DIR: under.server.dataDir });
const jsonOf = ({ status, stdout, stderr }: Ended): unknown => {
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
};

beforeAll(async () => {
  const client = new ApiClient(under.server.url);
  const inputs = Array.from({ length: SESSIONS }, (_, i) => ({
    mediaId: `m${String(i % 5)}`,
    sessionId: `s${String(i)}`,
    eventType: 'SESSION_START' as const,
    bytesLoaded: 1_000,
  }));
  await client.recordAll(inputs);
  await client.bandwidth('HOUR');
});

describe('playhead projections', () => {
  it('is a table of all read models', async () => {
    const { status, stdout } = await playhead('projections');
    expect(status).toBe(0);
    const [headings = '', ...rows] = stdout.trimEnd().split('\n');
    expect(headings).toMatch(/^READ MODEL +STATE +LAG +EVENTS +PARKED +REBUILD +GENERATION$/);
    expect(rows.map((row) => row.split(/ +/).slice(0, 2))).toEqual([
      ['streaming-analytics', 'LIVE'],
      ['bandwidth', 'LIVE'],
      ['popularity', 'LIVE'],
      ['sessions', 'LIVE'],
    ]);
  });

  it('is the API’s own answer as JSON', async () => {
    const statuses = jsonOf(await playhead('projections', '--json'));
    expect(statuses).toMatchObject([{ name: 'streaming-analytics', state: 'LIVE' }, {}, {}, {}]);
  });
});

describe('playhead rebuild', () => {
  it('--watch follows a rebuild until the new read model serves', async () => {
    const { status, stdout, stderr } = await playhead('rebuild', 'bandwidth', '--watch');
    // It may take longer than the time between two looks.
    expect(stderr).toMatch(/^(rebuilding bandwidth: .*\n)*$/);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'bandwidth is rebuilt: the same totals.\n',
    });
  });

  it('can be taken back', async () => {
    const { stdout, stderr } = await playhead('rollback', 'bandwidth', '--watch', '--json');
    expect(stderr).toMatch(/^(bringing back bandwidth: .*\n)*$/);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'bandwidth',
      rebuildProgress: null,
      canRollBack: true,
    });
  });

  it('that does not run cannot be cancelled', async () => {
    const ended = await playhead('cancel', 'popularity');
    expect(failureOf(ended)).toContain('CONFLICT');
    expect(ended.status).toBe(1);
  });

  it('finds nothing after a retention of which it is told nothing', async () => {
    const folder = temporaryFolder();
    const [dataDir, lines] = [join(folder, 'data'), join(folder, 'lines.ndjson')];
    const server = await startServer(dataDir, { RETENTION_DAYS: '1' });
    try {
      const line = { mediaId: 'old', eventType: 'SESSION_START', bytesLoaded: 1_000 };
      const occurredAt = iso(hoursAgo(24 * 40));
      writeFileSync(lines, JSON.stringify({ ...line, occurredAt }));
      const imported = await run(['import', lines], { PLAYHEAD_URL: server.url });
      expect(imported.status).toBe(0);
      const client = new ApiClient(server.url);
      await client.record(line);
      await client.bandwidth('HOUR');
      await client.rollup();
      const verified = await run(['verify', 'bandwidth', '--json'], { DATA_DIR: dataDir });
      expect(jsonOf(verified)).toMatchObject({ documents: 1, differing: 0 });
    } finally {
      await server.stop();
      removeFolder(folder);
    }
  });

  it('of what is not there is a wrong call', async () => {
    const ended = await playhead('rebuild', 'nothing');
    const known = PROJECTIONS.map(({ name }) => name).join(', ');
    expect(failureOf(ended)).toContain(`"nothing"; known are ${known} (NOT_FOUND)`);
    expect(ended.status).toBe(2);
  });
});

describe('playhead parked', () => {
  it('lists nothing where nothing is parked', async () => {
    const { status, stdout } = await playhead('parked', 'sessions');
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'sessions has no parked events.\n' });
    expect(jsonOf(await playhead('parked', 'sessions', '--json'))).toEqual([]);
  });

  it('retry of nothing takes nothing', async () => {
    const { status, stdout } = await playhead('parked', 'retry', 'sessions');
    expect(status).toBe(0);
    expect(stdout).toBe('No event of sessions waits.\n');
  });

  it('skip of an event that is not there is a wrong call', async () => {
    const { position } = (await under.client.projections())[0] ?? {};
    const id = `${String(position)}.`;
    const ended = await playhead('parked', 'skip', 'sessions', id, '--reason', 'none');
    expect(failureOf(ended)).toContain('no such parked event');
    expect(ended.status).toBe(2);
  });
});

test.each([
  ['parked', 'retry', 'sessions'],
  ['parked', 'skip', 'sessions', '1.', '--reason', 'none'],
])('%s %s goes to the server that is named, wherever it is named', async (...words) => {
  const url = 'http://127.0.0.1:9';
  for (const named of [
    [...words, '--url', url],
    ['parked', '--url', url, ...words.slice(1)],
  ]) {
    expect(failureOf(await playhead(...named))).toContain(`no server answers at ${url}`);
  }
});

test('a server that is not there is named, in one line', async () => {
  const ended = await run(['projections', '--url', 'http://127.0.0.1:9']);
  expect(failureOf(ended)).toContain('no server answers at http://127.0.0.1:9');
  expect(ended.status).toBe(1);
});

test('a server that is none of ours is told apart', async () => {
  const ended = await run(['projections', '--url', `${under.server.url}/elsewhere`]);
  expect(failureOf(ended)).toMatch(/answers 404|NOT_FOUND/);
});

describe('playhead verify', () => {
  const VERIFY = `mutation { verifyProjection(name: "streaming-analytics") {
    name version documents differing parked first { document expected found positions isCut } } }`;

  it('finds nothing while the server goes on', async () => {
    for (const { name, version } of PROJECTIONS) {
      const report = jsonOf(await playhead('verify', name, '--json')) as object;
      expect(report).toMatchObject({ name, version, differing: 0, parked: 0 });
      expect('first' in report).toBe(false);
    }
  });

  it('names the first document that differs and its events, and so does the API', async () => {
    changeReadModel(
      { dataDir: under.server.dataDir, projection: 'streaming-analytics' },
      `UPDATE documents SET body = json_set(body, '$.views', 1000)
       WHERE key = (SELECT min(key) FROM documents WHERE key LIKE 'stats%')`,
    );
    const { status, stdout, stderr } = await playhead('verify', 'streaming-analytics');
    expect(status).toBe(1);
    expect(stderr).toBe('playhead: streaming-analytics is not as the log says\n');
    expect(stdout).toContain(', 1 differs.');
    expect(stdout).toMatch(/ document {2}stats \/ m0 \/ day \/ \d+\n/);
    expect(stdout).toMatch(/ events {4}(\d+, ){9}\d+\n/);
    const { data } = await sendGraphql(under.server.url, { query: VERIFY });
    expect(data?.verifyProjection).toMatchObject({
      differing: 1,
      first: { document: expect.stringContaining('stats / m0') as string, isCut: false },
    });
  });

  it('runs one at a time in a server', async () => {
    const answers = await Promise.all(
      [1, 2].map(() => sendGraphql(under.server.url, { query: VERIFY })),
    );
    const codes = answers.map(({ errors: [error] }) => error?.extensions?.code);
    expect(codes.sort()).toEqual(['CONFLICT', undefined]);
  });

  it('of a log that was written with another prefix is a wrong call', async () => {
    const settings = { DATA_DIR: under.server.dataDir, EVENTSTORE_PREFIX: 'other-' };
    const ended = await run(['verify', 'bandwidth'], settings);
    expect(failureOf(ended)).toContain('EVENTSTORE_PREFIX is not the one');
    expect(ended.status).toBe(2);
  });

  it('of what is not there is a wrong call', async () => {
    expect((await playhead('verify', 'nothing')).status).toBe(2);
    expect((await run(['verify', 'bandwidth'], { DATA_DIR: '/nowhere' })).status).toBe(2);
  });
});
