import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './server.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

const PRELOAD = new URL('shifted-clock.mjs', import.meta.url).href;

/** The time of day of a server's machine, which a test sets. */
export class ShiftedMachine {
  private readonly folder = temporaryFolder();

  constructor(offsetMs = 0) {
    this.set(offsetMs);
  }

  /** For the server that is to go by it. */
  get environment(): Environment {
    return { NODE_OPTIONS: `--import ${PRELOAD}`, CLOCK_OFFSET_FILE: this.path };
  }

  /** Sets it so far ahead of the true time, at once. */
  set(offsetMs: number): void {
    writeFileSync(`${this.path}.new`, String(offsetMs));
    renameSync(`${this.path}.new`, this.path);
  }

  remove(): void {
    removeFolder(this.folder);
  }

  private get path(): string {
    return join(this.folder, 'offset');
  }
}
