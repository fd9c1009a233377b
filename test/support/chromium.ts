import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromiumPath } from '../../examples/recorder/browser.js';
import { noteServer, noteSkipped } from './test-run.js';

/** Tests that play media in a browser; left out, and named as such, where a part is missing. */
export function describeWithChromium(title: string, tests: () => void): void {
  const missing = [
    ...(existsSync(chromiumPath) ? [] : ['Chromium: CHROMIUM_PATH may name one']),
    ...(spawnSync('ffmpeg', ['-version']).status === 0 ? [] : ['ffmpeg on the PATH']),
  ];
  if (missing.length === 0) {
    noteServer(`Chromium at ${chromiumPath}`);
    describe(title, tests);
    return;
  }
  noteSkipped(`${title} (no ${missing.join(', no ')})`);
  describe.skip(title, () => {
    test.todo('needs a browser and a stream for it');
  });
}
