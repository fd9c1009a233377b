import { spawn } from 'node:child_process';
import { once } from 'node:events';

interface Step {
  /** The subject of the step. */
  readonly name: string;
  /** The npm script that checks it. */
  readonly script: string;
}

/** Steps that only read: two run at a time, the longest beside the others. */
const READING: readonly Step[] = [
  { name: 'lint', script: 'lint' },
  { name: 'format', script: 'format:check' },
  { name: 'types', script: 'types' },
  { name: 'boundaries', script: 'boundaries' },
  { name: 'unused', script: 'unused' },
];
/** Steps that run one after the other once all others have passed. */
const RUNNING: readonly Step[] = [
  { name: 'tests', script: 'test' },
  // Last and alone: what a player tells is compared with a clock.
  { name: 'players', script: 'players' },
];
const STEPS = [...READING, ...RUNNING];

const say = (text: string): void => {
  process.stdout.write(`check: ${text}\n`);
};

/** Runs a step, and prints its name and time; says whether it passed. */
async function runs(npm: string, step: Step): Promise<boolean> {
  say(`${step.name}, step ${String(STEPS.indexOf(step) + 1)} of ${String(STEPS.length)}`);
  const beganMs = performance.now();
  const words = [npm, 'run', '--silent', step.script];
  const child = spawn(process.execPath, words, { stdio: 'inherit' });
  await once(child, 'close');
  const seconds = ((performance.now() - beganMs) / 1_000).toFixed(1);
  const hasPassed = child.exitCode === 0;
  if (hasPassed) say(`${step.name} passed in ${seconds} s`);
  else say(`${step.name} failed after ${seconds} s; no further step was begun`);
  return hasPassed;
}

/** Runs steps in their order, so many at a time, until one fails; says whether all passed. */
async function runAll(npm: string, steps: readonly Step[], atOnce: number): Promise<boolean> {
  const left = [...steps];
  let hasFailed = false;
  const lane = async (): Promise<void> => {
    for (let step = left.shift(); step && !hasFailed; step = left.shift()) {
      if (!(await runs(npm, step))) hasFailed = true;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return !hasFailed;
}

// npm tells its own place to every script.
const { npm_execpath: npm } = process.env;
if (npm === undefined) throw new Error('start it with npm run check');
// `npm run check`: the gate.
const hasPassed = (await runAll(npm, READING, 2)) && (await runAll(npm, RUNNING, 1));
if (!hasPassed) process.exitCode = 1;
