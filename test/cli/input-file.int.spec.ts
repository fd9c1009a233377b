import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statFile } from '../../src/cli/input-file.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
afterAll(() => {
  removeFolder(folder);
});

test('a file that a command is given is told from a folder, and from nothing', async () => {
  const file = join(folder, 'titles.csv');
  writeFileSync(file, 'four');
  expect((await statFile(file)).size).toBe(4);
  await expect(statFile(folder)).rejects.toThrow(`${folder} is no file`);
  for (const nothing of [`${file}s`, join(file, 'below')]) {
    await expect(statFile(nothing)).rejects.toThrow(`there is no file ${nothing}`);
  }
});
