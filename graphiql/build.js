/** Makes the files that /graphiql serves. Their packages are needed here only, not at run time. */
import { existsSync, statSync } from 'node:fs';
import { build } from 'esbuild';

const EDITOR = 'monaco-editor/esm/vs';
const MADE = 'dist/graphiql/graphiql.min.js';
const MADE_OF = ['package-lock.json', 'graphiql/build.js', 'graphiql/client.js'];

const changedAt = (path) => statSync(path).mtimeMs;
// A server may be sending these files: they are written only if they would be others.
if (existsSync(MADE) && MADE_OF.every((path) => changedAt(path) < changedAt(MADE))) process.exit();

await build({
  entryPoints: {
    'graphiql.min': 'graphiql/client.js',
    'editor.worker': `${EDITOR}/editor/editor.worker.js`,
    'json.worker': `${EDITOR}/language/json/json.worker.js`,
    'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
  },
  outdir: 'dist/graphiql',
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'GraphiQL',
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
  // The page may load nothing but these files.
  loader: { '.ttf': 'dataurl', '.woff2': 'dataurl' },
  legalComments: 'linked',
  logLevel: 'warning',
});
