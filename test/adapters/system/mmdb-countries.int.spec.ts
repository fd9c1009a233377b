import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Reader } from 'mmdb-lib';
import { MmdbCountries } from '../../../src/adapters/system/mmdb-countries.js';
import { mmdb, type MmdbValue } from '../../support/mmdb.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const path = join(folder, 'countries.mmdb');
const warnings: string[] = [];
const opened: MmdbCountries[] = [];

const country = (code: string): MmdbValue => ({ country: { iso_code: code } });
const NETWORKS = {
  '192.0.2.0/24': country('DE'),
  '198.51.100.128/25': country('BR'),
  '203.0.113.7/32': { country_code: 'JP' },
  '2001:db8::/33': country('FR'),
  '2001:db8:8000::/33': { country: 'CA' },
  '2001:db9::/32': { registered: 'nowhere' },
};

async function open(bytes: Buffer | string): Promise<MmdbCountries> {
  writeFileSync(path, bytes);
  const countries = await MmdbCountries.open(path, (message) => warnings.push(message));
  opened.push(countries);
  return countries;
}

afterEach(() => {
  for (const countries of opened.splice(0)) countries.close();
  warnings.length = 0;
});
afterAll(() => {
  removeFolder(folder);
});

describe('the databases that tests write', () => {
  it.each([24, 28, 32] as const)(
    'are read by the library, with records of %d bits',
    (recordSize) => {
      const everything = { name: 'ä'.repeat(100), list: ['a', 1, 70_000, 0], map: {} };
      const reader = new Reader(mmdb({ ...NETWORKS, '10.0.0.0/8': everything }, { recordSize }));
      expect(reader.get('10.255.0.1')).toEqual(everything);
      expect(reader.get('192.0.2.255')).toEqual(NETWORKS['192.0.2.0/24']);
      expect([reader.get('192.0.3.0'), reader.get('11.0.0.0')]).toEqual([null, null]);
      expect(reader.metadata).toMatchObject({ ipVersion: 6, recordSize, languages: ['en'] });
    },
  );
});

describe('a database of countries', () => {
  it.each([
    ['192.0.2.1', 'DE'],
    ['192.0.3.1', undefined],
    ['198.51.100.127', undefined],
    ['198.51.100.128', 'BR'],
    ['203.0.113.7', 'JP'],
    ['2001:db8::1', 'FR'],
    ['2001:DB8:ffff::1', 'CA'],
    ['2001:db9::1', undefined],
    ['::ffff:192.0.2.1', 'DE'],
    ['::FFFF:192.0.2.1', 'DE'],
    ['192.0.2.1:50123', 'DE'],
    ['[2001:db8::1]:443', 'FR'],
    ['2001:db8::1%eth0', 'FR'],
    ['', undefined],
    ['unknown', undefined],
    ['192.0.2', undefined],
    ['192.0.2.1, 192.0.2.2', undefined],
    ['0'.repeat(15_000), undefined],
  ])('says of %.40s: %s', async (address, code) => {
    expect((await open(mmdb(NETWORKS))).countryOf(address)).toBe(code);
  });

  it('of IPv4 alone knows nothing of IPv6', async () => {
    const countries = await open(mmdb({ '32.0.0.0/3': country('DE') }, { ipVersion: 4 }));
    expect(countries.countryOf('32.1.13.184')).toBe('DE');
    expect(countries.countryOf('2001:db8::1')).toBeUndefined();
  });
});

describe('a file that is no database', () => {
  const whole = mmdb(NETWORKS);
  it.each([
    ['an empty file', Buffer.alloc(0), 'it is no MMDB'],
    ['a text', 'country,code\nGermany,DE\n', 'it is no MMDB'],
    ['noughts', Buffer.alloc(100_000), 'it is no MMDB'],
    ['a database without its end', whole.subarray(0, -40), 'it is no MMDB'],
    ['a database without its beginning', whole.subarray(-300), 'it is cut off'],
  ])('is refused in one line: %s', async (_, bytes, reason) => {
    await expect(open(bytes)).rejects.toMatchObject({
      name: 'UnfitGeoip',
      message: `GEOIP_FILE: ${path} cannot be read: ${reason}`,
    });
  });

  it('is a folder, a device, or not there', async () => {
    const openAt = (place: string): Promise<unknown> => MmdbCountries.open(place, () => undefined);
    await expect(openAt(folder)).rejects.toThrow('it is no regular file');
    await expect(openAt('/dev/zero')).rejects.toThrow('it is no regular file');
    await expect(openAt(join(folder, 'none.mmdb'))).rejects.toThrow(/ENOENT/);
  });

  it('is told of once where only a part of it is damaged', async () => {
    const bytes = mmdb(NETWORKS);
    bytes.fill(0, bytes.indexOf('iso_code') - 20, bytes.indexOf('iso_code'));
    const countries = await open(bytes);
    expect(countries.countryOf('192.0.2.1')).toBeUndefined();
    expect(countries.countryOf('192.0.2.2')).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining(`${path} is damaged: `)]);
    expect(countries.countryOf('2001:db8::1')).toBe('FR');
  });
});

describe('a database that is replaced', () => {
  const replace = (bytes: Buffer | string): void => {
    writeFileSync(`${path}.new`, bytes);
    renameSync(`${path}.new`, path);
  };

  it('is read anew', async () => {
    const countries = await open(mmdb({ '192.0.2.0/24': country('DE') }));
    replace(mmdb({ '192.0.2.0/24': country('AT') }));
    expect(countries.countryOf('192.0.2.1')).toBe('DE');
    await countries.look();
    expect(countries.countryOf('192.0.2.1')).toBe('AT');
    expect(warnings).toEqual([]);
  });

  it('goes on as it was while there is no other', async () => {
    const countries = await open(mmdb({ '192.0.2.0/24': country('DE') }));
    rmSync(path);
    await countries.look();
    replace('half of a database');
    await countries.look();
    await countries.look();
    expect(countries.countryOf('192.0.2.1')).toBe('DE');
    expect(warnings).toEqual([
      expect.stringContaining(`${path} cannot be read, the old one goes on: ENOENT`),
      `GEOIP_FILE: ${path} cannot be read, the old one goes on: it is no MMDB`,
    ]);
    replace(mmdb({ '192.0.2.0/24': country('AT') }));
    await countries.look();
    expect(countries.countryOf('192.0.2.1')).toBe('AT');
  });

  it('may be touched', async () => {
    const countries = await open(mmdb({ '192.0.2.0/24': country('DE') }));
    const later = new Date(Date.now() + 60_000);
    utimesSync(path, later, later);
    await countries.look();
    expect([countries.countryOf('192.0.2.1'), warnings]).toEqual(['DE', []]);
  });
});
