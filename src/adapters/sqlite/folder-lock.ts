import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';

/** How long a start waits for the process before it to let go of the folder, in milliseconds. */
const LOCK_WAIT_MS = 5_000;
const LOCK_RETRY_MS = 100;

export interface FolderLock {
  release(): void;
}

/** A data folder that another process works in. */
export class FolderInUse extends Error {
  constructor(folder: string) {
    super(`the data folder ${folder} is in use by another Playhead process`);
    this.name = 'FolderInUse';
  }
}

/**
 * Keeps every other process out of a data folder: an open exclusive transaction on a database
 * of its own. The system ends it with the process, however that dies; a file with a process id
 * would stay.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    const connection = new Database(join(folder, 'lock.db'));
    try {
      connection.exec('BEGIN EXCLUSIVE');
      return {
        release: () => {
          connection.close();
        },
      };
    } catch (error) {
      connection.close();
      if (!isBusy(error)) throw error;
      if (Date.now() >= deadline) throw new FolderInUse(folder);
    }
    await sleep(LOCK_RETRY_MS);
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
