import fc from 'fast-check';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.js';
import { DIMENSIONS } from '../support/figures-oracle/dimensions.js';
import { figuresOf, type Figures } from '../support/figures-oracle/figures.js';
import { report, WHOLE } from '../support/figures-oracle/made-reports.js';
import { randomLogs } from '../support/figures-oracle/random-reports.js';
import type { SentReport } from '../support/figures-oracle/reports.js';
import { retentionOf } from '../support/figures-oracle/retention.js';
import { sessionsOf } from '../support/figures-oracle/sessions.js';
import { breakdownOf, METRICS, timeSeriesOf } from '../support/figures-oracle/slices.js';
import { NOON } from '../support/playback.js';

describe('slices', () => {
  const view = (sessionId: string, country: string, more: Partial<SentReport> = {}): SentReport =>
    report('SESSION_START', 0, { sessionId, context: { country }, ...more });
  const sessions = sessionsOf([
    view('s1', 'DE', { startupTime: 1 }),
    view('s2', 'BR', { startupTime: 2, quality: '4k' }),
    view('s3', 'BR'),
    view('s4', ''),
    { ...view('s5', 'AT'), eventType: 'HEARTBEAT' },
  ]);
  const viewsOf = (...filter: Parameters<typeof figuresOf>[1]['filter'] & object): number =>
    figuresOf(sessions, { ...WHOLE, filter }).views;

  test('filters let pass, keep out, and all hold', () => {
    expect(viewsOf({ dimension: 'COUNTRY', anyOf: ['BR', 'DE'] })).toBe(3);
    expect(viewsOf({ dimension: 'COUNTRY', anyOf: [''] })).toBe(1);
    expect(viewsOf({ dimension: 'COUNTRY', anyOf: ['BR', ''], exclude: true })).toBe(1);
    expect(viewsOf({ dimension: 'MEDIA', anyOf: ['nobody'] })).toBe(0);
    const isUltra = { dimension: 'QUALITY', anyOf: ['ULTRA'] } as const;
    expect(viewsOf({ dimension: 'COUNTRY', anyOf: ['BR'] }, isUltra)).toBe(1);
    expect(viewsOf({ dimension: 'END_REASON', anyOf: [''] })).toBe(4);
  });

  test('a breakdown has a row for each value, in order', () => {
    const by = { ...WHOLE, by: 'COUNTRY' } as const;
    const whole = breakdownOf(sessions, by);
    expect(whole.rows.map(({ value, share }) => [value, share])).toEqual([
      ['BR', 50],
      ['', 25],
      ['DE', 25],
      ['AT', 0],
    ]);
    expect(whole).toMatchObject({ totalCount: 4, total: { views: 4 } });
    const byStartup = breakdownOf(sessions, { ...by, orderBy: 'STARTUP_P50' });
    expect(byStartup.rows.map(({ value }) => value)).toEqual(['BR', 'DE', '', 'AT']);
    const labels = { BR: 'Brazil', DE: 'Germany' };
    const found = breakdownOf(sessions, { ...by, labels, search: 'bRa', minViews: 2 });
    expect(found.rows).toMatchObject([{ value: 'BR', label: 'Brazil', share: 50 }]);
    expect(found).toMatchObject({ totalCount: 1, total: { views: 4 } });
  });

  test('a time series has a value for each bucket, null where there is none', () => {
    const edges = [NOON, NOON + HOUR_MS, NOON + 2 * HOUR_MS];
    const metrics = ['VIEWS', 'STARTUP_P95'] as const;
    expect(timeSeriesOf(sessions, { ...WHOLE, edges, metrics })).toEqual({
      at: edges.slice(0, 2),
      series: [
        { metric: 'VIEWS', values: [4, 0] },
        { metric: 'STARTUP_P95', values: [2, null] },
      ],
    });
  });
});

describe('retention', () => {
  const shown = (sessionId: string, playedFrom: number, playedTo: number): SentReport =>
    report('HEARTBEAT', 1, { sessionId, playedFrom, playedTo });
  const view = (sessionId: string, more: Partial<SentReport> = {}): SentReport =>
    report('SESSION_START', 0, { sessionId, ...more });
  const log = [
    view('s1', { mediaDuration: 200 }),
    shown('s1', 0, 3),
    shown('s1', 0, 2),
    view('s2', { mediaDuration: 200 }),
    shown('s2', 2, 2),
    shown('s2', 198, 500),
    view('s3', { mediaDuration: 100 }),
    view('s4'),
    shown('s4', 0, 200),
  ];

  test('it says who showed each step and how often, by the commonest length', () => {
    const curve = retentionOf(sessionsOf(log), { ...WHOLE, mediaId: 'm1' });
    expect(curve).toMatchObject({ duration: 200, views: 3 });
    expect([curve.audience.length, curve.plays.length]).toEqual([100, 100]);
    expect(curve.audience.slice(0, 3)).toEqual([1 / 3, 1 / 3, 0]);
    expect(curve.plays.slice(0, 3)).toEqual([4 / 6, 1 / 6, 0]);
    expect([curve.audience[99], curve.plays[99]]).toEqual([1 / 3, 1 / 3]);
  });

  test('without a length of a player the registered one counts', () => {
    const sessions = sessionsOf(log.slice(-2));
    const ask = { ...WHOLE, mediaId: 'm1' };
    expect(retentionOf(sessions, ask)).toMatchObject({ duration: null, audience: [], plays: [] });
    const curve = retentionOf(sessions, { ...ask, registeredSeconds: 400 });
    expect(curve).toMatchObject({ duration: 400, views: 1 });
    expect([curve.audience[49], curve.audience[50]]).toEqual([1, 0]);
  });
});

/** The figures that add up, each to the millisecond. */
const sumsOf = (all: readonly Figures[]): object => {
  const sumOf = (of: (one: Figures) => number): number =>
    all.reduce((sum, one) => sum + Math.round(of(one) * 1_000), 0);
  return {
    views: sumOf(({ views }) => views),
    qualifiedViews: sumOf(({ qualifiedViews }) => qualifiedViews),
    attempts: sumOf(({ attempts }) => attempts),
    open: sumOf(({ open }) => open),
    watchTime: sumOf(({ watchTime }) => watchTime),
    stalls: sumOf(({ stalls }) => stalls),
    stalledTime: sumOf(({ stalledTime }) => stalledTime),
    bytes: sumOf(({ bytes }) => bytes),
    started: sumOf(({ startupTime }) => startupTime?.count ?? 0),
    byQuality: sumOf(({ byQuality }) => byQuality.reduce((sum, part) => sum + part.bytes, 0)),
  };
};

test('of any log slices and buckets add up to totals', () => {
  fc.assert(
    fc.property(randomLogs(NOON), fc.constantFrom(...DIMENSIONS), (log, by) => {
      const sessions = sessionsOf(log);
      const { rows, total } = breakdownOf(sessions, { ...WHOLE, by });
      const sums = sumsOf([total]);
      expect(sumsOf(rows.map((row) => row.figures))).toEqual(sums);
      const days = Array.from({ length: 61 }, (_, day) => WHOLE.from + day * DAY_MS);
      const ranges = days.slice(1).map((to, i) => ({ ...WHOLE, from: days[i] ?? NaN, to }));
      const daily = ranges.map((range) => figuresOf(sessions, range));
      expect(sumsOf(daily)).toEqual(sums);
      const series = timeSeriesOf(sessions, { ...WHOLE, edges: days, metrics: METRICS }).series;
      const valuesOf = (metric: string) => series.find((one) => one.metric === metric)?.values;
      expect(valuesOf('VIEWS')).toEqual(daily.map(({ views }) => views));
      const peaks = daily.map(({ peakConcurrentViewers }) => peakConcurrentViewers);
      expect(Math.max(...peaks)).toBe(total.peakConcurrentViewers);
    }),
  );
});
