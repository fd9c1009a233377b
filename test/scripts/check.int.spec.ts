import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { read } from '../docs/markdown.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
afterAll(() => {
  removeFolder(folder);
});

const { scripts } = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Runs the gate with an npm that says what it is asked to run, and fails at one script. */
function checkWith(failing?: string): { readonly status: number | null; readonly said: string[] } {
  const npm = join(folder, 'npm.cjs');
  const fail = `if (process.argv[4] === '${String(failing)}') process.exit(3);`;
  writeFileSync(npm, `console.log(process.argv.slice(2).join(' ')); ${fail}`);
  const words = (scripts.check ?? '').split(' ').slice(1);
  const env = { PATH: process.env.PATH, npm_execpath: npm };
  const { status, stdout } = spawnSync(process.execPath, words, { env, encoding: 'utf8' });
  return { status, said: stdout.trimEnd().split('\n') };
}

describe('npm run check', () => {
  const steps = ['lint', 'format', 'types', 'boundaries', 'unused', 'tests', 'players'];
  const runs = ['lint', 'format:check', 'types', 'boundaries', 'unused', 'test', 'players'];
  const linesOf = (step: string, i: number): readonly string[] => [
    `check: ${step}, step ${String(i + 1)} of 7`,
    `run --silent ${runs[i] ?? ''}`,
    `check: ${step} passed in T`,
  ];

  it('names each step before it runs, and says how long it took', () => {
    const { status, said } = checkWith();
    expect(status).toBe(0);
    const lines = said.map((line) => line.replace(/\d+\.\d s$/, 'T'));
    const reading = lines.slice(0, 15);
    expect(new Set(reading)).toEqual(new Set(steps.slice(0, 5).flatMap(linesOf)));
    for (const [i, step] of steps.entries()) {
      const places = linesOf(step, i).map((line) => lines.indexOf(line));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
    expect(lines.slice(15)).toEqual(steps.flatMap(linesOf).slice(15));
    for (const script of runs) expect(scripts).toHaveProperty(script);
  });

  it('begins no step after one that fails, and says at which', () => {
    const { status, said } = checkWith('unused');
    expect(status).toBe(1);
    expect(said.join()).toMatch(/check: unused failed after \d+\.\d s; no further step was begun/);
    expect(said.join()).not.toMatch(/step [67] of 7/);
  });
});

test('whatever builds says so first', () => {
  const steps = String(scripts.build).split(' && ');
  expect(steps).toEqual([
    'node launch.cjs',
    expect.stringMatching(/^echo Building [^&|;'"]+$/),
    'nest build',
    'node scripts/bundle-server.js',
    'node graphiql/build.js',
    'node tracker/build.js',
    'node dashboard/build.js',
  ]);
  const builders = Object.entries(scripts).filter(([, script]) => script.includes('nest build'));
  expect(builders.map(([name]) => name)).toEqual(['build']);
  const others = Object.entries(scripts)
    .filter(([name, script]) => name !== 'build' && /\bbuild &&/.test(script))
    .map(([, script]) => script);
  for (const script of others) expect(script).toContain('npm run --silent build && ');
  expect(others.length).toBeGreaterThan(5);
});
