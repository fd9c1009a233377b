import { statSync } from 'node:fs';
import { FileFault } from '../../sqlite/file-faults.js';

/**
 * Knows whether the files of a database are still those that were opened. The system lets a process
 * write to a file that was removed or replaced: that data is gone when the process ends.
 */
export class OpenedFiles {
  private readonly opened;

  /** Remembers the files. The caller has them open, and has read from them. */
  constructor(path: string) {
    this.opened = ENDINGS.map((ending) => {
      const file = path + ending;
      return { file, identity: identityOf(file) };
    });
  }

  /** Throws a FileFault if one of the files is not where it was. Takes some microseconds. */
  assertThere(): void {
    for (const { file, identity } of this.opened) {
      if (identityOf(file) === identity) continue;
      throw new FileFault(
        file,
        'ESTALE',
        'the file was removed or replaced while the server has it open: put that file back, or ' +
          'stop the server and restore a backup',
      );
    }
  }
}

/** The files of a database that hold what was committed. */
const ENDINGS = ['', '-wal'];

/** Returns the number by which the file system knows a file; undefined if it is not there. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${String(found.dev)}-${String(found.ino)}`;
}
