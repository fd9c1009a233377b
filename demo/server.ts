import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface DemoServer {
  /** The address without a path, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly dataDir: string;
  /** Settles with the server's last words when it ends unasked. */
  readonly lost: Promise<Error>;
  /** Lets the server finish, and removes its data. */
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const usualPort = 3000;
const startMsMax = 30_000;
/** The longest wait for the server's end; the server itself takes at most 10 s. */
const stopMsMax = 20_000;
/** Lines of the server's output that are kept in case it fails. */
const linesKept = 10;

/** Variables that any program needs to run; a real server's settings are not passed on. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'SystemRoot', 'NODE_OPTIONS'];

/** The error of a server that is not there, or no longer; the demo ends with its `status`. */
export class ServerLost extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = 'ServerLost';
  }
}

/** EX_UNAVAILABLE of sysexits.h. */
const statusUnavailable = 69;

async function makeFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'playhead-demo-'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const remedy = 'set TMPDIR to a folder that can be written';
    throw new ServerLost(`there is no place for its data, ${reason}: ${remedy}`, statusUnavailable);
  }
}

/**
 * Starts a server on the embedded stores, in a folder of its own that is removed with it; with
 * settings besides those of a demo.
 */
export async function startServer(
  entry: string,
  wantedPort?: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<DemoServer> {
  const dataDir = await makeFolder();
  const port = wantedPort ?? String((await isFree(usualPort)) ? usualPort : 0);
  const environment = Object.fromEntries(
    inherited.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
  const child = spawn(process.execPath, [entry], {
    env: {
      ...{ ...environment, HOST: host, PORT: port, DATA_DIR: dataDir, LOG_LEVEL: 'warn' },
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: a Ctrl-C reaches the demo alone, which stops the server in order.
    detached: process.platform !== 'win32',
  });
  process.once('exit', () => child.kill()); // whatever happens here, the server is not left behind
  const output = follow(child);
  const ended = once(child, 'close'); // its last words are read by then
  let stopping = false;
  const lost = ended.then(() =>
    stopping
      ? new Promise<Error>(() => undefined)
      : new ServerLost(
          `the server ended: ${output.tail()}${hintTo(output.tail())}`,
          child.exitCode ?? 1,
        ),
  );
  const stop = async (): Promise<void> => {
    stopping = true;
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
    await ended.finally(async () => {
      clearTimeout(impatience);
      await rm(dataDir, { recursive: true, force: true });
    });
    if (child.exitCode !== 0) throw new Error(`the server did not end in order: ${output.tail()}`);
  };
  try {
    return { url: await listening(output.url, lost), dataDir, lost, stop };
  } catch (error) {
    await stop().catch(() => undefined); // its failure to start says more than its end
    throw error;
  }
}

/** Names the demo's setting that stands for the server's. */
const hintTo = (words: string): string =>
  words.includes('DATA_DIR') ? ' (the demo makes it in TMPDIR)' : '';

/** Reads the server's output, so that its pipe never fills, and keeps its last words. */
function follow(child: ChildProcess): { url: Promise<string>; tail: () => string } {
  const last: string[] = [];
  const keep = (line: string): void => {
    if (line.startsWith('{')) return; // a line of the log; lines for people are plain text
    last.push(line);
    if (last.length > linesKept) last.shift();
  };
  const url = new Promise<string>((resolve) => {
    if (!child.stdout || !child.stderr) throw new Error('the server has no output');
    createInterface({ input: child.stderr }).on('line', keep);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, found] = /listening on (http:\/\/[\w.:[\]-]+)/.exec(line) ?? [];
      if (found === undefined) keep(line);
      else resolve(found);
    });
  });
  return { url, tail: () => last.join('\n') };
}

async function listening(url: Promise<string>, lost: Promise<Error>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Error>((resolve) => {
    const error = new Error(`the server did not start within ${String(startMsMax / 1000)} s`);
    timer = setTimeout(resolve, startMsMax, error);
  });
  const outcome = await Promise.race([url, lost, tooLate]);
  clearTimeout(timer);
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, host, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
