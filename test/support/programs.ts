import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { noteServer, noteSkipped } from './test-run.js';

/** Debian keeps servers apart from what everybody calls. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];

/** The path of a program of this machine; undefined where there is none. */
export const programPath = (name: string): string | undefined =>
  FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));

/** Tests that need programs; left out, and named as such, where one is missing. */
export function describeWithPrograms(
  programs: readonly string[],
  title: string,
  tests: () => void,
): void {
  const missing = programs.filter((name) => programPath(name) === undefined);
  if (missing.length === 0) {
    for (const name of programs) noteServer(`${name} at ${programPath(name) ?? ''}`);
    describe(title, tests);
    return;
  }
  noteSkipped(`${title} (needs ${missing.join(' and ')} on the PATH)`);
  describe.skip(title, () => {
    test.todo('needs programs that this machine does not have');
  });
}
