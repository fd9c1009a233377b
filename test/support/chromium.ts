import { chromiumPath, missingParts } from '../../examples/recorder/browser.js';
import { noteServer, noteSkipped } from './test-run.js';

/** Tests that play media in a browser; left out, and named as such, where a part is missing. */
export function describeWithChromium(title: string, tests: () => void): void {
  const missing = missingParts();
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
