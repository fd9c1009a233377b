import { widthOf } from '../../src/cli/format.js';
import { analyticsLines, bandwidthLines, popularLines } from '../../src/cli/reports.js';

const WIDTH_MAX = 80;
const widest = (lines: readonly string[]): number => Math.max(...lines.map(widthOf));

describe('the most popular streams', () => {
  const stream = { viewCount: 100_000, quality: 'MEDIUM', popularity: 99_999.9 };

  it.each([
    ['short', 'a'],
    ['long', 'a'.repeat(200)],
  ])('are listed with their ids and fit a terminal: %s ones', (_, mediaId) => {
    const streams = Array.from({ length: 10 }, () => ({
      ...stream,
      mediaId,
      title: 'The '.repeat(50),
    }));
    const lines = popularLines(streams, 10, 'WEEK', true);
    expect(lines[1]).toMatch(/^ +# {2}ID +Title +Views/);
    expect(lines[2]).toMatch(/^ +1 {2}a/);
    expect(widest(lines)).toBeLessThanOrEqual(WIDTH_MAX);
  });
});

describe('what was delivered', () => {
  const hour = '2026-03-11T14:00:00Z';
  const MEBIBYTE = 1 / 1_024;
  const bandwidthOf = (gib: number): readonly string[] =>
    bandwidthLines(
      {
        totalGB: gib,
        peakMbps: 4,
        avgMbps: 0.0004,
        cost: 0.085 * gib,
        byQuality: [{ quality: 'HIGH', totalGB: gib, percentage: 100 }],
        byHour: [{ hour, totalGB: gib, peakMbps: 4 }],
      },
      'WEEK',
    );

  it('is seen where it is little', () => {
    const text = bandwidthOf(32 * MEBIBYTE).join('\n');
    expect(text).toContain('  32.0 MiB, that is USD 0.0027\n');
    expect(text).toContain('  0.0004 Mbps on average, 4.0 in the busiest minute');
    expect(text).toMatch(/Quality +MiB +Share\n +HIGH +32\.0 /);
    expect(text).toMatch(/Wed 2026-03-11 .* 32\.0 +4\.0$/);
    expect(text).not.toContain('GiB');
  });

  it('is counted in GiB from one on', () => {
    const text = bandwidthOf(1).join('\n');
    expect(text).toContain('  1.0 GiB, that is USD 0.09\n');
    expect(text).not.toContain('MiB');
  });
});

it('of nothing is a heading and a sentence, without tables', () => {
  const bandwidth = { totalGB: 0, peakMbps: 0, avgMbps: 0, cost: 0, byQuality: [], byHour: [] };
  const counts = { totalViews: 0, uniqueViewers: 0, averageWatchTime: 0, bufferingEvents: 0 };
  const analytics = { ...counts, completionRate: 0, qualityDistribution: [] };
  expect(popularLines([], 0, 'DAY')).toEqual([
    'MOST POPULAR STREAMS   the last 24 hours',
    '  Nothing yet: no views in the last 24 hours.',
  ]);
  expect(bandwidthLines(bandwidth, 'DAY')[1]).toBe('  Nothing was delivered in the last 24 hours.');
  expect(analyticsLines('A', analytics, 'DAY')).toEqual([
    'ANALYTICS   A   the last 24 hours',
    '  No views in the last 24 hours.',
  ]);
  const stalled = analyticsLines('A', { ...analytics, bufferingEvents: 3 }, 'DAY');
  expect(stalled).toHaveLength(3);
});
