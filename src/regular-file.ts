import { readFileSync, statSync } from 'node:fs';

/** Reads a regular file. It refuses a pipe, whose text might never come. */
export function readRegularFile(path: string): string {
  const found = statSync(path);
  if (!found.isFile() && !found.isDirectory()) throw new Error('it is no regular file');
  return readFileSync(path, 'utf8');
}
