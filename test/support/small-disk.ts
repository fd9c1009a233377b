import { execFileSync } from 'node:child_process';
import { statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from './temporary-folder.js';
import { noteSkipped } from './test-run.js';

/**
 * A small disk of its own in a new folder; undefined, and noted as such, where this process may not
 * make one.
 */
export function smallDisk(mebibytes: number): string | undefined {
  const folder = temporaryFolder();
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${String(mebibytes)}m`, 'tmpfs', folder];
    execFileSync('mount', options, { stdio: 'ignore' });
    return folder;
  } catch {
    removeFolder(folder);
    noteSkipped('a disk that is full or read-only (needs the right to mount one: run as root)');
    return undefined;
  }
}

/** Lets a small disk be read only, or written again. */
export function remount(disk: string, how: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${how}`, disk]);
}

export function removeDisk(disk: string): void {
  // Lazily: what this process has read may not be let go of yet.
  execFileSync('umount', ['--lazy', disk]);
  removeFolder(disk);
}

const BALLAST = 'ballast';

/** Takes what is free on a disk but for so many bytes; returns how to give it back. */
export function fill(disk: string, leftBytes: number): () => void {
  const path = join(disk, BALLAST);
  const { bavail, bsize } = statfsSync(disk);
  try {
    writeFileSync(path, Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)));
  } catch (error) {
    // Somebody has taken what was to be left: the disk is full, too.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  return () => {
    removeFolder(path);
  };
}
