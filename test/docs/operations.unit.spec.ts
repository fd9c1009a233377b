import { PassThrough } from 'node:stream';
import { runProgram } from '../../src/cli/program.js';
import { readConfig } from '../../src/config.js';
import { quotedIn, read, tableRows } from './markdown.js';

const text = read('docs/operations.md');
const source = read('src/settings.ts');

/** The names in the part of settings.ts that a pattern finds. */
function namesIn(part: RegExp, name: RegExp): readonly string[] {
  const found = part.exec(source)?.[1] ?? '';
  return [...found.matchAll(name)].map(([, setting = '']) => setting);
}

const settings = namesIn(/const SETTINGS = z\.object\({\n(.*?)^}\);/ms, /^ {2}([A-Z_]+):/gm);
const fileSettings = namesIn(/const FILE_SETTINGS = \[(.*?)\]/s, /'([A-Z_]+)'/g);

const rows = tableRows(text, 'variable').map(([variable = '', byDefault = '', meaning = '']) => ({
  name: quotedIn(variable)[0] ?? '',
  byDefault: quotedIn(byDefault)[0],
  meaning,
}));

describe('docs/operations.md', () => {
  it('lists the settings of settings.ts in their order, and none else', () => {
    expect(settings.length).toBeGreaterThan(10);
    expect(rows.map(({ name }) => name)).toEqual(settings);
  });

  it('states the defaults: setting a variable to its own changes nothing', () => {
    const defaults = rows.flatMap(({ name, byDefault }) =>
      byDefault === undefined ? [] : [[name, byDefault] as const],
    );
    expect(defaults.length).toBeGreaterThan(9);
    expect(readConfig(Object.fromEntries(defaults))).toEqual(readConfig({}));
  });

  it('leaves the default open only where config.ts has none', () => {
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
    const open = rows.filter(({ byDefault }) => byDefault === undefined);
    expect(open.map(({ name }) => name)).toEqual([
      ...['EVENTSTORE_URL', 'MONGODB_URL', 'INGEST_KEY', 'READ_KEY', 'ADMIN_KEY'],
      ...['VIEWER_SECRET', 'RETENTION_DAYS'],
      ...['CORS_ORIGINS', 'RATE_LIMIT_EVENTS_PER_SECOND', 'RATE_LIMIT_QUERY_COST_PER_SECOND'],
      ...['TRUST_PROXY', 'INTROSPECTION'],
    ]);
  });

  it('names the settings that may be given as a file', () => {
    const quoted = rows.flatMap(({ meaning }) => quotedIn(meaning));
    const named = quoted.filter((name) => name.endsWith('_FILE'));
    expect(named).toEqual(fileSettings.map((name) => `${name}_FILE`));
  });

  it('states the exit statuses that main.ts ends with', () => {
    const constants = [...read('src/main.ts').matchAll(/const EX_\w+ = (\d+);/g)];
    const documented = tableRows(text, 'status').map(([status]) => status);
    expect(documented).toEqual(['0', '1', ...constants.map(([, status]) => status)]);
  });

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
    expect(commands).toHaveLength(2);
    for (const [, command] of commands) expect(text).toContain(`\n${String(command)}\n`);
  });
});
