import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadConfig } from '../src/bad-config.js';
import { readConfig } from '../src/config.js';
import { removeFolder, temporaryFolder } from './support/temporary-folder.js';

const KEY = 'a-key-of-16-char';

function faultsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof BadConfig) return error.faults;
    throw error;
  }
}

describe('keys', () => {
  it('may be several, with commas between them', () => {
    const { keys } = readConfig({ INGEST_KEY: `${KEY}, ${KEY}2`, ADMIN_KEY: `${KEY}3` });
    expect(keys).toEqual({ ingest: [KEY, `${KEY}2`], read: [], admin: [`${KEY}3`] });
  });

  it('open one role each', () => {
    const both = `${KEY}2,${KEY}`;
    expect(faultsOf({ INGEST_KEY: KEY, READ_KEY: both, ADMIN_KEY: `${KEY}3` })).toEqual([
      'READ_KEY: holds a key of INGEST_KEY: each role needs its own',
    ]);
    expect(faultsOf({ INGEST_KEY: both, ADMIN_KEY: KEY })).toEqual([
      'ADMIN_KEY: holds a key of INGEST_KEY: each role needs its own',
    ]);
    expect(faultsOf({ READ_KEY: KEY, ADMIN_KEY: KEY })).toHaveLength(1);
  });

  it.each(['INGEST_KEY', 'READ_KEY', 'ADMIN_KEY'])('may stand in a file: %s', (name) => {
    const folder = temporaryFolder();
    const path = join(folder, 'keys');
    writeFileSync(path, `${KEY},${KEY}2\n`);
    const { keys } = readConfig({ [`${name}_FILE`]: path });
    expect(Object.values(keys).flat()).toEqual([KEY, `${KEY}2`]);
    expect(faultsOf({ [name]: KEY, [`${name}_FILE`]: path })).toHaveLength(1);
    removeFolder(folder);
  });

  it.each([
    KEY.slice(1),
    `${KEY},`,
    `${KEY},short`,
    `${KEY} and more`,
    `${KEY}ä`,
    `${KEY}\n${KEY}`,
  ])('are refused without being told: %j', (value) => {
    const faults = faultsOf({ READ_KEY: value });
    expect(faults).toEqual([expect.stringMatching(/^READ_KEY: must be keys of 16/)]);
    expect(faults.join()).not.toContain(value);
  });
});

describe('HOST', () => {
  it.each(['0.0.0.0', '::', 'playhead.example.org', '192.0.2.1'])(
    'may be %s once a key is set, whichever',
    (HOST) => {
      expect(faultsOf({ HOST })).toEqual([
        'HOST: must be one of 127.0.0.1, ::1, localhost without keys; ' +
          'set keys: npm run cli -- keys generate',
      ]);
      for (const name of ['INGEST_KEY', 'READ_KEY', 'ADMIN_KEY']) {
        expect(readConfig({ HOST, [name]: KEY }).host).toBe(HOST);
      }
    },
  );

  it('is no other text, with or without keys', () => {
    expect(faultsOf({ HOST: 'http://x/', READ_KEY: KEY })).toHaveLength(1);
  });
});

describe('INTROSPECTION', () => {
  it('is on without keys, off with them, unless it is set', () => {
    const isOn = (environment: Record<string, string>): boolean =>
      readConfig(environment).hasIntrospection;
    expect([isOn({}), isOn({ READ_KEY: KEY })]).toEqual([true, false]);
    expect(isOn({ INTROSPECTION: 'off' })).toBe(false);
    expect(isOn({ INTROSPECTION: 'on', READ_KEY: KEY })).toBe(true);
    expect(faultsOf({ INTROSPECTION: 'perhaps' })).toHaveLength(1);
  });
});

describe('what may be a mistake', () => {
  const warningsOf = (environment: Record<string, string>): readonly string[] =>
    readConfig(environment).warnings;

  it.each([
    ['RETENTION_DAY', 'RETENTION_DAYS'],
    ['PORTT', 'PORT'],
    ['log_level', 'LOG_LEVEL'],
    ['ADMINKEY_FIEL', undefined],
    ['ADMIN_KEY_FLE', 'ADMIN_KEY_FILE'],
    ['PATH', undefined],
    ['HOSTNAME', undefined],
  ])('%s looks like %s', (name, meant) => {
    const said = meant === undefined ? [] : [`${name} is no setting: did you mean ${meant}?`];
    expect(warningsOf({ [name]: '7' })).toEqual(said);
  });

  it('is none where the setting itself is given, or the other is empty', () => {
    expect(warningsOf({ PORTT: '1', PORT: '2' })).toEqual([]);
    expect(warningsOf({ PORTT: '' })).toEqual([]);
  });

  it('is to open GraphQL to pages of every origin', () => {
    const all = 'CORS_ORIGINS is *: pages of every origin may use /graphql, ';
    expect(warningsOf({ CORS_ORIGINS: '*' })).toEqual([`${all}without any key`]);
    expect(warningsOf({ CORS_ORIGINS: '*', READ_KEY: KEY })).toEqual([`${all}with a key`]);
    expect(warningsOf({ CORS_ORIGINS: 'https://example.org' })).toEqual([]);
  });
});

describe('a value that is not allowed', () => {
  it.each([
    ['PORT', '65536', 'must be 0 to 65535'],
    ['RETENTION_DAYS', '0', 'must be 1 to 36500'],
    ['LIVE_WINDOW_SECONDS', '0', 'must be 1 to 3600'],
    ['LIVE_WINDOW_SECONDS', '7.5', 'must be a whole number'],
    ['QUALIFIED_VIEW_SECONDS', '86400.001', 'must be 0 to 86400'],
    ['QUALIFIED_VIEW_SECONDS', '1.2345', 'must be a number of seconds, such as 30 or 2.5'],
    ['LOG_LEVEL', 'loud', 'must be one of fatal, error, warn, info, debug, trace, silent'],
    ['INTROSPECTION', 'perhaps', 'must be on or off'],
  ])('is told of in plain words: %s', (name, value, rule) => {
    expect(faultsOf({ [name]: value })).toEqual([`${name}: ${rule}`]);
  });
});

describe('TRUST_PROXY', () => {
  it.each([
    ['true', true],
    ['false', false],
    ['2', 2],
    ['loopback', ['loopback']],
    ['10.0.0.0/8, ::1, fd00::/8', ['10.0.0.0/8', '::1', 'fd00::/8']],
  ])('may be %s', (text, trust) => {
    expect(readConfig({ TRUST_PROXY: text }).trustProxy).toEqual(trust);
  });

  it.each([
    'yes',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::1/129',
    '10.0.0',
    '10.0.0.0/8/8',
    'example.org',
    '-1',
  ])('must not be %s', (TRUST_PROXY) => {
    expect(faultsOf({ TRUST_PROXY })).toEqual([expect.stringContaining('TRUST_PROXY')]);
  });
});

describe('what is known of who watches', () => {
  it('is the page, and no bots, where nothing is set', () => {
    const { page, bots, countryHeader, geoipFile, customDimensions } = readConfig({});
    expect([page, bots, countryHeader, geoipFile]).toEqual(['path', 'drop', undefined, undefined]);
    expect(customDimensions).toEqual([]);
  });

  it('is what is set', () => {
    const config = readConfig({
      PAGE: 'off',
      BOTS: 'keep',
      COUNTRY_HEADER: 'CF-IPCountry',
      GEOIP_FILE: '/var/lib/GeoIP/GeoLite2-Country.mmdb',
      CUSTOM_DIMENSIONS: 'channel, plan_2,Variant-B',
    });
    expect([config.page, config.bots]).toEqual(['off', 'keep']);
    expect(config.countryHeader).toBe('cf-ipcountry');
    expect(config.geoipFile).toBe('/var/lib/GeoIP/GeoLite2-Country.mmdb');
    expect(config.customDimensions).toEqual(['channel', 'plan_2', 'Variant-B']);
  });

  it.each([
    ['PAGE', 'url', 'must be one of off, host, path'],
    ['BOTS', 'on', 'must be drop or keep'],
    ['COUNTRY_HEADER', 'x country', "must be a header's name, such as CF-IPCountry"],
    ['COUNTRY_HEADER', 'x-country:', "must be a header's name, such as CF-IPCountry"],
    ['CUSTOM_DIMENSIONS', 'a,b,c,d', 'must be up to three different names'],
    ['CUSTOM_DIMENSIONS', 'a,a', 'must be up to three different names'],
    ['CUSTOM_DIMENSIONS', 'a,,b', 'must be up to three different names'],
    ['CUSTOM_DIMENSIONS', 'größe', 'must be up to three different names'],
    ['CUSTOM_DIMENSIONS', 'a'.repeat(41), 'must be up to three different names'],
  ])('is not %s=%s', (name, value, rule) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringContaining(`${name}: ${rule}`)]);
  });

  it('is no country of a header that nobody is believed with', () => {
    const warningsOf = (TRUST_PROXY: string): readonly string[] =>
      readConfig({ COUNTRY_HEADER: 'CF-IPCountry', TRUST_PROXY }).warnings;
    for (const trust of ['', 'false', '0']) {
      expect(warningsOf(trust)).toEqual([expect.stringMatching(/^COUNTRY_HEADER is not believed/)]);
    }
    for (const trust of ['true', '1', '10.0.0.0/8']) expect(warningsOf(trust)).toEqual([]);
  });
});

describe('CORS_ORIGINS', () => {
  it('are origins', () => {
    const { corsOrigins } = readConfig({
      CORS_ORIGINS: 'https://a.example, http://localhost:8080',
    });
    expect(corsOrigins).toEqual(['https://a.example', 'http://localhost:8080']);
    expect(readConfig({ CORS_ORIGINS: '*' }).corsOrigins).toEqual(['*']);
  });

  it.each([
    'a.example',
    'https://a.example/',
    'https://a.example/path',
    'null',
    'HTTPS://A.example',
  ])('are not %s', (CORS_ORIGINS) => {
    expect(faultsOf({ CORS_ORIGINS })).toEqual([expect.stringContaining('CORS_ORIGINS')]);
  });
});

describe('a setting from a file', () => {
  it('is not awaited where the file is a pipe', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    expect(faultsOf({ ADMIN_KEY_FILE: path })).toEqual([
      `ADMIN_KEY_FILE: ${path} cannot be read: it is no regular file`,
    ]);
    removeFolder(folder);
  });
});

describe('the viewer secret', () => {
  it('is not made of spaces', () => {
    expect(faultsOf({ VIEWER_SECRET: ' '.repeat(20) })).toEqual([
      'VIEWER_SECRET: must have 16 characters or more',
    ]);
    expect(faultsOf({ VIEWER_SECRET: `${' '.repeat(10)}fifteen letters` })).toHaveLength(1);
    const VIEWER_SECRET = ' sixteen letters. ';
    // As it was given: a log may have been begun with it.
    expect(readConfig({ VIEWER_SECRET }).viewerSecret).toBe(VIEWER_SECRET);
  });

  it('has 16 characters at least, in a file too', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'secret');
    for (const text of ['', '\n', 'fifteen letters'.slice(0, 15)]) {
      writeFileSync(path, text);
      const faults = faultsOf({ VIEWER_SECRET_FILE: path });
      expect(faults).toEqual(['VIEWER_SECRET: must have 16 characters or more']);
    }
    writeFileSync(path, 'sixteen letters.\n');
    expect(readConfig({ VIEWER_SECRET_FILE: path }).viewerSecret).toBe('sixteen letters.');
    removeFolder(folder);
  });

  it('may be the empty one where that is said outright, and no other is set', () => {
    const EVENTSTORE_URL = 'esdb://host:2113';
    const UNSAFE_EMPTY_VIEWER_SECRET = 'on';
    expect(readConfig({}).isEmptySecretAccepted).toBe(false);
    expect(faultsOf({ EVENTSTORE_URL })).toHaveLength(1);
    const config = readConfig({ EVENTSTORE_URL, UNSAFE_EMPTY_VIEWER_SECRET });
    expect([config.isEmptySecretAccepted, config.viewerSecret]).toEqual([true, undefined]);
    const VIEWER_SECRET = 'sixteen letters.';
    expect(faultsOf({ UNSAFE_EMPTY_VIEWER_SECRET, VIEWER_SECRET })).toEqual([
      expect.stringContaining('UNSAFE_EMPTY_VIEWER_SECRET'),
    ]);
    expect(faultsOf({ UNSAFE_EMPTY_VIEWER_SECRET: 'perhaps' })).toHaveLength(1);
  });
});
