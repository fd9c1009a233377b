import { chmod, copyFile, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file that is whole and on disk when this resolves; a rejection leaves no such file. */
export function writeDurably(path: string, text: string): Promise<void> {
  return appearing(path, async (partial) => {
    const file = await open(partial, 'w', OWNER_ONLY);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

const OWNER_ONLY = 0o600;

/** Returns the name of a file while it is being written. */
export const partialOf = (path: string): string => `${path}.partial`;

/** Copies a file into one that is whole and on disk when this resolves. */
export function copyDurably(from: string, to: string): Promise<void> {
  return appearing(to, async (partial) => {
    await copyFile(from, partial);
    await chmod(partial, OWNER_ONLY);
    const file = await open(partial, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

async function appearing(path: string, write: (partial: string) => Promise<void>): Promise<void> {
  const partial = partialOf(path);
  try {
    await write(partial);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the names in a folder outlive a crash of the machine, where the system can. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems, mostly of networks, have no such call for folders.
    if (!['EINVAL', 'ENOTSUP'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  } finally {
    await handle.close();
  }
}
