import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { atFile } from './file-faults.js';

/**
 * Keeps every other process out of a data folder, by an open exclusive transaction on a database of
 * its own. The system ends it with the process, however that dies; a file with a process id would
 * stay.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, LOCK_FILE);
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    const lock = atFile(path, () => tryLock(path));
    if (lock !== undefined) return lock;
    if (Date.now() >= deadline) throw new FolderInUse(folder);
    await sleep(LOCK_RETRY_MS);
  }
}

/** The time in milliseconds that a start waits for an earlier process to release the folder. */
const LOCK_WAIT_MS = 5_000;
const LOCK_RETRY_MS = 100;

/** The file of the lock. It stays after a release: a process that waits for it has it open. */
export const LOCK_FILE = 'lock.db';

export interface FolderLock {
  release(): void;
}

/** A data folder that another process works in. */
export class FolderInUse extends Error {
  constructor(folder: string) {
    const what = 'end it, or set DATA_DIR to another folder';
    super(`the data folder ${folder} is in use by another Playhead process: ${what}`);
    this.name = 'FolderInUse';
  }
}

/** Takes the lock; undefined while another process holds it. */
function tryLock(path: string): FolderLock | undefined {
  const connection = new Database(path);
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
    return undefined;
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
