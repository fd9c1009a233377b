import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SERVER = new URL('../../dist/src/server/', import.meta.url).href;

/** The packages of CommonJS that are loaded when a module of the server is. */
function packagesOf(module: string): ReadonlySet<string> {
  const program = `import('${SERVER}${module}').then(() => {
    console.log(Object.keys(require.cache).join('\\n'));
  });`;
  const text = execFileSync(process.execPath, ['-e', program], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
  });
  return new Set(
    [...text.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name]) => name ?? ''),
  );
}

/** Nest comes with the first. */
const FRAMEWORK = ['rxjs', 'graphql', 'fastify'];
const DRIVERS = ['mongodb', '@eventstore/db-client'];
const HEAVY = [...FRAMEWORK, ...DRIVERS];

test('what refuses a start loads neither the framework nor a driver of servers', () => {
  const loaded = packagesOf('process.js');
  expect(loaded).toContain('pino');
  expect(HEAVY.filter((name) => loaded.has(name))).toEqual([]);
});

test('what serves loads the framework, and no driver that is not in use', () => {
  const loaded = packagesOf('serving.js');
  expect(HEAVY.filter((name) => loaded.has(name))).toEqual(FRAMEWORK);
});
