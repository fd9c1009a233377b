import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The server as it is delivered: `npm run build` makes it. */
const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
/** What a program needs to run at all; settings of a real server stay out. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'SystemRoot'];
/** A schedule that does not come round while tests run. */
const NEVER_SOON = '0 0 29 2 *';

export type Environment = Readonly<Record<string, string>>;

/** A server's process, and all that it printed. */
export interface Process {
  readonly child: ChildProcess;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Resolves when the process has ended and its output was read, with its status. */
  readonly ended: Promise<number | null>;
}

const alive = new Set<ChildProcess>();

/** Ends the servers that a failed test has left running; for the end of a test file. */
export async function endLeftovers(): Promise<void> {
  const ended = [...alive].map((child) => once(child, 'close'));
  for (const child of alive) child.kill('SIGKILL');
  await Promise.all(ended);
}

/** Starts a process that may or may not come to listen; from another build, if one is named. */
export function spawnServer(environment: Environment, main = MAIN): Process {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const env = {
    ...Object.fromEntries(inherited),
    PORT: '0',
    ROLLUP_CRON: NEVER_SOON,
    ...environment,
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  alive.add(child);
  const stdout: string[] = [];
  const stderr: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => stdout.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  const ended = once(child, 'close').then(() => {
    alive.delete(child);
    return child.exitCode;
  });
  return { child, stdout, stderr, ended };
}

/** A server that has said where it listens. */
export class TestServer {
  constructor(
    readonly url: string,
    readonly dataDir: string,
    readonly process: Process,
  ) {}

  /** Asks it to end, and waits until it has; its status. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number | null> {
    this.process.child.kill(signal);
    return this.process.ended;
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    this.process.child.kill('SIGKILL');
    await this.process.ended;
  }
}

/** Starts a server in a folder on a free port; throws its last words if it ends instead. */
export async function startServer(
  dataDir: string,
  environment: Environment = {},
  main = MAIN,
): Promise<TestServer> {
  const process = spawnServer({ DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...environment }, main);
  return new TestServer(await urlOf(process), dataDir, process);
}

/**
 * Where a process listens, as soon as it says so. How long that may take is the test's to say: it
 * is work, of which a busy machine does little in any given time.
 */
export async function urlOf({ child, stdout, stderr, ended }: Process): Promise<string> {
  const { promise, resolve, reject } = withResolvers<string>();
  const look = (): void => {
    const [url] = stdout.flatMap((line) => LISTENING.exec(line)?.[1] ?? []);
    if (url !== undefined) resolve(url);
  };
  child.stdout?.on('data', look);
  void ended.then((status) => {
    reject(new Error(`the server ended with ${String(status)}: ${stderr.join('\n')}`));
  });
  look();
  try {
    return await promise;
  } finally {
    child.stdout?.off('data', look);
  }
}

const LISTENING = /listening on (http:\/\/[\w.:[\]-]+)/;

interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** A promise that is settled from outside. */
export function withResolvers<T>(): Resolvers<T> {
  const resolvers: Partial<{ resolve: (value: T) => void; reject: (error: Error) => void }> = {};
  const promise = new Promise<T>((resolve, reject) => {
    resolvers.resolve = resolve;
    resolvers.reject = reject;
  });
  return { promise, ...resolvers } as Resolvers<T>;
}
