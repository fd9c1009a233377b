import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noteSkipped } from './test-run.js';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What is started, as it is delivered. */
const ENTRIES = {
  server: fromRoot('dist/src/main.js'),
  'command line': fromRoot('dist/src/cli/main.js'),
  demo: fromRoot('dist/demo/main.js'),
  // What `npm run demo` begins with, before it builds.
  'first step': fromRoot('launch.cjs'),
} as const;
export type Entry = keyof typeof ENTRIES;

/** A user that owns nothing. */
const NOBODY = 65_534;

/** How a program is run that cannot. */
export interface Run {
  readonly entry?: Entry;
  /** `DATA_DIR` is always set. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly isNobody?: boolean;
  /** Of Node itself. */
  readonly options?: readonly string[];
  readonly node?: string;
  readonly openFilesMax?: number;
  /** How large a file may be that the process writes, in KiB. */
  readonly fileKibMax?: number;
}

/** How a program ended, and every line that it said. */
export interface Ending {
  readonly status: number | null;
  readonly lines: readonly string[];
  /** It came to listen, and was asked to end. */
  readonly hasListened: boolean;
}

/** The commands that limit what a process may do; a shell counts files in blocks of 512 bytes. */
const limitsOf = ({ openFilesMax, fileKibMax }: Run): string =>
  [
    openFilesMax === undefined ? '' : `ulimit -n ${String(openFilesMax)}; `,
    fileKibMax === undefined ? '' : `ulimit -f ${String(2 * fileKibMax)}; `,
  ].join('');

/** Runs a program on a folder until it ends, or listens and is asked to end. */
export async function runToEnd(folder: string, run: Run): Promise<Ending> {
  const { entry = 'server', environment = {}, isNobody = false, options = [] } = run;
  const { node = process.execPath } = run;
  const words = [...options, ENTRIES[entry]];
  const limits = limitsOf(run);
  const [command, ...rest] =
    limits === '' ? [node, ...words] : ['sh', '-c', `${limits}exec "$@"`, 'sh', node, ...words];
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH ?? '', PORT: '0', DATA_DIR: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(isNobody && { uid: NOBODY, gid: NOBODY }),
  });
  let text = '';
  const read = (chunk: Buffer): void => {
    text += chunk.toString();
    if (text.includes('listening on')) child.kill('SIGTERM');
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  await once(child, 'close');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return { status: child.exitCode, lines, hasListened: text.includes('listening on') };
}

/**
 * What is in a folder and all below it, with contents: without a lock, and without what whoever
 * looks into a database leaves beside it, which is an index and a log of no bytes.
 */
export function contentsIn(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const kept = entries.filter(({ name }) => !/^lock\.db|-shm$/.test(name));
  const found = kept.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path, entry.isFile() ? readFileSync(path, 'base64') : ''] as const;
  });
  return Object.fromEntries(found.filter(([path, bytes]) => !(path.endsWith('-wal') && !bytes)));
}

/** Whether tests can run a program as another user; noted as left out where they cannot. */
export function canBeNobody(): boolean {
  const words = ['-e', `require('node:fs').accessSync(${JSON.stringify(ENTRIES.server)})`];
  const can =
    process.getuid?.() === 0 &&
    spawnSync(process.execPath, words, { uid: NOBODY, gid: NOBODY }).status === 0;
  if (!can) noteSkipped('starts as a user without rights (run as root, in a folder for everyone)');
  return can;
}
