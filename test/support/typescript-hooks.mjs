import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Node's module hooks: a `.js` that is not there is the `.ts` beside it, compiled on the way. */
export function resolve(specifier, context, next) {
  const isRelative = /^(\.{1,2}\/|file:)/.test(specifier);
  if (!isRelative || !specifier.endsWith('.js')) return next(specifier, context);
  const url = new URL(specifier, context.parentURL);
  const source = new URL(url.href.replace(/\.js$/, '.ts'));
  if (existsSync(url) || !existsSync(source)) return next(specifier, context);
  return { url: source.href, shortCircuit: true };
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url);
  const text = await readFile(path, 'utf8');
  return { format: 'module', source: await compiled(path, text), shortCircuit: true };
}

/**
 * Compiles a file. A run of tests starts hundreds of threads and processes: it compiles each file
 * once, and only the first ones load the compiler.
 */
async function compiled(path, text) {
  const { TEST_RUN_FOLDER } = process.env;
  if (TEST_RUN_FOLDER === undefined) return compile(path, text);
  const folder = join(TEST_RUN_FOLDER, 'compiled');
  const kept = join(folder, createHash('sha256').update(path).update(text).digest('hex'));
  if (existsSync(kept)) return readFile(kept, 'utf8');
  const code = await compile(path, text);
  const draft = `${kept}.${randomUUID()}`;
  await mkdir(folder, { recursive: true });
  await writeFile(draft, code);
  await rename(draft, kept);
  return code;
}

async function compile(filename, text) {
  const { transform } = await import('@swc/core');
  const { code } = await transform(text, {
    filename,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  });
  return code;
}
