import { chmodSync, statSync } from 'node:fs';

/** Modes that leave everything to the owner alone. */
export const OWNER_ONLY = { folder: 0o700, file: 0o600 } as const;
/** Any right of the group or of all others. */
const OTHERS = 0o077;
/** Of a folder in which many work, such as /tmp: it is not ours to close. */
const STICKY = 0o1000;
/** What the system says of a mode that this user, or anybody, cannot change. */
const UNCHANGEABLE: ReadonlySet<unknown> = new Set([
  'EACCES',
  'ENOENT',
  'ENOTSUP',
  'EPERM',
  'EROFS',
]);

/**
 * Takes every right from all but the owner. Where that cannot be done, as on some mounts, a line
 * for the operator says so.
 */
export function closeToOthers(paths: readonly string[]): readonly string[] {
  const open = paths.filter((path) => !isClosed(path));
  if (open.length === 0) return [];
  return [`others on this machine may reach ${open.join(', ')}: chmod has no effect there`];
}

/** Whether only the owner has rights, if need be from now on. */
function isClosed(path: string): boolean {
  // What is gone by now, as the files beside a database may be, nobody reaches.
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
