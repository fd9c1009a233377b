import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { WrongUsage } from './failure.js';

/** Returns the system's facts on a file that a command is given; WrongUsage if it is no file. */
export async function statFile(file: string): Promise<Stats> {
  if (file === '-') throw new WrongUsage(`standard input ${NOT_AGAIN}`);
  const found = await stat(file).catch((error: unknown) => {
    if (!NOTHING.has((error as NodeJS.ErrnoException).code)) throw error;
    throw new WrongUsage(`there is no file ${file}`);
  });
  // A regular file has a size and can be read again; what comes through a pipe cannot.
  if (found.isDirectory()) throw new WrongUsage(`${file} is no file`);
  if (!found.isFile()) {
    throw new WrongUsage(`${file} ${NOT_AGAIN}`);
  }
  return found;
}

/** Error codes for a path that leads to nothing. */
const NOTHING: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR']);
const NOT_AGAIN = 'cannot be read twice, as a file can: save it in one, and name that';
