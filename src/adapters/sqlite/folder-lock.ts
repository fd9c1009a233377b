import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { atFile } from './file-faults.js';

/** How long a start waits for the process before it to let go of the folder, in milliseconds. */
const LOCK_WAIT_MS = 5_000;
const LOCK_RETRY_MS = 100;

/** It stays when the folder is let go of: who waits for it has it open. */
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

/**
 * Keeps every other process out of a data folder: an open exclusive transaction on a database
 * of its own. The system ends it with the process, however that dies; a file with a process id
 * would stay.
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

/** Undefined while another process holds it. */
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
