import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import Database from 'libsql';
import { EmbeddedEventStore } from '../../src/adapters/event-store/embedded/embedded-event-store.js';
import { CryptoIdentity } from '../../src/adapters/system/crypto-identity.js';
import { NodeClock } from '../../src/adapters/system/node-clock.js';
import { identifyLog } from '../../src/composition/log-identity.js';
import { endLeftovers, startServer } from '../support/server.js';
import { raiseSchemaVersion } from '../support/sqlite-files.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { noteSkipped } from '../support/test-run.js';
import { canBeNobody, contentsIn, runToEnd, type Entry, type Run } from '../support/wrong-start.js';

/** Exit statuses of sysexits.h, as docs/operations.md has them. */
const UNAVAILABLE = 69;
const WRONG = 78;
const KEY = 'a-key-of-16-char';
const SECRET = 'a secret of some length';
/** A start that waits for nobody. */
const AT_ONCE = { STARTUP_WAIT_SECONDS: '0', VIEWER_SECRET: SECRET };
const EMPTY_ACCEPTED = { UNSAFE_EMPTY_VIEWER_SECRET: 'on' };

const root = temporaryFolder();
/** A data folder that a server has worked in, to be copied. */
const used = join(root, 'used');
/** Takes a port. */
const other = createServer();
const takenPort = (): string => String((other.address() as AddressInfo).port);

beforeAll(async () => {
  chmodSync(root, 0o755); // for a user that has no rights beyond it
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  expect(await (await startServer(used)).stop()).toBe(0);
});
afterAll(async () => {
  other.close();
  await endLeftovers();
  removeFolder(root);
});

/** A way to start wrongly. */
interface WrongStart extends Run {
  readonly status: number;
  readonly says: RegExp;
  /** Makes of a data folder that is not there yet what is wrong with it. */
  readonly spoil?: (folder: string) => void | Promise<void>;
  /** Does what the line said, as far as the settings do not. */
  readonly mend?: (folder: string) => void;
  /** The settings of the next start, which the line named; it warns of them. */
  readonly right?: Readonly<Record<string, string>>;
}

const put = (name: string, text: string) => (folder: string) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
};
const putPipe = (name: string) => (folder: string) => {
  mkdirSync(folder, { recursive: true });
  execFileSync('mkfifo', [join(folder, name)]);
};
const putFolder = (name: string) => (folder: string) => {
  mkdirSync(join(folder, name), { recursive: true });
};
const take = (name: string) => (folder: string) => {
  rmSync(join(folder, name), { recursive: true });
};
const use = (change: (folder: string) => void) => (folder: string) => {
  cpSync(used, folder, { recursive: true });
  change(folder);
};
/** The secret of the folder that was copied, back from there. */
const restoreSecret = (folder: string): void => {
  cpSync(join(used, 'viewer-secret'), join(folder, 'viewer-secret'));
};
const bookshop = (folder: string): void => {
  mkdirSync(folder);
  const connection = new Database(join(folder, 'events.db'));
  connection.exec('CREATE TABLE books(title TEXT)');
  connection.close();
};
/** As a release before could, after a first start on a full disk. */
async function beginEmpty(folder: string): Promise<void> {
  put('viewer-secret', '')(folder);
  const store = await EmbeddedEventStore.open(join(folder, 'events.db'));
  const identity = new CryptoIdentity('');
  await identifyLog({ store, stream: 'playhead-meta', identity, clock: new NodeClock() });
  await store.close();
}

const settings: Readonly<Record<string, WrongStart>> = {
  'no port': { environment: { PORT: 'http' }, status: WRONG, says: /PORT: must be/ },
  'an open host without keys': {
    environment: { HOST: '0.0.0.0' },
    status: WRONG,
    says: /HOST: must be one of/,
  },
  'a short secret': {
    environment: { VIEWER_SECRET: 'short' },
    status: WRONG,
    says: /VIEWER_SECRET: must have 16 characters/,
  },
  'a file of a secret that is not there': {
    environment: { VIEWER_SECRET_FILE: '/nowhere/at/all' },
    status: WRONG,
    says: /VIEWER_SECRET_FILE: \/nowhere\/at\/all cannot be read/,
  },
  'a file of a secret that is no file': {
    environment: { VIEWER_SECRET_FILE: '/dev/null' },
    status: WRONG,
    says: /VIEWER_SECRET_FILE: \/dev\/null cannot be read: it is no regular file/,
  },
  'a database of countries that is not there': {
    environment: { GEOIP_FILE: '/nowhere/at/all.mmdb' },
    status: WRONG,
    says: /GEOIP_FILE: \/nowhere\/at\/all\.mmdb cannot be read/,
  },
  'a database of countries that is none': {
    environment: { GEOIP_FILE: 'package.json' },
    status: WRONG,
    says: /GEOIP_FILE: package\.json cannot be read/,
  },
  'both a secret and none': {
    environment: { VIEWER_SECRET: SECRET, ...EMPTY_ACCEPTED },
    status: WRONG,
    says: /UNSAFE_EMPTY_VIEWER_SECRET: takes the place of VIEWER_SECRET/,
  },
  'no secret for a new log': {
    environment: EMPTY_ACCEPTED,
    status: WRONG,
    says: /UNSAFE_EMPTY_VIEWER_SECRET is for a log that was begun.*leave it out/,
  },
  'an event store without a secret': {
    environment: { EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' },
    status: WRONG,
    says: /VIEWER_SECRET: is required/,
  },
  'an event store that is not there': {
    environment: { ...AT_ONCE, EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' },
    status: UNAVAILABLE,
    says: /EventStoreDB at 127\.0\.0\.1:1 cannot be reached.*EVENTSTORE_URL/,
  },
  'an event store with TLS that is not there, by its address': {
    environment: { ...AT_ONCE, EVENTSTORE_URL: 'esdb://127.0.0.1:1' },
    status: UNAVAILABLE,
    says: /EventStoreDB at 127\.0\.0\.1:1 /,
  },
  'an event store at a port that there cannot be': {
    environment: { VIEWER_SECRET: SECRET, EVENTSTORE_URL: 'esdb://localhost:99999' },
    status: WRONG,
    says: /EVENTSTORE_URL has the port 99999, where a port is 1 to 65535/,
  },
  'a database whose authority is in no file': {
    environment: { MONGODB_URL: 'mongodb://127.0.0.1:1/a?tls=true&tlsCAFile=/nowhere/at/all' },
    status: WRONG,
    says: /MONGODB_URL: names a file that cannot be read: .*\/nowhere\/at\/all/,
  },
  'a data folder where nobody can make one': {
    environment: { DATA_DIR: '/proc/nowhere/data' },
    status: WRONG,
    says: /\/proc\/nowhere cannot be made there: set DATA_DIR/,
  },
  'an address of another machine': {
    environment: { HOST: '192.0.2.1', INGEST_KEY: KEY },
    status: WRONG,
    says: /192\.0\.2\.1 is no address of this machine: set HOST/,
  },
};

const folders: Readonly<Record<string, WrongStart>> = {
  'a file for a data folder': {
    spoil: (folder) => {
      writeFileSync(folder, '');
    },
    mend: (folder) => {
      rmSync(folder);
    },
    status: WRONG,
    says: /is no folder.*DATA_DIR/,
  },
  'a folder for a lock': {
    spoil: putFolder('lock.db'),
    mend: take('lock.db'),
    status: WRONG,
    says: /lock\.db is a folder, and should be a file.*DATA_DIR/,
  },
  'a foreign lock': {
    spoil: put('lock.db', 'something else\n'.repeat(500)),
    mend: take('lock.db'),
    status: WRONG,
    says: /lock\.db is not a file of Playhead.*DATA_DIR/,
  },
  'a folder for a log': {
    spoil: putFolder('events.db'),
    mend: take('events.db'),
    status: WRONG,
    says: /events\.db is a folder/,
  },
  'a foreign file for a log': {
    spoil: put('events.db', 'something else\n'.repeat(500)),
    mend: take('events.db'),
    status: WRONG,
    says: /events\.db is not a file of Playhead.*DATA_DIR/,
  },
  'a database of something else for a log': {
    spoil: bookshop,
    mend: take('events.db'),
    status: WRONG,
    says: /events\.db is not a file of Playhead/,
  },
  'a file for read models': {
    spoil: put('read-models', ''),
    mend: take('read-models'),
    status: WRONG,
    says: /read-models is no folder/,
  },
  'a folder for the state of read models': {
    spoil: putFolder('read-models/control.db'),
    mend: take('read-models/control.db'),
    status: WRONG,
    says: /control\.db is a folder/,
  },
  'a folder for a secret': {
    spoil: putFolder('viewer-secret'),
    mend: take('viewer-secret'),
    status: WRONG,
    says: /viewer-secret is a folder/,
  },
  'a pipe for a secret': {
    spoil: putPipe('viewer-secret'),
    mend: take('viewer-secret'),
    status: WRONG,
    says: /viewer-secret cannot be read: it is no regular file/,
  },
  'a pipe for the end of the log': {
    spoil: putPipe('events.position'),
    mend: take('events.position'),
    status: WRONG,
    says: /events\.position cannot be read: it is no regular file.*DATA_DIR/,
  },
  'a link to what never ends for the end of the log': {
    spoil: (folder) => {
      mkdirSync(folder);
      symlinkSync('/dev/zero', join(folder, 'events.position'));
    },
    mend: take('events.position'),
    status: WRONG,
    says: /events\.position cannot be read: it is no regular file.*DATA_DIR/,
  },
  'a folder for the end of the log': {
    spoil: putFolder('events.position'),
    mend: take('events.position'),
    status: WRONG,
    says: /events\.position is a folder, and should be a file: move it away/,
  },
  'an empty secret, left by a start before': {
    spoil: put('viewer-secret', ''),
    mend: take('viewer-secret'),
    status: WRONG,
    says: /viewer-secret is empty, as a start that failed.*remove it/,
  },
  'a secret that is too short': {
    spoil: put('viewer-secret', 'short\n'),
    mend: take('viewer-secret'),
    status: WRONG,
    says: /viewer-secret has fewer than 16 characters: remove it/,
  },
  'a log whose secret is missing': {
    spoil: use(take('viewer-secret')),
    mend: restoreSecret,
    status: WRONG,
    says: /viewer-secret is missing beside a log.*back from a backup.*or set VIEWER_SECRET/,
  },
  'a log whose secret is empty': {
    spoil: use(put('viewer-secret', '\n')),
    mend: restoreSecret,
    status: WRONG,
    says: /viewer-secret is empty.*back from a backup.*or set VIEWER_SECRET/,
  },
  'a log with the secret of another': {
    spoil: use(put('viewer-secret', `${SECRET}\n`)),
    mend: restoreSecret,
    status: WRONG,
    says: /viewer-secret is not the secret that this log was written with: put it back/,
  },
  'a log with another secret in the settings': {
    spoil: use(() => undefined),
    environment: { VIEWER_SECRET: SECRET },
    status: WRONG,
    says: /VIEWER_SECRET is not the one that this log was written with/,
  },
  'a log that needs no override': {
    spoil: use(() => undefined),
    environment: EMPTY_ACCEPTED,
    status: WRONG,
    says: /UNSAFE_EMPTY_VIEWER_SECRET is for a log that was begun/,
  },
  'a log that was begun with an empty secret': {
    spoil: beginEmpty,
    right: EMPTY_ACCEPTED,
    status: WRONG,
    says: /begun with an empty viewer secret.*UNSAFE_EMPTY_VIEWER_SECRET=on/,
  },
  'such a log, with a secret in the settings': {
    spoil: beginEmpty,
    environment: { VIEWER_SECRET: SECRET },
    right: EMPTY_ACCEPTED,
    status: WRONG,
    says: /begun with an empty viewer secret.*UNSAFE_EMPTY_VIEWER_SECRET=on/,
  },
  'a log of another prefix': {
    spoil: use(() => undefined),
    environment: { EVENTSTORE_PREFIX: 'another-' },
    status: WRONG,
    says: /EVENTSTORE_PREFIX is not the one/,
  },
  'a log of a newer release': {
    spoil: use((folder) => {
      raiseSchemaVersion(join(folder, 'events.db'));
    }),
    mend: (folder) => {
      cpSync(join(used, 'events.db'), join(folder, 'events.db'));
    },
    status: WRONG,
    says: /events\.db was written by a newer release/,
  },
};

/** Lets Node say that it is older than it is. */
const OLD_VERSION =
  'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } })';
const pretendOld = `data:text/javascript,${encodeURIComponent(OLD_VERSION)}`;

const processes: Readonly<Record<string, WrongStart>> = {
  'a hundred open files at most': { openFilesMax: 100, status: UNAVAILABLE, says: /ulimit -n/ },
  // With twenty a Node of later majors does not find the program.
  'thirty open files at most': { openFilesMax: 30, status: UNAVAILABLE, says: /ulimit -n/ },
  'no bytes in a file': { fileKibMax: 0, status: UNAVAILABLE, says: /ulimit -f/ },
  'a demo whose temporary folder is not there': {
    entry: 'demo',
    environment: { TMPDIR: '/nowhere/at/all' },
    status: UNAVAILABLE,
    says: /^The demo failed: .*set TMPDIR/,
  },
  'a demo whose port is none': {
    entry: 'demo',
    environment: { PORT: 'http' },
    status: WRONG,
    says: /^The demo failed: .*PORT: must be/,
  },
};

const nobody: Readonly<Record<string, WrongStart>> = {
  'a folder that is not for this user': {
    spoil: putFolder('.'),
    isNobody: true,
    status: UNAVAILABLE,
    says: /lock\.db is not for user 65534: give it to that user.*DATA_DIR/,
  },
  'a folder that this user may not make': {
    isNobody: true,
    status: UNAVAILABLE,
    says: /is not for user 65534: give it to that user.*DATA_DIR/,
  },
};

let rounds = 0;

async function startWrongly(start: WrongStart): Promise<void> {
  rounds += 1;
  const home = join(root, String(rounds));
  mkdirSync(home);
  const folder = join(home, 'data');
  await start.spoil?.(folder);
  const before = contentsIn(home);
  const { status, lines, hasListened } = await runToEnd(folder, start);
  expect(lines).toEqual([expect.stringMatching(start.says)]);
  expect({ status, hasListened }).toEqual({ status: start.status, hasListened: false });
  const after = contentsIn(home);
  // The folder itself may be there now, for its lock.
  expect({ ...after, [folder]: before[folder] ?? '' }).toEqual({ [folder]: '', ...before });
  start.mend?.(folder);
  const { right = {} } = start;
  const server = await startServer(folder, right);
  expect(await server.stop()).toBe(0);
  const said = server.process.stdout.join('\n');
  for (const name of Object.keys(right)) expect(said).toContain(`${name} is on`);
}

describe.each([
  ['settings', settings],
  ['a data folder', folders],
  ['a process', processes],
])('%s that will not do: one line, nothing left behind, and the next start runs', (_, starts) => {
  test.each(Object.entries(starts))('%s', (_what, start) => startWrongly(start));

  if (starts === settings) {
    test('a port that is taken', () =>
      startWrongly({
        environment: { PORT: takenPort() },
        status: UNAVAILABLE,
        says: /port \d+ on 127\.0\.0\.1 is taken: set PORT/,
      }));
  }
});

(canBeNobody() ? describe : describe.skip)('a user that has no rights', () => {
  test.each(Object.entries(nobody))('%s', (_, start) => startWrongly(start));
});

const oldNode = process.env.OLD_NODE;
if (oldNode === undefined) noteSkipped('a Node that is too old (OLD_NODE names its binary)');

describe.each<Entry>(['server', 'command line', 'demo', 'first step'])(
  'a Node that is too old: one line of the %s',
  (entry) => {
    const old: WrongStart = {
      entry,
      status: WRONG,
      says: /^playhead: this is Node\.js \d+\.\d+\.\d+, and Playhead needs 20\.19 or newer/,
    };
    test('as it says of itself', () => startWrongly({ ...old, options: ['--import', pretendOld] }));

    (oldNode === undefined ? test.skip : test)('in truth', () =>
      startWrongly({ ...old, node: oldNode ?? '' }),
    );
  },
);
