import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Takes every right from all but the owner. Returns a line for the operator where that cannot be
 * done, as on some mounts.
 */
export function closeToOthers(paths: readonly string[]): readonly string[] {
  const open = paths.filter((path) => !isClosed(path));
  if (open.length === 0) return [];
  return [`others on this machine may reach ${open.join(', ')}: chmod has no effect there`];
}

/** Modes that give rights to the owner alone. */
const OWNER_ONLY = { folder: 0o700, file: 0o600 } as const;
/** The rights of the group and of all others. */
const OTHERS = 0o077;
/** The mark of a folder for many users, such as /tmp: it is not ours to close. */
const STICKY = 0o1000;
/** The system's codes for a mode that this user, or anybody, cannot change. */
const UNCHANGEABLE: ReadonlySet<unknown> = new Set([
  'EACCES',
  'ENOENT',
  'ENOTSUP',
  'EPERM',
  'EROFS',
]);

/** Says whether only the owner has rights; takes other rights away if need be. */
function isClosed(path: string): boolean {
  // A file that is gone by now, such as one beside a database, is out of reach.
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || process.platform === 'win32' || (found.mode & OTHERS) === 0)
    return true;
  if ((found.mode & STICKY) !== 0) return false;
  try {
    chmodSync(path, found.isDirectory() ? OWNER_ONLY.folder : OWNER_ONLY.file);
  } catch (error) {
    if (!UNCHANGEABLE.has((error as NodeJS.ErrnoException).code)) throw error;
  }
  // Some file systems take the call and change nothing.
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS) === 0;
}

/**
 * Makes a folder and its parents, if they are not there, for the owner alone. Node's own recursive
 * mkdir never ends where the system lets nobody make a folder, as in /proc, and elsewhere does not
 * say why it failed.
 */
export function makeFolder(path: string): void {
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
