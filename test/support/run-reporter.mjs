import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY_FOLDER = '/dev/shm';
/** What the databases of a run take at most, bytes. */
const NEEDED_BYTES = 6 * 2 ** 30;

/**
 * Gives the files of a run a place, and tells at its end which servers the tests really used, and
 * what was left out.
 */
export default class RunReporter {
  constructor() {
    this.folder = mkdtempSync(join(placeForFiles(), 'playhead-test-run-'));
    // Other users start servers in it, too.
    chmodSync(this.folder, 0o755);
    const temporary = join(this.folder, 'temporary');
    mkdirSync(temporary);
    // Jest's workers, which begin later, find these in their environment.
    process.env.TEST_RUN_FOLDER = this.folder;
    process.env.TMPDIR = temporary;
  }

  onRunComplete() {
    const notes = readdirSync(this.folder).map(decodeURIComponent);
    rmSync(this.folder, { recursive: true });
    for (const kind of ['servers', 'skipped']) {
      const texts = notes.flatMap((note) =>
        note.startsWith(kind) ? [note.slice(kind.length + 2)] : [],
      );
      if (texts.length > 0) process.stderr.write(`${kind}: ${texts.sort().join(' · ')}\n`);
    }
  }
}

/**
 * Databases sync each write, for which tests wait on many disks three quarters of their time. So
 * their files lie in memory where there is enough of it, unless TMPDIR names a place.
 */
function placeForFiles() {
  if (process.env.TMPDIR !== undefined || !existsSync(MEMORY_FOLDER)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
  return Math.min(bavail * bsize, freemem()) < NEEDED_BYTES ? tmpdir() : MEMORY_FOLDER;
}
