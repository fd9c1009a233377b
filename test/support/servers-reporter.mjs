import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Tells at the end of a run which servers the tests really used, and what was left out. */
export default class ServersReporter {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'playhead-test-run-'));
    // Jest's workers, which begin later, find it in their environment.
    process.env.TEST_RUN_FOLDER = this.folder;
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
