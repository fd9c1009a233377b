import { timeZoneNamed } from '../../../src/queries/ranges/time-zone.js';

describe('a time zone', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['AUSTRALIA/LORD_HOWE', 'Australia/Lord_Howe'],
    ['UTC', 'UTC'],
    ['utc', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['US/Pacific', 'America/Los_Angeles'],
  ])('is known as %s', (name, spelling) => {
    expect(timeZoneNamed(name)).toBe(spelling);
  });

  it('is one under the name that it had before', () => {
    expect(timeZoneNamed('asia/calcutta')).toMatch(/^Asia\/(Calcutta|Kolkata)$/);
    expect(timeZoneNamed('Asia/Kolkata')).toBe(timeZoneNamed('Asia/Calcutta'));
  });

  it('is every one that Intl lists', () => {
    const listed = Intl.supportedValuesOf('timeZone');
    expect(listed.map((name) => timeZoneNamed(name.toLowerCase()))).toEqual(listed);
  });

  it.each([
    '+05:30',
    '-0530',
    '+05',
    '\u221205:30',
    'UTC+1',
    'GMT+5',
    'Etc/GMT+15',
    'Etc/Unknown',
    'Europe/Atlantis',
    'AST',
    'local',
    ' UTC',
    '',
    '2024-01-01T00:00[Europe/Berlin]',
  ])('is not "%s"', (name) => {
    expect(timeZoneNamed(name)).toBeUndefined();
  });
});
