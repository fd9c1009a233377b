import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** A program of two files, built as ours is. */
const folder = temporaryFolder();
const NEST = resolve('node_modules/@nestjs/cli/bin/nest.js');
const build = (): void => {
  const { status, stdout } = spawnSync(process.execPath, [NEST, 'build'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
};
const write = (name: string, text: string): void => {
  writeFileSync(join(folder, 'src', name), text);
};
/** What identifies a file and its last change. */
const markOf = (name: string): string => {
  const { ino, mtimeMs } = statSync(join(folder, 'dist', 'src', name));
  return `${String(ino)} ${String(mtimeMs)}`;
};

beforeAll(() => {
  for (const name of ['nest-cli.json', 'tsconfig.json', 'tsconfig.build.json']) {
    copyFileSync(name, join(folder, name));
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'src'));
  write('main.ts', "import './later.js';\n");
  write('later.ts', 'export const later = 1;\n');
  build();
});
afterAll(() => {
  removeFolder(folder);
});

describe('a build while a server runs from the one before', () => {
  it('leaves every file as it is where the sources are the same', () => {
    const before = ['main.js', 'later.js'].map(markOf);
    build();
    expect(['main.js', 'later.js'].map(markOf)).toEqual(before);
  });

  it('leaves the files that the server was joined into', () => {
    const marks = (): readonly string[] =>
      readdirSync('dist/server').map((name) => {
        const { ino, mtimeMs } = statSync(join('dist/server', name));
        return `${name} ${String(ino)} ${String(mtimeMs)}`;
      });
    const before = marks();
    const { status, stderr } = spawnSync(process.execPath, ['scripts/bundle-server.js']);
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
    expect(before).toContainEqual(expect.stringMatching(/^serve\.js /));
    expect(marks()).toEqual(before);
  });

  it('joins no thread that an earlier release has left', () => {
    const left = 'dist/src/left-over.worker.js';
    writeFileSync(left, "import { gone } from './settings.js';\nconsole.log(gone);\n");
    try {
      const { status, stderr } = spawnSync(process.execPath, ['scripts/bundle-server.js']);
      expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
      const made = readdirSync('dist/server');
      expect(made).toContain('projector.worker.js');
      expect(made).not.toContain('left-over.worker.js');
    } finally {
      rmSync(left);
    }
  });

  it('writes what has changed, and nothing else', () => {
    const [main, later] = ['main.js', 'later.js'].map(markOf);
    write('later.ts', 'export const later = 2;\n');
    build();
    expect(markOf('main.js')).toBe(main);
    expect(markOf('later.js')).not.toBe(later);
  });

  it('makes what is not there, once the folder is removed', () => {
    removeFolder(join(folder, 'dist'));
    build();
    expect(markOf('main.js')).toBeDefined();
  });
});
