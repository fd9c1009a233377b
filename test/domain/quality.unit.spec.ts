import fc from 'fast-check';
import {
  parseQuality,
  percentageOf,
  rankQualities,
  STREAM_QUALITIES,
} from '../../src/domain/quality.js';

describe('a quality label', () => {
  it.each([
    ['240p', 'LOW'],
    ['480p', 'LOW'],
    ['481p', 'MEDIUM'],
    ['720p', 'MEDIUM'],
    ['721p', 'HIGH'],
    ['1080p', 'HIGH'],
    ['1440p', 'HIGH'],
    ['1441p', 'ULTRA'],
    ['2160p', 'ULTRA'],
    ['4320p', 'ULTRA'],
  ])('%s with its height in lines is %s', (label, quality) => {
    expect(parseQuality(label)).toBe(quality);
  });

  it.each([
    ['720p60', 'MEDIUM'],
    ['1080p30', 'HIGH'],
    ['2160p59.94', 'ULTRA'],
    ['480p120', 'LOW'],
  ])('%s may state the frame rate', (label, quality) => {
    expect(parseQuality(label)).toBe(quality);
  });

  it.each([
    ['360', 'LOW'],
    ['720', 'MEDIUM'],
    ['1080', 'HIGH'],
    ['2160', 'ULTRA'],
  ])('%s may be a bare height', (label, quality) => {
    expect(parseQuality(label)).toBe(quality);
  });

  it.each([
    ['1280x720', 'MEDIUM'],
    ['720x1280', 'MEDIUM'],
    ['854x480', 'LOW'],
    ['1920x1080', 'HIGH'],
    ['1080x1920', 'HIGH'],
    ['3840x2160', 'ULTRA'],
    ['2560x1440', 'HIGH'],
  ])('%s may be a size, of which the smaller side counts', (label, quality) => {
    expect(parseQuality(label)).toBe(quality);
  });

  it.each([
    ['sd', 'LOW'],
    ['low', 'LOW'],
    ['hd', 'MEDIUM'],
    ['medium', 'MEDIUM'],
    ['fhd', 'HIGH'],
    ['high', 'HIGH'],
    ['4k', 'ULTRA'],
    ['8k', 'ULTRA'],
    ['uhd', 'ULTRA'],
    ['ultra', 'ULTRA'],
    ['auto', 'AUTO'],
  ])('%s may be a name', (label, quality) => {
    expect(parseQuality(label)).toBe(quality);
    expect(parseQuality(label.toUpperCase())).toBe(quality);
  });

  it('may be a quality of the API', () => {
    for (const quality of STREAM_QUALITIES) expect(parseQuality(quality)).toBe(quality);
  });

  it('may be written in any case, with blanks around it', () => {
    expect(parseQuality(' 720P ')).toBe('MEDIUM');
    expect(parseQuality('1920X1080')).toBe('HIGH');
    expect(parseQuality('UhD')).toBe('ULTRA');
  });

  it.each([
    '',
    ' ',
    'p',
    'x',
    '-720p',
    '+720',
    '720.5p',
    '720pp',
    '720 p',
    '720p-60',
    '720i',
    '1280x',
    'x720',
    '1280x720x2',
    '1280×720',
    '0x1p',
    '1e3',
    'Infinity',
    'NaN',
    '٧٢٠p',
    'constructor',
    '__proto__',
    'toString',
    'null',
    '5k',
    'high definition',
  ])('%j names no quality', (label) => {
    expect(parseQuality(label)).toBeUndefined();
  });

  it('never makes the quality worse as the height grows', () => {
    const levelOf = (height: number): number =>
      STREAM_QUALITIES.indexOf(parseQuality(`${String(height)}p`) ?? 'AUTO');
    fc.assert(
      fc.property(fc.nat(99_998), (height) => {
        expect(levelOf(height)).toBeGreaterThan(0);
        expect(levelOf(height + 1)).toBeGreaterThanOrEqual(levelOf(height));
      }),
    );
  });

  it('whatever it is, is read without failing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (label) => {
        expect([undefined, ...STREAM_QUALITIES]).toContain(parseQuality(label));
      }),
    );
  });
});

describe('a list by quality', () => {
  it('has the greatest first, and equal ones in the order AUTO, LOW, MEDIUM, HIGH, ULTRA', () => {
    const rows = [
      { quality: 'ULTRA', views: 2 },
      { quality: 'HIGH', views: 7 },
      { quality: 'AUTO', views: 2 },
      { quality: 'MEDIUM', views: 0 },
      { quality: 'LOW', views: 2 },
    ] as const;
    const ranked = rankQualities(rows, ({ views }) => views);
    expect(ranked.map(({ quality }) => quality)).toEqual([
      'HIGH',
      'AUTO',
      'LOW',
      'ULTRA',
      'MEDIUM',
    ]);
  });

  it('leaves the list that it was given as it was', () => {
    const rows = [
      { quality: 'LOW', views: 1 },
      { quality: 'HIGH', views: 2 },
    ] as const;
    rankQualities(rows, ({ views }) => views);
    expect(rows[0].quality).toBe('LOW');
  });
});

describe('a percentage', () => {
  it('is the share of the whole, unrounded', () => {
    expect(percentageOf(1, 3)).toBe(100 / 3);
    expect(percentageOf(150, 250)).toBe(60);
  });

  it('of nothing is 0', () => {
    expect(percentageOf(0, 0)).toBe(0);
  });
});
