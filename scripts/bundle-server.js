/**
 * Joins the modules of the server, of its threads and of its packages into a few files: a start
 * reads these in half the time. The command line, and what runs beside the server as a process of
 * its own, go on being read as compiled.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

const FROM = 'dist/src';
const MADE = 'dist/server';

/** Found among the sources: a thread of an earlier release may be left in the compiled ones. */
const threads = readdirSync('src', { recursive: true })
  .filter((file) => file.endsWith('.worker.ts'))
  .map((file) => join(FROM, file.replace(/\.ts$/, '.js')));

const PLACE = /(\.worker\.js['"`], )?import\.meta\.url/g;

/**
 * Modules look for files beside themselves: they go on looking where they were, but for the
 * programs of threads, which are joined too.
 */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/(src|projections)\/.*\.js$/ }, ({ path }) => {
      const place = `new URL(${JSON.stringify(relative(MADE, path))}, import.meta.url).href`;
      const contents = readFileSync(path, 'utf8').replace(PLACE, (found, thread) =>
        thread === undefined ? place : found,
      );
      return { contents };
    });
  },
};

/** Packages ask for others that need not be there: they go on asking when they need them. */
const missingPackages = {
  name: 'missing-packages',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...place }) => {
      if (pluginData === 'asked' || place.kind === 'entry-point') return undefined;
      const found = await resolve(path, { ...place, pluginData: 'asked' });
      return found.errors.length > 0 ? { path, external: true } : undefined;
    });
  },
};

const { outputFiles } = await build({
  entryPoints: [join(FROM, 'serve.js'), ...threads],
  outdir: MADE,
  entryNames: '[name]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Nest and GraphQL go by the names of classes, and so does who reads a stack.
  keepNames: true,
  // These bring files that are no modules: machine code, and programs of worker threads.
  external: ['libsql', '@kurrent/*', 'pino'],
  plugins: [ownPlaces, missingPackages],
  // Modules in the older form ask for others in their own way.
  banner: {
    js:
      "import { createRequire as __at } from 'node:module'; " +
      'const require = __at(import.meta.url);',
  },
  write: false,
  logLevel: 'warning',
});

// A server may be reading these files: none goes, and those that are the same are left alone.
mkdirSync(MADE, { recursive: true });
for (const { path, contents } of outputFiles) {
  if (!existsSync(path) || !readFileSync(path).equals(contents)) writeFileSync(path, contents);
}
