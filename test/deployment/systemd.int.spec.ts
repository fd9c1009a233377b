import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../src/config.js';
import { KEY_NAMES } from '../../src/settings.js';
import { read } from '../docs/markdown.js';
import { withKey } from '../support/http.js';
import { describeWithPrograms, programPath } from '../support/programs.js';
import { endLeftovers, startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** The most exposure that `systemd-analyze security` may find, in tenths; 100 is no protection. */
const EXPOSURE_MAX = 15;

const unit = read('deploy/systemd/playhead.service');
/** What the unit says under a name, each time that it does. */
const all = (name: string): readonly string[] =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
const only = (name: string): string => {
  const [value = '', ...more] = all(name);
  expect([name, more]).toEqual([name, []]);
  return value;
};

const folder = temporaryFolder();
afterAll(async () => {
  await endLeftovers();
  removeFolder(folder);
});

/** The environment of the service, with the folders that systemd would give it. */
function environment(credentials: string, state: string): Readonly<Record<string, string>> {
  const words = all('Environment').flatMap((line) => line.split(' '));
  return Object.fromEntries(
    words.map((word) => {
      const [name = '', value = ''] = word.split('=');
      return [name, value.replace('%d', credentials).replace('%S', state)] as const;
    }),
  );
}

describe('the unit of systemd', () => {
  it('is restarted, unless a person has to put something right', () => {
    expect(only('Restart')).toBe('always');
    const { 1: status } = /EX_CONFIG = (\d+)/.exec(read('src/composition/start-failure.ts')) ?? [];
    expect(only('RestartPreventExitStatus')).toBe(status);
    expect(only('StartLimitIntervalSec')).toBe('0');
  });

  it('gives the server the time for an orderly stop, and asks the server alone', () => {
    expect(Number(only('TimeoutStopSec'))).toBeGreaterThan(readConfig({}).shutdownGraceSeconds);
    expect(only('KillMode')).toBe('mixed');
  });

  it('lets V8 write the code that it runs, and no more than it needs besides', () => {
    expect(all('MemoryDenyWriteExecute')).toEqual([]);
    for (const name of ['NoNewPrivileges', 'PrivateTmp', 'ProtectHome', 'RestrictNamespaces']) {
      expect([name, only(name)]).toEqual([name, 'yes']);
    }
    expect([only('ProtectSystem'), only('CapabilityBoundingSet')]).toEqual(['strict', '']);
  });

  it('starts the server as it is built, on the state folder, with every key from a file', async () => {
    const [, script = ''] = only('ExecStart').split(' ');
    expect(existsSync(script)).toBe(true);
    const credentials = join(folder, 'credentials');
    mkdirSync(credentials);
    const names = all('LoadCredential').map((line) => line.split(':')[0] ?? '');
    expect(names).toEqual(KEY_NAMES.map((name) => name.toLowerCase().replace('_', '-')));
    for (const name of names) writeFileSync(join(credentials, name), `the-${name}-of-the-unit\n`);
    const settings = environment(credentials, folder);
    expect(settings.DATA_DIR).toBe(join(folder, only('StateDirectory')));
    const server = await startServer(settings.DATA_DIR ?? '', settings, script);
    const statusOf = async (name: string): Promise<number> =>
      (await fetch(`${server.url}/metrics`, { headers: withKey(`the-${name}-of-the-unit`) }))
        .status;
    expect(await Promise.all(names.map(statusOf))).toEqual([403, 200, 200]);
    expect(await server.stop()).toBe(0);
  });
});

describeWithPrograms(['systemd-analyze'], 'systemd itself, of the unit', () => {
  const path = join(folder, 'playhead.service');
  beforeAll(() => {
    writeFileSync(path, unit.replace('/usr/bin/node', process.execPath));
  });
  const analyze = (of: string, ...words: readonly string[]) => {
    const program = programPath('systemd-analyze') ?? '';
    const { status, stdout, stderr } = spawnSync(program, [...words, of], { encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };
  const faultsOf = (of: string): readonly string[] =>
    analyze(of, 'verify')
      .said.split('\n')
      .filter((line) => line.includes(of));

  it('finds no fault in it', () => {
    expect(faultsOf(path)).toEqual([]);
  });

  it('would find one', () => {
    const faulty = join(folder, 'faulty.service');
    writeFileSync(faulty, unit.replace('Restart=always', 'Restart=often'));
    expect(faultsOf(faulty)).toHaveLength(1);
  });

  it('finds little that the service could do beyond its work', () => {
    const threshold = `--threshold=${String(EXPOSURE_MAX)}`;
    const { status, said } = analyze(path, 'security', '--offline=true', threshold);
    expect([status, said.split('\n').filter((line) => line.startsWith('→'))]).toEqual([
      0,
      [expect.stringContaining('OK')],
    ]);
  });
});
