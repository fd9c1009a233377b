import type { Breakdown, Figures } from '../../src/cli/figure-queries.js';
import { breakdownLines, figuresLines } from '../../src/cli/figure-reports.js';

const FIGURES: Figures = {
  views: 12_345,
  uniqueViewers: 2_345,
  anonymousViews: 1_000,
  watchTime: 7_654_321,
  averageWatchTime: 620.03,
  completionRate: 0.4567,
  attempts: 13_000,
  startFailureRate: 0.0123,
  exitBeforeStartRate: 0.0345,
  playbackFailureRate: 0.0056,
  startupTime: { p50: 1.234, p95: 6.789 },
  stallsPerHour: 1.25,
  rebufferRatio: 0.0078,
  bytes: 7_654_321_000_000,
  cost: 606.01,
  peakConcurrentViewers: 321,
  peakAt: '2026-11-01T20:00:00Z',
};

const rowOf = (value: string, label = value): Breakdown['edges'][number] => ({
  node: { value, label, share: 50, figures: { ...FIGURES, views: 6_000 } },
});

describe('the figures of a range', () => {
  it('are two tables, which fit 80 columns', () => {
    const lines = figuresLines({ figures: FIGURES, sampled: 1 }, 'the last 7 days');
    expect(lines).toEqual([
      'FIGURES   the last 7 days',
      '   Views           Unique viewers         Watched  A view  Completed  At once',
      '  12,345  2,345 (of 11,345 views)  2,126 h 13 min   10:20     45.7 %      321',
      '',
      '  No start  Given up  Failed later  Start (p50, p95)  Stalls/h  Stalled',
      '     1.2 %     3.5 %         0.6 %        1.2, 6.8 s       1.3    0.8 %',
      '',
      '  7.0 TiB delivered, that is USD 606.01',
    ]);
  });

  it('are dashes where there is nothing to divide by', () => {
    const none = {
      ...FIGURES,
      averageWatchTime: null,
      completionRate: null,
      startFailureRate: null,
      startupTime: null,
      stallsPerHour: null,
    };
    const cells = figuresLines({ figures: none, sampled: 1 }, '')
      .join('\n')
      .split(/ {2,}|\n/);
    expect(cells.filter((cell) => cell === '-')).toHaveLength(5);
  });

  it('say so where nobody came, and where they are estimated', () => {
    expect(figuresLines({ figures: { ...FIGURES, attempts: 0 }, sampled: 1 }, 'today')).toEqual([
      'FIGURES   today',
      '  Nobody wanted to watch anything.',
    ]);
    expect(figuresLines({ figures: FIGURES, sampled: 0.05 }, 'today')).toContain(
      '  estimated from 5.0 % of the viewers',
    );
  });
});

describe('the figures of the values of a dimension', () => {
  it('are a table, which fits 80 columns', () => {
    const edges = [rowOf('T1', 'A title that is much longer than any column'), rowOf('')];
    const lines = breakdownLines({ edges, totalCount: 1_234, sampled: 1 }, 'Title');
    expect(lines.slice(0, 2)).toEqual(['', 'BY TITLE   2 of 1,234']);
    expect(lines[3]).toMatch(
      /^ {2}A title that .* 6,000 {2}50\.0 % {2}2,126 h 13 min +1\.2 % +0\.8 %$/,
    );
    expect(lines[4]).toMatch(/^ {2}not known {2,}6,000 /);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it('are left out where no value is known', () => {
    expect(breakdownLines({ edges: [rowOf('')], totalCount: 1, sampled: 1 }, 'Player')).toEqual([]);
    expect(breakdownLines({ edges: [], totalCount: 0, sampled: 1 }, 'Player')).toEqual([]);
  });
});
