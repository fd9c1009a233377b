import { buildSchema, parse, validate } from 'graphql';
import { catalogue } from '../../demo/catalogue.js';
import { readRange, spanOf } from '../../dashboard/address/ranges.js';
import { formatNextSteps } from '../../demo/next-steps.js';
import { formatReports } from '../../demo/reports.js';
import type { Slices } from '../../demo/slices.js';
import { read } from '../docs/markdown.js';

const schema = buildSchema(read('schema.gql'));

const terminalWidth = 80;

const figures = {
  ...{ views: 100_000, uniqueViewers: 90_000, anonymousViews: 9, watchTime: 1e7 },
  ...{ averageWatchTime: 5_999, completionRate: 2 / 3, attempts: 100_001 },
  ...{ startFailureRate: 0.01, exitBeforeStartRate: 0.02, playbackFailureRate: 0.03 },
  ...{ startupTime: { p50: 1, p95: 2 }, stallsPerHour: 1, rebufferRatio: 0.01 },
  ...{ bytes: 2 ** 50, cost: 9, peakConcurrentViewers: 1_000, peakAt: null },
};
const slicesOf = (all: typeof figures, values: readonly string[]): Slices => {
  const edges = values.map((value) => ({
    node: { value, label: value, share: 50, figures: all },
  }));
  const breakdown = { edges, totalCount: edges.length, sampled: 1 };
  return {
    figures: { figures: all, sampled: 1 },
    breakdowns: new Map([
      ['COUNTRY', breakdown],
      ['DEVICE', breakdown],
    ]),
  };
};

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

  const slices = slicesOf(figures, ['United Kingdom of somewhere', 'PHONE']);

  it('fit a terminal', () => {
    const lines = formatReports(full, slices);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(terminalWidth);
  });

  it('say minutes, percent and money', () => {
    const text = formatReports(full, slices).join('\n');
    expect(text).toContain('99:59');
    expect(text).toContain('66.7 %');
    expect(text).toContain('USD 10,493.83');
  });

  it('put each hour into its day', () => {
    const days = formatReports(full, slices).filter((line) => /2026-03-1[18]/.test(line));
    expect(days[0]).toMatch(/^ {2}Wed 2026-03-11 {17}▁{9}/);
    expect(days[1]).toMatch(/^ {2}Wed 2026-03-18 {2}(▇|█){15} /);
  });

  it('of nothing say so', () => {
    const nothing = { totalGB: 0, peakMbps: 0, avgMbps: 0, cost: 0, byQuality: [], byHour: [] };
    const text = formatReports(
      { streams: [], totalCount: 0, analytics: new Map(), bandwidth: nothing },
      slicesOf({ ...figures, attempts: 0 }, []),
    ).join('\n');
    expect(text).toContain('Nobody wanted to watch anything');
    expect(text).toContain('no views in the last 7 days');
    expect(text).toContain('Nothing was delivered in the last 7 days');
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('what to try next', () => {
  const url = 'http://127.0.0.1:65535';
  const range = { from: '2026-03-11T14:37:12.345Z', to: '2026-03-18T14:37:12.345Z' };
  const lines = formatNextSteps(url, 'trailer-salt-and-iron-2', range);

  it('leads to the days of the figures, which the dashboard reads', () => {
    const [, text = ''] = /\?r=(\S+)/.exec(lines.join('\n')) ?? [];
    const read = readRange(text);
    const times = read && spanOf(read, 'Europe/Berlin', 0);
    expect([times?.fromMs, times?.toMs]).toEqual(
      ['2026-03-11T14:30Z', '2026-03-18T14:45Z'].map((time) => Date.parse(time)),
    );
  });

  it('is asked and told as the API takes it', () => {
    const text = lines.join('\n');
    const queries = [...text.matchAll(/--data-urlencode 'query=([^']*)'/g)];
    expect(queries).toHaveLength(2);
    for (const [, query = ''] of queries) expect(validate(schema, parse(query))).toEqual([]);
    const [, body = ''] = /-d '([^']*)'/.exec(text) ?? [];
    expect(JSON.parse(body)).toEqual([
      { mediaId: 'trailer-salt-and-iron-2', eventType: 'SESSION_START' },
    ]);
  });

  it('fits a terminal', () => {
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(terminalWidth);
  });
});
