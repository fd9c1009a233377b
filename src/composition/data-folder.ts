import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { keptPositionPath } from '../adapters/event-store/embedded/kept-position.js';
import { lockFolder, LOCK_FILE, type FolderLock } from '../adapters/sqlite/folder-lock.js';
import { partialOf } from '../adapters/system/durable-files.js';
import { closeToOthers, makeFolder } from '../adapters/system/owner-only.js';
import { LOG_FILE, READ_MODELS_FOLDER } from './locations.js';
import { VIEWER_SECRET_FILE } from './viewer-secret.js';

/** A data folder that no other process works in. */
export class DataFolder {
  /** Files that stay even if they are new and the start fails. */
  private kept: readonly string[] = [];

  private constructor(
    private readonly path: string,
    private readonly lock: FolderLock,
    private readonly found: readonly string[],
  ) {}

  /** Locks a folder, and makes it if needed; throws FolderInUse if another process has it. */
  static async enter(path: string): Promise<DataFolder> {
    makeFolder(path);
    const lock = await lockFolder(path);
    return new DataFolder(path, lock, readdirSync(path));
  }

  /**
   * Takes every right to the folder, and to Playhead's files in it, from all but the owner: an
   * earlier release, or whoever made the folder, may have left some. Where that fails, as on some
   * mounts, a returned line tells the operator.
   */
  closeToOthers(): readonly string[] {
    const own = [...LOCK, ...LOG, ...SECRET, READ_MODELS_FOLDER];
    const here = readdirSync(this.path).filter((name) => own.includes(name));
    const readModels = join(this.path, READ_MODELS_FOLDER);
    const there = existsSync(readModels) ? readdirSync(readModels) : [];
    return closeToOthers([
      this.path,
      ...here.map((name) => join(this.path, name)),
      ...there.map((name) => join(readModels, name)),
    ]);
  }

  /**
   * Keeps the log and its secret, even if the start fails later. Call it before the log gets its
   * identity, if another store will know the log by that; a log that was there is kept anyway.
   */
  keepLog(isKnownElsewhere: boolean): void {
    if (isKnownElsewhere || !this.isNew(LOG_FILE)) this.kept = [...LOG, ...SECRET];
  }

  /** Unlocks the folder. If the start failed, first removes the files that it made there. */
  leave(isFailed: boolean): void {
    const own = [...SECRET, READ_MODELS_FOLDER, ...(this.isNew(LOG_FILE) ? LOG : [])];
    const made = own.filter((name) => this.isNew(name) && !this.kept.includes(name));
    try {
      for (const name of isFailed ? made : []) {
        rmSync(join(this.path, name), { recursive: true, force: true });
      }
    } finally {
      // The lock's file stays, as a waiting process has it open.
      this.lock.release();
    }
  }

  private isNew(name: string): boolean {
    return !this.found.includes(name);
  }
}

const withItsParts = (file: string): readonly string[] =>
  ['', '-wal', '-shm', '-journal'].map((suffix) => `${file}${suffix}`);

const LOCK = withItsParts(LOCK_FILE);
const LOG = [...withItsParts(LOG_FILE), keptPositionPath(LOG_FILE)];
const SECRET = [VIEWER_SECRET_FILE, partialOf(VIEWER_SECRET_FILE)];
