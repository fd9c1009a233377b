/** Makes the tracker: the script that `GET /playhead.js` serves, and a module for bundlers. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Members of the tracker's own objects, which nobody outside sees: they get short names. */
const INTERNAL = [
  ...['isStarted', 'isEnded', 'isStallTold', 'pausedAt', 'stalledAt', 'soughtAt', 'askedAt'],
  ...['watchedMs', 'takeBytes', 'reportsTo', 'failure', 'heartbeat', 'joinIn', 'fail', 'teller'],
  ...['look', 'jump', 'leave', 'take', 'tell', 'begin', 'sendNow', 'parts', 'position', 'media_'],
  ...['adapt', 'openStore'],
];

const common = {
  mangleProps: new RegExp(`^(${INTERNAL.join('|')})$`),
  bundle: true,
  minify: true,
  target: 'es2022',
  logLevel: 'warning',
};
const outdir = 'dist/tracker';
await build({
  ...common,
  entryPoints: { playhead: 'tracker/script.ts' },
  outdir,
  format: 'iife',
});
await build({
  ...common,
  entryPoints: { core: 'tracker/tracker.ts', 'playhead.module': 'tracker/module.ts' },
  outdir,
  format: 'esm',
});
copyFileSync('tracker/playhead.module.d.ts', `${outdir}/playhead.module.d.ts`);
for (const name of ['playhead.js', 'playhead.module.js']) {
  const script = readFileSync(`${outdir}/${name}`);
  writeFileSync(`${outdir}/${name}.gz`, gzipSync(script, { level: 9 }));
  writeFileSync(`${outdir}/${name}.br`, brotliCompressSync(script));
}
