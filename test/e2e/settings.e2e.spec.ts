import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { lockFolder } from '../../src/adapters/sqlite/folder-lock.js';
import { ApiClient } from '../support/api-client.js';
import { endLeftovers, spawnServer, startServer, type Environment } from '../support/server.js';
import { raiseSchemaVersion } from '../support/sqlite-files.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const EX_CONFIG = 78;

let folder: string;
afterAll(endLeftovers);
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  removeFolder(folder);
});

interface FailedStart {
  readonly status: number | null;
  readonly stderr: readonly string[];
  readonly stdout: readonly string[];
}

/** Starts a server that must not come to listen; how it ended and what it said. */
async function failedStart(environment: Environment): Promise<FailedStart> {
  const { ended, stdout, stderr } = spawnServer({ DATA_DIR: folder, ...environment });
  const status = await ended;
  expect(stdout.join('\n')).not.toContain('listening');
  expect(stderr.join('\n')).not.toMatch(/^\s+at |node_modules|\[object /m);
  return { status, stdout, stderr };
}

/** A start that fails for one reason says so in one line. */
async function reasonOf(environment: Environment): Promise<FailedStart & { reason: string }> {
  const failed = await failedStart(environment);
  expect(failed.status).not.toBe(0);
  expect(failed.status).not.toBeNull();
  const lines = [...failed.stdout, ...failed.stderr].filter((line) => line.trim() !== '');
  expect(lines).toHaveLength(1);
  return { ...failed, reason: lines[0] ?? '' };
}

describe('wrong settings', () => {
  const wrong: readonly Environment[] = [
    {
      PORT: 'http',
      HOST: '0.0.0.0',
      EVENTSTORE_PREFIX: 'a b',
      VIEWER_SECRET: 'too short',
      EGRESS_PRICE_PER_GIB: 'cheap',
      ROLLUP_CRON: 'now and then',
      SESSION_TIMEOUT_SECONDS: '0',
      RETENTION_DAYS: '0',
      SHUTDOWN_GRACE_SECONDS: '-1',
      READY_MAX_LAG_SECONDS: 'x',
      LOG_LEVEL: 'loud',
    },
    {
      PORT: '65536',
      HOST: 'example.org',
      VIEWER_SECRET_FILE: '/nowhere/at/all',
      EGRESS_PRICE_PER_GIB: '-0.1',
      SESSION_TIMEOUT_SECONDS: '1.5',
      RETENTION_DAYS: 'forever',
      LOG_LEVEL: 'INFO!',
    },
    {
      PORT: '-1',
      EGRESS_PRICE_PER_GIB: 'Infinity',
      ROLLUP_CRON: '0 0 31 2 *',
      SESSION_TIMEOUT_SECONDS: '1e9',
    },
  ];
  test.each(wrong)('are all named at once, with status 78: %j', async (environment) => {
    const { status, stderr } = await failedStart(environment);
    expect(status).toBe(EX_CONFIG);
    const said = stderr.join('\n');
    for (const name of Object.keys(environment)) expect(said).toMatch(new RegExp(`\\b${name}\\b`));
    expect(said).not.toContain('too short');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a secret given twice, directly and as a file, is one of them', async () => {
    const path = join(folder, 'secret');
    writeFileSync(path, 'a secret of some length\n');
    const { status, stderr } = await failedStart({
      VIEWER_SECRET: 'another secret of some length',
      VIEWER_SECRET_FILE: path,
    });
    expect(status).toBe(EX_CONFIG);
    expect(stderr.join('\n')).toContain('VIEWER_SECRET');
  });
});

describe('a retention', () => {
  test.each([
    ['1', 'WEEK and MONTH'],
    ['7', 'MONTH'],
    ['30', undefined],
  ])('of %s days is said to cut %s', async (days, periods) => {
    const server = await startServer(folder, { RETENTION_DAYS: days });
    const said = server.process.stdout.join('\n');
    if (periods === undefined) expect(said).not.toContain('RETENTION_DAYS');
    else expect(said).toContain(`RETENTION_DAYS is shorter than ${periods}: `);
    await server.stop();
  });
});

describe('the data folder', () => {
  test('that another process works in is refused after a wait, in one line', async () => {
    const lock = await lockFolder(folder);
    try {
      const { reason } = await reasonOf({});
      expect(reason).toContain(folder);
      expect(reason).toMatch(/in use|another/);
    } finally {
      lock.release();
    }
  });

  test('that cannot be made is refused in one line', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'not a folder');
    const { reason } = await reasonOf({ DATA_DIR: join(path, 'data') });
    expect(reason).toContain(path);
  });

  test('is made where it is not there, and holds a secret that only its owner may read', async () => {
    const dataDir = join(folder, 'a', 'b');
    const server = await startServer(dataDir);
    expect(await server.stop()).toBe(0);
    expect(existsSync(join(dataDir, 'events.db'))).toBe(true);
  });

  const files = ['events.db', 'read-models/control.db'];
  test.each(files)('of a newer release is refused in one line: %s', async (file) => {
    const server = await startServer(folder);
    await server.stop();
    raiseSchemaVersion(join(folder, file));
    const { reason, status } = await reasonOf({});
    expect(reason).toContain('newer release');
    expect(reason).toContain(file);
    expect(status).toBe(EX_CONFIG);
  });

  test('whose log holds something else is refused in one line that names the file', async () => {
    const server = await startServer(folder);
    await server.stop();
    for (const name of readdirSync(folder)) {
      if (name.startsWith('events.db-')) removeFolder(join(folder, name));
    }
    writeFileSync(join(folder, 'events.db'), 'something else entirely\n'.repeat(500));
    const { reason } = await reasonOf({});
    expect(reason).toContain('events.db');
  });
});

describe('the viewer secret', () => {
  const SECRET = 'a secret of some length';

  test('that is another than the log’s is refused with status 78', async () => {
    const server = await startServer(folder, { VIEWER_SECRET: SECRET });
    expect(await server.stop()).toBe(0);
    const other = await reasonOf({ VIEWER_SECRET: 'another secret of some length' });
    expect(other.status).toBe(EX_CONFIG);
    expect(other.reason).toContain('VIEWER_SECRET');
    expect(other.reason).not.toContain('another secret');
    expect((await reasonOf({})).status).toBe(EX_CONFIG);
    const path = join(folder, 'secret');
    writeFileSync(path, `${SECRET}\n`);
    const again = await startServer(folder, { VIEWER_SECRET_FILE: path });
    expect(await again.stop()).toBe(0);
  });

  test('keeps user ids out of everything that is stored or logged', async () => {
    const server = await startServer(folder, { LOG_LEVEL: 'trace' });
    const client = new ApiClient(server.url);
    const userId = 'someone.real@example.org';
    const view = { mediaId: 'm', userId };
    await client.recordAll([
      { ...view, eventType: 'SESSION_START' },
      { ...view, eventType: 'HEARTBEAT', sessionId: 's' },
    ]);
    await client.send('recordStreamingEvent', { input: { ...view, eventType: 'NO_TYPE' } });
    await client.send('recordStreamingEvent', {
      input: { ...view, eventType: 'HEARTBEAT', duration: -1 },
    });
    expect((await client.analytics('m')).uniqueViewers).toBe(1);
    await server.stop();
    expect([...server.process.stdout, ...server.process.stderr].join('\n')).not.toContain(userId);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true });
    const contents = files
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    expect(contents.length).toBeGreaterThan(3);
    expect(contents.some((content) => content.includes(userId))).toBe(false);
  });
});

describe('the port', () => {
  let other: Server | undefined;
  afterEach(() => {
    other?.close();
  });

  test('that is taken is refused in one line, and nothing is left running', async () => {
    other = createServer();
    const listening = new Promise((resolve) =>
      other?.listen(0, '127.0.0.1', () => {
        resolve('ok');
      }),
    );
    await listening;
    const { port } = other.address() as AddressInfo;
    const { reason } = await reasonOf({ PORT: String(port) });
    expect(reason).toContain(String(port));
    expect(reason).toMatch(/taken|in use/);
    (await lockFolder(folder)).release();
  });
});
