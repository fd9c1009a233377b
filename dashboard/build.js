/**
 * Makes the dashboard: a script for the first page, one for the others, a style sheet, the page
 * around them and the page that says how figures are defined. The names of files hold a hash of
 * what is in them, so that caches may keep them.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { minifySync } from '@swc/core';
import { build } from 'esbuild';
import { definitionsPage } from './definitions.js';

const MADE = 'dist/dashboard';
const PAGE = 'dashboard.html';
const common = { bundle: true, minify: true, format: 'esm', target: 'es2022', write: false };

const { outputFiles } = await build({
  ...common,
  entryPoints: ['dashboard/main.tsx'],
  outdir: MADE,
  splitting: true,
  // Types are checked by tsconfig.json; here `h` makes elements, in fewer bytes.
  tsconfigRaw: {
    compilerOptions: { jsx: 'react', jsxFactory: 'h', jsxFragmentFactory: 'Fragment' },
  },
  inject: ['dashboard/jsx.js'],
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  logLevel: 'warning',
});

const textOf = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
const named = (pattern) => [...textOf.keys()].filter((name) => pattern.test(name));
const [shared, ...others] = named(/^chunk-.*\.js$/);
const [more] = named(/^more-.*\.js$/);
if (shared === undefined || others.length > 0) throw new Error('two files must share one part');

/** Joins the first page with the part that both share: a browser asks for one file, not for two. */
const { outputFiles: joined } = await build({
  ...common,
  stdin: { contents: `import './main.js'; export * from './${shared}';`, resolveDir: '/' },
  plugins: [
    {
      name: 'made-before',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^\.\/more-/ }, ({ path }) => ({ path, external: true }));
        onResolve({ filter: /^\.\// }, ({ path }) => ({ path: basename(path), namespace: 'made' }));
        onLoad({ filter: /.*/, namespace: 'made' }, ({ path }) => ({
          contents: textOf.get(path),
          loader: 'js',
        }));
      },
    },
  ],
});

/** Each of the two scripts names the other, so the hash of both is in both names. */
const [first, second] = [joined[0].text, textOf.get(more)].map(shortest);
const hash = hashOf(first + second);
const names = { first: `dashboard-${hash}.js`, more: `more-${hash}.js` };
const styles = textOf.get('main.css');
const styleName = `dashboard-${hashOf(styles)}.css`;
const page = readFileSync(join('dashboard', PAGE), 'utf8')
  .replace('{{style}}', `/dashboard/${styleName}`)
  .replace('{{script}}', `/dashboard/${names.first}`);

const files = [
  [names.first, first.replaceAll(more, names.more)],
  [names.more, second.replaceAll(shared, names.first)],
  [styleName, styles],
  [PAGE, page],
  ['metrics.html', definitionsPage(`/dashboard/${styleName}`)],
].flatMap(([name, text]) => [
  [name, Buffer.from(text)],
  [`${name}.gz`, gzipSync(text, { level: 9 })],
  [`${name}.br`, brotliCompressSync(text)],
]);

/** esbuild shortens names and statements; this also leaves out what comes to nothing. */
function shortest(text) {
  return minifySync(text, { module: true, compress: { passes: 4, ecma: 2020 }, mangle: true }).code;
}

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

// A server may be sending these files: they are written only if they would be others.
mkdirSync(MADE, { recursive: true });
const before = new Set(readdirSync(MADE));
for (const [name, contents] of files) {
  const path = join(MADE, name);
  if (!before.has(name) || !readFileSync(path).equals(contents)) writeFileSync(path, contents);
  before.delete(name);
}
for (const name of before) rmSync(join(MADE, name));
