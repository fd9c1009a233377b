import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
beforeAll(() => {
  for (const file of ['launch.cjs', 'package.json']) cpSync(file, join(folder, file));
});
afterAll(() => {
  removeFolder(folder);
});

const launch = (...words: readonly string[]) =>
  spawnSync(process.execPath, [join(folder, 'launch.cjs'), ...words], { encoding: 'utf8' });

describe('a clone in which something is still to be done', () => {
  it('says in one line that its packages are not installed', () => {
    const { stderr, status } = launch();
    expect([stderr, status]).toEqual([
      'playhead: its packages are not installed: run npm ci\n',
      69,
    ]);
  });

  it('says in one line that it is not built', () => {
    mkdirSync(join(folder, 'node_modules', '@nestjs'), { recursive: true });
    expect(launch().status).toBe(0);
    for (const program of ['dist/src/main.js', 'dist/src/cli/main.js']) {
      const { stderr, status } = launch(program);
      expect([stderr, status]).toEqual(['playhead: it is not built: run npm run build\n', 69]);
    }
  });
});
