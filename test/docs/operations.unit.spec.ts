import { BadConfig, readConfig } from '../../src/config.js';
import { quotedIn, read, tableRows } from './markdown.js';

const text = read('docs/operations.md');
const source = read('src/config.ts');

/** The names in the part of config.ts that a pattern finds. */
function namesIn(part: RegExp, name: RegExp): readonly string[] {
  const found = part.exec(source)?.[1] ?? '';
  return [...found.matchAll(name)].map(([, setting = '']) => setting);
}

const settings = namesIn(/const SETTINGS = z\.object\({\n(.*?)^}\);/ms, /^ {2}([A-Z_]+):/gm);
const fileSettings = namesIn(/const FILE_SETTINGS = \[(.*?)\]/s, /'([A-Z_]+)'/g);
const refused = namesIn(/const NOT_YET_SUPPORTED = \[(.*?)\]/s, /'([A-Z_]+)'/g);

const rows = tableRows(text, 'variable').map(([variable = '', byDefault = '', meaning = '']) => ({
  name: quotedIn(variable)[0] ?? '',
  byDefault: quotedIn(byDefault)[0],
  meaning,
}));

function faultsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof BadConfig) return error.faults;
    throw error;
  }
}

describe('docs/operations.md', () => {
  it('lists the settings of config.ts in their order, and none else', () => {
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
    const open = rows.filter(({ byDefault }) => byDefault === undefined);
    expect(open.map(({ name }) => name)).toEqual(['VIEWER_SECRET', 'RETENTION_DAYS']);
  });

  it('names the settings that may be given as a file', () => {
    const quoted = rows.flatMap(({ meaning }) => quotedIn(meaning));
    const named = quoted.filter((name) => name.endsWith('_FILE'));
    expect(named).toEqual(fileSettings.map((name) => `${name}_FILE`));
  });

  it('names the settings that are refused, and refused they are', () => {
    const paragraph = /These belong to later releases\..*?\n\n/s.exec(text)?.[0] ?? '';
    expect(quotedIn(paragraph)).toEqual(refused);
    for (const name of refused) {
      expect(faultsOf({ [name]: 'x' })).toEqual([expect.stringContaining(name)]);
    }
  });

  it('states the exit statuses that main.ts ends with', () => {
    const constants = [...read('src/main.ts').matchAll(/const EX_\w+ = (\d+);/g)];
    const documented = tableRows(text, 'status').map(([status]) => status);
    expect(documented).toEqual(['0', '1', ...constants.map(([, status]) => status)]);
  });
});
