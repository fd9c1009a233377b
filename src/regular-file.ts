import { readFileSync, statSync } from 'node:fs';

/**
 * Reads a regular file. It refuses a pipe, whose text might never come. Every error names the file
 * in its `path`, as those of the system do.
 */
export function readRegularFile(path: string): string {
  try {
    const found = statSync(path);
    if (!found.isFile() && !found.isDirectory()) throw new IrregularFile();
    return readFileSync(path, 'utf8');
  } catch (error) {
    // The system's error of a failed read does not say of what.
    throw Object.assign(error as Error, { path });
  }
}

class IrregularFile extends Error {
  /** As some systems name a file of the wrong type. */
  readonly code = 'EFTYPE';

  constructor() {
    super('it is no regular file');
    this.name = 'IrregularFile';
  }
}
