import { spawnSync } from 'node:child_process';

/** The subject of each step, and the npm script that checks it. */
const STEPS = [
  { name: 'format', script: 'format:check' },
  { name: 'lint', script: 'lint' },
  { name: 'types', script: 'types' },
  { name: 'boundaries', script: 'boundaries' },
  { name: 'unused', script: 'unused' },
  { name: 'tests', script: 'test' },
  // Last and alone: what a player tells is compared with a clock.
  { name: 'players', script: 'players' },
] as const;

const say = (text: string): void => {
  process.stdout.write(`check: ${text}\n`);
};

/** `npm run check`: runs the gate step by step, and prints each step's name and time. */
function check(npm: string): void {
  for (const [index, { name, script }] of STEPS.entries()) {
    say(`${name}, step ${String(index + 1)} of ${String(STEPS.length)}`);
    const beganMs = performance.now();
    const words = [npm, 'run', '--silent', script];
    const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' });
    const seconds = ((performance.now() - beganMs) / 1_000).toFixed(1);
    if (status !== 0) {
      say(`${name} failed after ${seconds} s; the steps after it were not run`);
      process.exitCode = 1;
      return;
    }
    say(`${name} passed in ${seconds} s`);
  }
}

// npm tells its own place to every script.
const { npm_execpath: npm } = process.env;
if (npm === undefined) throw new Error('start it with npm run check');
check(npm);
