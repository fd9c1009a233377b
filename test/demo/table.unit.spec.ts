import { formatNextSteps } from '../../demo/next-steps.js';
import { catalogue } from '../../demo/catalogue.js';
import { formatReports } from '../../demo/reports.js';
import { formatBars, formatSeconds, formatTable, type Column } from '../../demo/table.js';

const columns: Column[] = [
  { heading: 'Title', align: 'left' },
  { heading: 'Views', align: 'right' },
];
const terminalWidth = 80;

describe('a table', () => {
  it('aligns text to the left and numbers to the right, under their headings', () => {
    expect(
      formatTable(columns, [
        ['Thaw', '1,204'],
        ['The Long Harbour', '7'],
      ]),
    ).toEqual([
      '  Title             Views',
      '  Thaw              1,204',
      '  The Long Harbour      7',
    ]);
  });

  it('cuts what is too long for its column', () => {
    const [, line] = formatTable(columns, [['x'.repeat(60), '1']]);
    expect(line).toContain('xxx...');
    expect(line?.length).toBeLessThan(terminalWidth);
  });

  it('without rows is its headings', () => {
    expect(formatTable(columns, [])).toEqual(['  Title  Views']);
  });
});

describe('bars', () => {
  it('are blank for nothing, visible for anything and full for the largest', () => {
    expect(formatBars([0, 0.001, 4, 8], 8)).toBe(' ▁▄█');
  });

  it('of nothing at all are blank', () => {
    expect(formatBars([0, 0], 0)).toBe('  ');
  });
});

describe('minutes and seconds', () => {
  it.each([
    [0, '0:00'],
    [59.6, '1:00'],
    [125.4, '2:05'],
    [4_000, '66:40'],
  ])('of %p seconds are %p', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

describe('the reports', () => {
  const streams = catalogue.map(({ mediaId, title }, index) => ({
    mediaId,
    title,
    viewCount: 100_000 - index,
    quality: 'MEDIUM',
    popularity: 99_999.9 - index,
  }));
  const analytics = {
    totalViews: 100_000,
    uniqueViewers: 90_000,
    averageWatchTime: 5_999,
    qualityDistribution: [
      { quality: 'MEDIUM', viewCount: 100_000, percentage: 100, avgBandwidth: 12.345 },
    ],
    bufferingEvents: 12_345,
    completionRate: 2 / 3,
  };
  const byHour = Array.from({ length: 169 }, (_, hour) => ({
    hour: new Date(Date.parse('2026-03-11T14:00:00Z') + hour * 3_600_000).toISOString(),
    totalGB: hour,
    peakMbps: 10 * hour,
  }));
  const bandwidth = {
    totalGB: 123_456.78,
    peakMbps: 9_876.5,
    avgMbps: 1_234.5,
    cost: 10_493.83,
    byQuality: [{ quality: 'MEDIUM', totalGB: 123_456.78, percentage: 100 }],
    byHour,
  };
  const full = {
    streams,
    totalCount: streams.length,
    analytics: new Map([[streams[0]?.mediaId ?? '', analytics]]),
    bandwidth,
  };

  it('fit a terminal', () => {
    const lines = formatReports(full);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(terminalWidth);
  });

  it('say minutes, percent and money', () => {
    const text = formatReports(full).join('\n');
    expect(text).toContain('99:59');
    expect(text).toContain('66.7 %');
    expect(text).toContain('USD 10,493.83');
  });

  it('put each hour into its day', () => {
    const days = formatReports(full).filter((line) => /2026-03-1[18]/.test(line));
    expect(days[0]).toMatch(/^ {2}Wed 2026-03-11 {17}▁{9}/);
    expect(days[1]).toMatch(/^ {2}Wed 2026-03-18 {2}(▇|█){15} /);
  });

  it('of nothing are headings', () => {
    const nothing = { totalGB: 0, peakMbps: 0, avgMbps: 0, cost: 0, byQuality: [], byHour: [] };
    const text = formatReports({
      streams: [],
      totalCount: 0,
      analytics: new Map(),
      bandwidth: nothing,
    }).join('\n');
    expect(text).toContain('0 of 0');
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('what to try next', () => {
  const steps = formatNextSteps('http://127.0.0.1:3000', 'northern-line-s2e1').join('\n');

  it('are whole shell commands with JSON bodies', () => {
    const bodies = [...steps.matchAll(/-d '([^']*)'/g)].map(([, body]) => body ?? '');
    expect(bodies).toHaveLength(3);
    for (const body of bodies) expect(JSON.parse(body)).toHaveProperty('query');
  });

  it('fit a terminal of 100 columns', () => {
    expect(Math.max(...steps.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
  });
});
