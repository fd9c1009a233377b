import { PassThrough } from 'node:stream';
import { withSettings } from '../../scripts/settings-table.js';
import { runProgram } from '../../src/cli/program.js';
import { readConfig } from '../../src/config.js';
import { quotedIn, read, tableRows } from './markdown.js';

const text = read('docs/operations.md');

describe('docs/operations.md', () => {
  it('lists the settings as their schema has them; npm run settings writes them anew', () => {
    expect(text).toBe(withSettings(text));
  });

  it('states the defaults: setting a variable to its own changes nothing', () => {
    const defaults = tableRows(text, 'variable').flatMap(([variable = '', byDefault = '']) =>
      quotedIn(byDefault).map((value) => [quotedIn(variable)[0] ?? '', value] as const),
    );
    expect(defaults.length).toBeGreaterThan(9);
    expect(readConfig(Object.fromEntries(defaults))).toEqual(readConfig({}));
  });

  it('says of what is left unset what config.ts makes of it', () => {
    const config = readConfig({});
    expect([config.viewerSecret, config.retentionDays]).toEqual([undefined, undefined]);
    expect(config.keys).toEqual({ ingest: [], read: [], admin: [] });
    expect([config.eventsPerSecondMax, config.queryCostPerSecondMax]).toEqual([
      undefined,
      undefined,
    ]);
    expect([config.corsOrigins, config.trustProxy, config.hasIntrospection]).toEqual([
      [],
      false,
      true,
    ]);
  });

  it.each(['src/composition/start-failure.ts', 'launch.cjs'])(
    'states the exit statuses of %s',
    (file) => {
      const constants = [...read(file).matchAll(/(?:const|var) EX_\w+ = (\d+);/g)];
      const documented = tableRows(text, 'status').map(([status]) => status);
      expect(documented).toEqual(['0', '1', ...constants.map(([, status]) => status)]);
    },
  );

  it('lists the commands of the command line, and none else', async () => {
    const stdout = new PassThrough();
    const options = { stdout, stderr: new PassThrough(), environment: {} };
    const { signal } = new AbortController();
    expect(await runProgram(['--help'], { ...options, interruption: signal })).toBe(0);
    const help = /^Commands:\n(.*?)\n\n/ms.exec(String(stdout.read()))?.[1] ?? '';
    const commands = [...help.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    const documented = tableRows(text, 'command').map(
      ([command]) => /\w+/.exec(command ?? '')?.[0],
    );
    expect(documented).toEqual(commands.filter((name) => name !== 'help'));
  });

  it('shows the commands of docker-compose.yml as its head does', () => {
    const commands = [...read('docker-compose.yml').matchAll(/^#.*: +(docker compose .*)$/gm)];
    expect(commands).toHaveLength(3);
    for (const [, command] of commands) expect(text).toContain(`\n${String(command)}\n`);
  });
});
