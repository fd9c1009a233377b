import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { failureOf, run } from './command-line.js';

const folder = temporaryFolder();
afterAll(() => {
  removeFolder(folder);
});

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const COMMANDS = [
  ...[
    'keys generate',
    'media register',
    'report',
    'import',
    'backup',
    'restore',
    'migrate',
    'take-over',
    'projections',
    'rebuild',
    'rollback',
  ],
  ...['cancel', 'parked', 'parked retry', 'parked skip', 'verify'],
];

describe('help', () => {
  it('lists every command and is no failure', async () => {
    const { status, stdout, stderr } = await run(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const command of COMMANDS) {
      expect(stdout).toMatch(new RegExp(`^  ${command.replace(/ .*/, '')} `, 'm'));
    }
  });

  it.each(['', ...COMMANDS])(
    'of `%s` fits a terminal and has an example that begins with its name',
    async (command) => {
      const words = command.split(' ').filter((word) => word !== '');
      const { status, stdout } = await run([...words, '--help']);
      expect(status).toBe(0);
      const examples = /^Examples?:\n((?: {2}.+\n?)+)/m.exec(stdout)?.[1] ?? '';
      expect(examples).toContain(`playhead ${command}`.trim());
      expect(stdout).toContain('--json');
      expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    },
  );
});

describe('a command that is called wrongly', () => {
  const wrong: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] =
    [
      ['an unknown command', ['bakup'], {}],
      ['an unknown option', ['keys', 'generate', '--fast'], {}],
      ['a missing argument', ['backup'], {}],
      ['no title', ['media', 'register', 'a'], {}],
      ['a title and a file', ['media', 'register', 'a', '--file', 'b'], {}],
      ['no number of seconds', ['media', 'register', 'a', '--duration', '1:20'], {}],
      ['a title that no server takes', ['media', 'register', 'a', '--title', ' '], {}],
      ['no period', ['report', '--period', 'YEAR'], {}],
      ['a key that is none', ['report', '--key', 'a b'], {}],
      ['a key that is too short', ['report'], { READ_KEY: 'short' }],
      ['a file of a key that is not there', ['report'], { READ_KEY_FILE: join(folder, 'none') }],
      ['no address in the environment', ['report'], { PLAYHEAD_URL: 'example.org' }],
      ['one argument too many', ['backup', 'a', 'b'], {}],
      ['a data folder without a log', ['backup', join(folder, 'b')], { DATA_DIR: folder }],
      ['a database that is none', ['take-over'], { DATA_DIR: folder }],
      ['no place to copy to', ['migrate'], { DATA_DIR: folder }],
      ['a file that is not there', ['import', join(folder, 'none.ndjson')], {}],
      ['an address that is none', ['import', '--url', 'example.org', 'a'], {}],
      ['rejects that are there', ['import', '--rejects', README, README], {}],
      ['no folder for rejects', ['import', '--rejects', join(folder, 'a', 'b'), README], {}],
      ['wrong settings', ['migrate'], { EVENTSTORE_PREFIX: 'a b', VIEWER_SECRET: 'short' }],
      ['a setting given twice', ['migrate'], { EVENTSTORE_URL: 'a', EVENTSTORE_URL_FILE: 'b' }],
    ];
  it.each(wrong)('says so in one line, with status 2: %s', async (_, words, settings) => {
    const ended = await run(words, settings);
    expect(failureOf(ended)).not.toContain('short');
    expect(ended.status).toBe(2);
  });

  const known: readonly (readonly [readonly string[], string])[] = [
    [['bakup'], "unknown command 'bakup' (Did you mean backup?); known are keys, media, report, "],
    [['keys', 'genrate'], "unknown command 'genrate' (Did you mean generate?); known are generate"],
    [
      ['keys', 'generate', '--fast'],
      "unknown option '--fast'; known are --viewer-secret, --help, --json, --version",
    ],
    [['parked', 'x', '--urk', 'y'], "'--urk' (Did you mean --url?); known are --url, --key, "],
    [['report', '--period', 'YEAR'], 'Allowed choices are HOUR, DAY, WEEK, MONTH.'],
    [['verify', 'nothing'], 'streaming-analytics, bandwidth, popularity, sessions'],
  ];
  it.each(known)('is told what is known: %j', async (words, said) => {
    expect(failureOf(await run(words))).toContain(said);
  });

  it('without any command is shown the help', async () => {
    const { status, stdout, stderr } = await run([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('Usage: playhead');
  });
});

test('--version says which release it is', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(await run(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('a command that fails says why in one line, with status 1', async () => {
  const ended = await run(['restore', folder], { DATA_DIR: join(folder, 'data') });
  expect(failureOf(ended)).toContain('not a finished backup');
  expect(ended.status).toBe(1);
});

describe('keys generate', () => {
  const ROLES = ['INGEST_KEY', 'READ_KEY', 'ADMIN_KEY'];

  it('prints a line for each role that an environment file can hold', async () => {
    const { status, stdout, stderr } = await run(['keys', 'generate']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('#'))).toHaveLength(3);
    const set = lines.filter((line) => !line.startsWith('#')).map((line) => line.split('='));
    expect(set.map(([name]) => name)).toEqual(ROLES);
    for (const [, value] of set) expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('makes other keys each time, and for each role', async () => {
    const answers = [
      await run(['keys', 'generate', '--json']),
      await run(['--json', 'keys', 'generate']),
    ];
    const keys = answers.flatMap(({ stdout }) =>
      Object.values(JSON.parse(stdout) as Record<string, string>),
    );
    expect(keys).toHaveLength(6);
    expect(new Set(keys).size).toBe(6);
    for (const key of keys) expect(Buffer.from(key, 'base64url')).toHaveLength(32);
  });

  it('prints a viewer secret when asked to', async () => {
    const { stdout } = await run(['keys', 'generate', '--json', '--viewer-secret']);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual([...ROLES, 'VIEWER_SECRET']);
  });
});

test('`npm run cli` and the bin entry are the same program', () => {
  const { scripts, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly scripts: Record<string, string>;
    readonly bin: Record<string, string>;
  };
  expect(scripts.cli).toBe(`node launch.cjs ${bin.playhead ?? ''}`);
  expect(readFileSync(bin.playhead ?? '', 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});
