import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of this run of the tests, known to all of its processes. */
export const testRunFolder = (): string | undefined => process.env.TEST_RUN_FOLDER;

/** Notes which server tests run against, for the line at the end of the run. */
export const noteServer = (name: string): void => {
  note(`servers: ${name}`);
};

/** Notes what is left out, and how to turn it on. */
export const noteSkipped = (what: string): void => {
  note(`skipped: ${what}`);
};

function note(text: string): void {
  const folder = testRunFolder();
  if (folder === undefined) process.stderr.write(`${text}\n`);
  else writeFileSync(join(folder, encodeURIComponent(text)), '');
}
