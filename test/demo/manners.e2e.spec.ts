import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DEMO = fileURLToPath(new URL('../../dist/demo/main.js', import.meta.url));
const WIDTH = 80;
const RUN_MS_MAX = 180_000;

/** How the demo ended, and what it said. */
interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo; Ctrl-C is pressed once it has printed something. */
async function demo(
  words: readonly string[],
  interruptAt = /(?!)/,
  options: readonly string[] = [],
): Promise<Ended> {
  const env = { PATH: process.env.PATH, PORT: '0' };
  const child = spawn(process.execPath, [...options, DEMO, ...words], { env });
  let [stdout, stderr, isInterrupted] = ['', '', false];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (!isInterrupted && interruptAt.test(stdout)) isInterrupted = child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { status: child.exitCode, stdout, stderr };
}

const widest = (text: string): number => Math.max(...text.split('\n').map(({ length }) => length));

describe('the demo', () => {
  it('says with --help how it is called', async () => {
    const { status, stdout, stderr } = await demo(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const word of ['--exit', '--server', 'PORT', 'npm run demo -- --exit']) {
      expect(stdout).toContain(word);
    }
    expect(widest(stdout)).toBeLessThanOrEqual(WIDTH);
  });

  it.each([
    [
      ['--exti'],
      "unknown option '--exti' (Did you mean --exit?); known are --exit, --server, --help",
    ],
    [['now'], 'too many arguments'],
    [['--server', 'ftp://here'], 'It must be an http(s) address without a user in it.'],
    [['--server', 'localhost:3000'], 'It lacks http:// or https://, as in http://localhost:3000.'],
  ])('refuses another call in one line, with status 2: %j', async (words, said) => {
    const { status, stdout, stderr } = await demo(words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^The demo failed: [^\n]+\n$/);
    expect(stderr).toContain(said);
  });

  it.each([
    ['what is no error', '({ rc: 13 })', '{ rc: 13 }'],
    ['an error of several lines', 'new Error("one\\n  two")', 'one; two'],
  ])('says in one line why it failed, be it %s', async (_, thrown, said) => {
    const code = `globalThis.fetch = () => { throw ${thrown}; }`;
    const options = ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
    const { status, stderr } = await demo(['--server', 'http://127.0.0.1:1'], undefined, options);
    expect(stderr).toBe(`The demo failed: ${said}\n`);
    expect(status).toBe(1);
  });

  it(
    'says first where it runs, fits a terminal, and says that Ctrl-C has ended it',
    async () => {
      const itsFolder = /Its data is in\n {2}(\S+)\n/;
      const { status, stdout, stderr } = await demo([], itsFolder);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/^Playhead runs at http:\/\/127\.0\.0\.1:\d+\n/);
      expect(stdout).toMatch(
        /\nStopping \.\.\.\nInterrupted: the server has ended, and its data is removed\.\n$/,
      );
      expect(widest(stdout)).toBeLessThanOrEqual(WIDTH);
      expect(existsSync(itsFolder.exec(stdout)?.[1] ?? '/')).toBe(false);
    },
    RUN_MS_MAX,
  );

  it(
    'that is interrupted before its end says so, with status 1',
    async () => {
      const { status, stderr } = await demo(['--exit'], /Audience:/);
      expect(stderr).toBe('Interrupted before it had shown everything; the server has ended\n');
      expect(status).toBe(1);
    },
    RUN_MS_MAX,
  );
});
