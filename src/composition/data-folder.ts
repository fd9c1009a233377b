import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keptPositionPath } from '../adapters/event-store/embedded/kept-position.js';
import { lockFolder, LOCK_FILE, type FolderLock } from '../adapters/sqlite/folder-lock.js';
import { partialOf } from '../adapters/system/durable-files.js';
import { closeToOthers, OWNER_ONLY } from '../adapters/system/owner-only.js';
import { LOG_FILE, READ_MODELS_FOLDER } from './locations.js';
import { VIEWER_SECRET_FILE } from './viewer-secret.js';

const withItsParts = (file: string): readonly string[] =>
  ['', '-wal', '-shm', '-journal'].map((suffix) => `${file}${suffix}`);

const LOCK = withItsParts(LOCK_FILE);
const LOG = [...withItsParts(LOG_FILE), keptPositionPath(LOG_FILE)];
const SECRET = [VIEWER_SECRET_FILE, partialOf(VIEWER_SECRET_FILE)];

/** A data folder that no other process works in. */
export class DataFolder {
  private constructor(
    private readonly path: string,
    private readonly lock: FolderLock,
    private readonly found: readonly string[],
  ) {}

  /** Takes hold of a folder, which is made if it is not there; FolderInUse if another has it. */
  static async enter(path: string): Promise<DataFolder> {
    makeFolder(path);
    const lock = await lockFolder(path);
    return new DataFolder(path, lock, readdirSync(path));
  }

  /**
   * Takes every right to the folder, and to what Playhead keeps in it, from all but the owner: an
   * earlier release, or whoever made the folder, may have left some. Where that cannot be done, as
   * on some mounts, a line for the operator says so.
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

  /** Lets go of the folder. What a start that failed has made in it is removed before. */
  leave(isFailed: boolean): void {
    const isNew = (name: string): boolean => !this.found.includes(name);
    const made = [...SECRET, READ_MODELS_FOLDER, ...(isNew(LOG_FILE) ? LOG : [])].filter(isNew);
    try {
      for (const name of isFailed ? made : []) {
        rmSync(join(this.path, name), { recursive: true, force: true });
      }
    } finally {
      // Its file stays: who waits for it has it open.
      this.lock.release();
    }
  }
}

/**
 * Makes a folder, and those that it lies in. Node does not come to an end where the system lets
 * nobody make any, as in /proc, and does not say why elsewhere.
 */
function makeFolder(path: string): void {
  const make = (): void => {
    mkdirSync(path, { mode: OWNER_ONLY.folder });
  };
  try {
    make();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    make();
  }
}
