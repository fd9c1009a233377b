import { readFileSync, statSync } from 'node:fs';

/** The text of a regular file. What comes through a pipe might never come, and is not awaited. */
export function readRegularFile(path: string): string {
  const found = statSync(path);
  if (!found.isFile() && !found.isDirectory()) throw new Error('it is no regular file');
  return readFileSync(path, 'utf8');
}
