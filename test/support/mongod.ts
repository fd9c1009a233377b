import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { MongoMemoryReplSet, type MongoMemoryServer } from 'mongodb-memory-server-core';
import { findMongod, withDatabase, type MongodBinary } from '../../scripts/mongod-binary.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';
import { noteServer, noteSkipped, testRunFolder } from './test-run.js';

/** An election takes a second or two instead of ten. */
const ELECTION_MS = 2_000;

/** A replica set that tests may use. */
export interface MongoServers {
  /** A connection string that names a database. */
  url(database: string, options?: string): string;
  stop(): Promise<void>;
}

/** The name of a database that is nobody else's. */
export const newDatabaseName = (): string => `playhead-test-${randomBytes(6).toString('hex')}`;

/** Tests that need a MongoDB of any kind; left out, and named as such, where there is none. */
export async function describeWithMongo(
  title: string,
  tests: (start: () => Promise<MongoServers>) => void,
): Promise<void> {
  const url = process.env.MONGODB_URL;
  if (url === undefined) {
    await describeWithMongod(title, (binary) => {
      tests(() => ReplicaSet.start(binary));
    });
    return;
  }
  noteServer('MongoDB at MONGODB_URL');
  describe(title, () => {
    tests(() => Promise.resolve(givenServers(url)));
  });
}

/** Tests that start, kill and restart servers of their own. */
export async function describeWithMongod(
  title: string,
  tests: (binary: MongodBinary) => void,
): Promise<void> {
  const binary = await mongodOfRun();
  if (binary === undefined) {
    noteSkipped(`${title} (no mongod: npm run mongod:fetch, MONGOMS_SYSTEM_BINARY or MONGODB_URL)`);
    describe.skip(title, () => {
      test.todo('needs a mongod');
    });
    return;
  }
  noteServer(`mongod ${binary.version} (${binary.source})`);
  describe(title, () => {
    tests(binary);
  });
}

/** Servers for the tests of one `describe`: there from its first test until after its last. */
export function replicaSetFor(binary: MongodBinary, options?: ReplicaSetOptions): () => ReplicaSet {
  let servers: ReplicaSet | undefined;
  beforeAll(async () => {
    servers = await ReplicaSet.start(binary, options);
  });
  afterAll(() => servers?.stop());
  return () => {
    if (servers === undefined) throw new Error('they are not started yet');
    return servers;
  };
}

const givenServers = (given: string): MongoServers => ({
  url: (database, options = '') => {
    const url = withDatabase(given, database);
    return `${url}${url.includes('?') ? '&' : '?'}${options}`;
  },
  stop: () => Promise.resolve(),
});

/** Searched for once a run: where there is none, that takes a while to find out. */
async function mongodOfRun(): Promise<MongodBinary | undefined> {
  const folder = testRunFolder();
  if (folder === undefined) return findMongod();
  const memo = join(folder, 'mongod.json');
  if (!existsSync(memo)) {
    const found = (await findMongod()) ?? null;
    const draft = `${memo}.${String(process.pid)}`;
    writeFileSync(draft, JSON.stringify(found));
    renameSync(draft, memo);
  }
  return (JSON.parse(readFileSync(memo, 'utf8')) as MongodBinary | null) ?? undefined;
}

/** A user of a replica set. */
export interface MongoUser {
  readonly name: string;
  readonly password: string;
  /** The database that knows the user. */
  readonly source: string;
}

interface ReplicaSetOptions {
  readonly members?: number;
  /** Further parameters of mongod, as `name=value`. */
  readonly parameters?: readonly string[];
  /** Who may do everything, where nobody else may do anything. */
  readonly root?: MongoUser;
}

type Signal = 'SIGSTOP' | 'SIGCONT' | 'SIGKILL';

/** Real servers in a replica set, which die with this process. */
export class ReplicaSet implements MongoServers {
  private secondaries: readonly MongoMemoryServer[] = [];

  private constructor(
    private readonly set: MongoMemoryReplSet,
    private readonly folder: string,
    private readonly root: MongoUser | undefined,
  ) {}

  static async start(
    { path, version }: MongodBinary,
    { members = 1, parameters = [], root }: ReplicaSetOptions = {},
  ): Promise<ReplicaSet> {
    const folder = temporaryFolder();
    const instanceOpts = Array.from({ length: members }, (_, i) => {
      const dbPath = join(folder, String(i));
      mkdirSync(dbPath);
      return { dbPath, storageEngine: 'wiredTiger' as const, launchTimeout: 60_000 };
    });
    const settings = ['enableTestCommands=1', 'diagnosticDataCollectionEnabled=false'];
    const args = [...settings, ...parameters].flatMap((setting) => ['--setParameter', setting]);
    const set = await MongoMemoryReplSet.create({
      binary: { systemBinary: path, version },
      instanceOpts,
      replSet: {
        name: 'rs',
        args: [...args, '--wiredTigerCacheSizeGB', '0.25'],
        configSettings: { electionTimeoutMillis: ELECTION_MS },
        ...(root && { auth: authOf(root) }),
      },
    });
    return new ReplicaSet(set, folder, root);
  }

  /** A connection string, of who may do everything unless a user is named. */
  url(database: string, options = '', user = this.root): string {
    const ports = this.set.servers.map((server) => `127.0.0.1:${String(portOf(server))}`);
    const who = user && `${user.name}:${encodeURIComponent(user.password)}@`;
    const source = user && `authSource=${user.source}&`;
    return `mongodb://${who ?? ''}${ports.join(',')}/${database}?replicaSet=rs&${source ?? ''}${options}`;
  }

  /** The port of the first member. */
  get port(): number {
    return portOf(this.member());
  }

  /** The member that takes writes. */
  async primary(): Promise<MongoMemoryServer> {
    const { primary } = (await this.admin({ hello: 1 })) as { readonly primary: string };
    const found = this.set.servers.find((one) => primary.endsWith(`:${String(portOf(one))}`));
    if (found === undefined) throw new Error(`${primary} is no member`);
    return found;
  }

  /** Ends a member, the first unless another is named, as a crash would. */
  async kill(server = this.member()): Promise<void> {
    const mongod = server.instanceInfo?.instance.mongodProcess;
    if (mongod === undefined) throw new Error('it is not running');
    const exited = once(mongod, 'exit');
    this.signal('SIGKILL', server);
    await exited;
    await server.stop({ doCleanup: false });
  }

  /** Lets a primary that has lost the others stay one for so long. */
  async setElectionMs(electionTimeoutMillis: number): Promise<void> {
    const found = await this.admin({ replSetGetConfig: 1 });
    const { config } = found as { config: { version: number; settings: object } };
    const settings = { ...config.settings, electionTimeoutMillis };
    await this.admin({ replSetReconfig: { ...config, version: config.version + 1, settings } });
  }

  /** Pauses the members that a primary has beside it (SIGSTOP), or lets them go on (SIGCONT). */
  async signalSecondaries(name: Signal): Promise<void> {
    if (name === 'SIGSTOP') {
      const primary = await this.primary();
      this.secondaries = this.set.servers.filter((server) => server !== primary);
    }
    for (const server of this.secondaries) this.signal(name, server);
  }

  /** Pauses a member, the first unless another is named, or lets it go on. */
  signal(name: Signal, server = this.member()): void {
    server.instanceInfo?.instance.mongodProcess?.kill(name);
  }

  /** Starts a member again, with its data and on its port. */
  async restart(server = this.member()): Promise<void> {
    await server.start(true);
  }

  /** Copies the folder of the first member, as it is at one moment. */
  async copyFolder(): Promise<void> {
    await this.admin({ fsync: 1, lock: true });
    try {
      cpSync(this.dbPath, this.copyPath, { recursive: true });
    } finally {
      await this.admin({ fsyncUnlock: 1 });
    }
  }

  /** Ends the first member and starts it again with the copy of its folder. */
  async putFolderBack(): Promise<void> {
    const gone = join(this.folder, 'gone');
    await this.kill();
    renameSync(this.dbPath, gone);
    renameSync(this.copyPath, this.dbPath);
    await this.restart();
    rmSync(gone, { recursive: true });
  }

  /** Runs a command against a member on its own, or the primary. */
  async admin(command: object, options = ''): Promise<unknown> {
    const client = new MongoClient(this.url('admin', options));
    try {
      return await client.db().command({ ...command });
    } finally {
      await client.close();
    }
  }

  async stop(): Promise<void> {
    await this.set.stop({ doCleanup: false });
    removeFolder(this.folder);
  }

  /** Where the first member keeps its data. */
  private get dbPath(): string {
    return join(this.folder, '0');
  }

  private get copyPath(): string {
    return join(this.folder, 'copy');
  }

  private member(): MongoMemoryServer {
    const [first] = this.set.servers;
    if (first === undefined) throw new Error('a replica set without members');
    return first;
  }
}

const authOf = ({ name, password }: MongoUser) => ({
  enable: true,
  customRootName: name,
  customRootPwd: password,
});

function portOf(server: MongoMemoryServer): number {
  const port = server.instanceInfo?.port;
  if (port === undefined) throw new Error('it was never started');
  return port;
}
