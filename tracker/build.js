/** Makes the tracker: the script that `GET /playhead.js` serves, and a module for bundlers. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { minify } from '@swc/core';
import { build } from 'esbuild';

/** Members of the tracker's own objects, which nobody outside sees: they get short names. */
const INTERNAL = [
  ...['isStarted', 'isEnded', 'isTold', 'isStallTold', 'pausedAt', 'stalledAt', 'soughtAt'],
  ...['askedAt', 'watchedMs', 'takeBytes', 'reports', 'failure', 'heartbeat', 'joinIn'],
  ...['look', 'jump', 'leave', 'take', 'tell', 'begin', 'sendNow', 'parts', 'position', 'reach'],
  ...['adapt', 'merge', 'openStore', 'words', 'isLive', 'isMending', 'teller', 'mend'],
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
for (const name of ['core.js', 'playhead.js', 'playhead.module.js']) {
  const file = `${outdir}/${name}`;
  // What esbuild leaves is made a few percent smaller still.
  const { code } = await minify(readFileSync(file, 'utf8'), {
    module: name !== 'playhead.js',
    ecma: 2022,
    compress: { passes: 3, toplevel: true, ecma: 2022 },
    mangle: { toplevel: true },
  });
  writeFileSync(file, code);
}
copyFileSync('tracker/playhead.module.d.ts', `${outdir}/playhead.module.d.ts`);
for (const name of ['playhead.js', 'playhead.module.js']) {
  const script = readFileSync(`${outdir}/${name}`);
  writeFileSync(`${outdir}/${name}.gz`, gzipSync(script, { level: 9 }));
  writeFileSync(`${outdir}/${name}.br`, brotliCompressSync(script));
}
