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
    ['576i', 'MEDIUM'],
    ['1080i', 'HIGH'],
    ['4320p', 'ULTRA'],
  ])('%s with its height in lines is %s', (label, quality) => {
    expect(parseQuality(label)).toBe(quality);
  });

  it.each([
    ['720p60', 'MEDIUM'],
    ['1080p30', 'HIGH'],
    ['2160p59.94', 'ULTRA'],
    ['480p120', 'LOW'],
    ['1080i50', 'HIGH'],
  ])('%s may state the frame rate', (label, quality) => {
    expect(parseQuality(label)).toBe(quality);
  });

  it.each([
    ['1', 'LOW'],
    ['360', 'LOW'],
    ['720', 'MEDIUM'],
    ['1080', 'HIGH'],
    ['2160', 'ULTRA'],
    ['4320', 'ULTRA'],
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
    ['7680x4320', 'ULTRA'],
    ['1920 x 1080', 'HIGH'],
    ['1920×1080', 'HIGH'],
    ['1920 × 1080', 'HIGH'],
    ['720x576i', 'MEDIUM'],
    ['1280x720p60', 'MEDIUM'],
  ])('%s may be a size, of which the smaller side counts', (label, quality) => {
    expect(parseQuality(label)).toBe(quality);
  });

  it.each([
    ['sd', 'LOW'],
    ['low', 'LOW'],
    ['tiny', 'LOW'],
    ['small', 'LOW'],
    ['large', 'LOW'],
    ['hd', 'MEDIUM'],
    ['medium', 'MEDIUM'],
    ['fhd', 'HIGH'],
    ['full hd', 'HIGH'],
    ['high', 'HIGH'],
    ['2k', 'HIGH'],
    ['qhd', 'HIGH'],
    ['4k', 'ULTRA'],
    ['8k', 'ULTRA'],
    ['uhd', 'ULTRA'],
    ['ultra', 'ULTRA'],
    ['highres', 'ULTRA'],
    ['auto', 'AUTO'],
  ])('%s may be a name', (label, quality) => {
    expect(parseQuality(label)).toBe(quality);
    expect(parseQuality(label.toUpperCase())).toBe(quality);
  });

  it.each([
    ['hd720', 'MEDIUM'],
    ['hd1080', 'HIGH'],
    ['hd2160', 'ULTRA'],
    ['UHD2160', 'ULTRA'],
    ['HD1080p', 'HIGH'],
    ['1080p60 HDR', 'HIGH'],
    ['1080p60fps', 'HIGH'],
    ['2160p59.94 (HEVC)', 'ULTRA'],
    ['auto (720p)', 'MEDIUM'],
    ['Auto: 1280x720', 'MEDIUM'],
    ['video_480p_avc', 'LOW'],
    ['film.2160p.mkv', 'ULTRA'],
    ['h.264 1080i, 5.1', 'HIGH'],
    ['-720p', 'MEDIUM'],
  ])('%s may say more than its height', (label, quality) => {
    expect(parseQuality(label)).toBe(quality);
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
    '+720',
    '720.5p',
    '720,5p',
    '720pp',
    '720px',
    '720 p',
    '720p1000',
    '1280x',
    'x720',
    '1280x720x2',
    '0x0',
    '0',
    '0p',
    '0x1p',
    '5000',
    '4321',
    '4321p',
    '99999p',
    '7680x4321',
    '123456p',
    '1e3',
    'Infinity',
    'NaN',
    '٧٢٠p',
    'constructor',
    '__proto__',
    'toString',
    'null',
    '5k',
    'Level 3',
    'audio 128k',
    'auto (high)',
    'high definition',
  ])('%j names no quality', (label) => {
    expect(parseQuality(label)).toBeUndefined();
  });

  it('never makes the quality worse as the height grows', () => {
    const levelOf = (height: number): number =>
      STREAM_QUALITIES.indexOf(parseQuality(`${String(height)}p`) ?? 'AUTO');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_319 }), (height) => {
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
