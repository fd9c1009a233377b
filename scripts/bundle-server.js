/**
 * Joins the modules of the server and of its packages into a few files: a start reads these in half
 * the time. What runs in threads of its own, or beside the server, goes on being read as compiled.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { build } from 'esbuild';

const MADE = 'dist/server';

/** Modules look for files beside themselves: they go on looking where they were. */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/(src|projections)\/.*\.js$/ }, ({ path }) => {
      const place = `new URL(${JSON.stringify(relative(MADE, path))}, import.meta.url).href`;
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', place) };
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
  entryPoints: ['dist/src/serve.js'],
  outdir: MADE,
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
