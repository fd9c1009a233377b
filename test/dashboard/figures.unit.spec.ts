import { completedOf } from '../../dashboard/figures/completed.js';
import { countsOf } from '../../dashboard/figures/counts.js';
import { largestDrops } from '../../dashboard/figures/drops.js';
import { change, clock, exact, judged, short, tick } from '../../dashboard/figures/format.js';
import { lanesOf, momentAt } from '../../dashboard/figures/lanes.js';
import { columnsStacked } from '../../dashboard/charts/columns.js';
import { drawingOf, lineUntilNow, stretchOf, summaryOf } from '../../dashboard/charts/lines.js';
import { notesOf } from '../../dashboard/figures/notes.js';
import { certaintyOf } from '../../dashboard/figures/certainty.js';
import { reasonOf } from '../../dashboard/figures/reasons.js';
import { DOUBTS } from '../../dashboard/formulas.js';
import { NOT_KNOWN, SAYS, WORDS } from '../../dashboard/texts.js';
import type { Figures, FiguresReport, Metric, TimelineEntry } from '../../dashboard/api/schema.js';

describe('numbers', () => {
  it.each([
    [12_345, 'count', '12,345'],
    [1e15, 'count', '1000T'],
    [null, 'rate', '–'],
    [0.0471, 'rate', '4.71 %'],
    [0, 'rate', '0.0 %'],
    [1, 'rate', '100.0 %'],
    [0.9996, 'rate', '> 99.9 %'],
    [0.9994, 'rate', '99.9 %'],
    [0.000_04, 'rate', '< 0.01 %'],
    [0.000_05, 'rate', '0.01 %'],
    [0, 'seconds', '0 s'],
    [0.04, 'seconds', '< 0.1 s'],
    [0.004, 'moment', '< 0.01 s'],
    [0.001, 'perHour', '< 0.01'],
    [9, 'bytes', '< 0.01 MiB'],
    [0.000_01, 'usd', '< $0.0001'],
    [0, 'usd', '$0.00'],
    [45, 'seconds', '45 s'],
    [725, 'seconds', '12:05 min'],
    [12_000, 'seconds', '3 h 20 min'],
    [96_300, 'seconds', '26.8 h'],
    [6_411_600, 'seconds', '1,781 h'],
    [2 ** 30, 'bytes', '1.00 GiB'],
    [3e6, 'bytes', '2.86 MiB'],
    [0, 'bytes', '0.00 GiB'],
    [0.0047, 'usd', '$0.0047'],
    [1.352, 'moment', '1.35 s'],
  ] as const)('%d %s is %s', (value, unit, text) => {
    expect(short(value, unit)).toBe(text);
  });

  it('are exact where somebody asks', () => {
    expect(exact(9_007_199_254_740_991, 'bytes')).toBe('9,007,199,254,740,991 bytes');
    expect(exact(null, 'rate')).toBe('nothing to divide by');
    expect(exact(null, 'seconds', NOT_KNOWN)).toBe('not known');
  });

  it('differ from those before in per cent, and rates in points', () => {
    expect(change(150, 100, 'count')).toBe('+50 %');
    expect(change(0.05, 0.07, 'rate')).toBe('−2.0 pp');
    expect(change(4, 1_000, 'count')).toBe('< −99 %');
    expect(change(0, 1_000, 'count')).toBe('−100 %');
    expect(change(5, 0, 'count')).toBeUndefined();
    expect(change(null, 0.1, 'rate')).toBeUndefined();
  });

  it('are better or worse by as much as is told, and not by less', () => {
    const rate = (value: number) =>
      judged({ value, previous: 0.1, unit: 'rate', better: 'less' } as const);
    expect([0.05, 0.2, 0.1, 0.1004].map(rate)).toEqual(['good', 'bad', '', '']);
    expect(change(0, 0, 'rate')).toBe('0.0 pp');
    expect(change(0.000_115, 0.000_307, 'rate')).toBe('−0.019 pp');
    expect(change(0.003_4, 0.003_1, 'rate')).toBe('+0.03 pp');
    expect(judged({ value: 0.000_115, previous: 0.000_307, unit: 'rate', better: 'less' })).toBe(
      'good',
    );
    const ofFew = { value: 1 / 14, previous: 0, unit: 'rate', better: 'less' } as const;
    expect([29, 30, undefined].map((ofCount) => judged({ ...ofFew, ofCount }))).toEqual([
      ...['few', 'bad', 'bad'],
    ]);
    expect(judged({ value: 1_004, previous: 1_000, unit: 'count', better: 'more' })).toBe('');
    expect(judged({ value: 5, previous: 0, unit: 'count', better: 'more' })).toBe('good');
    expect(judged({ value: 5, previous: 1, unit: 'count' })).toBe('');
  });

  it('are round on axes', () => {
    expect(tick(500 * 2 ** 30, 'bytes')).toBe('500 GiB');
    expect(tick(0.04, 'rate')).toBe('4 %');
    expect(clock(3_723)).toBe('1:02:03');
  });
});

it('views of which no player tells their end are not known to be incomplete', () => {
  const of = (views: number, viewsWithoutStates: number, completionRate: number | null) =>
    completedOf({ views, viewsWithoutStates, completionRate });
  expect([of(10, 2, 0.25), of(10, 10, null), of(0, 0, null)]).toEqual([2, null, 0]);
});

it('the largest drops of a curve come first, and small ones not at all', () => {
  expect(largestDrops([1, 0.9, 0.895, 0.5, 0.5], 2)).toEqual([
    { step: 2, lost: 0.895 - 0.5 },
    { step: 0, lost: 1 - 0.9 },
  ]);
});

it('who skips a part of a title and is there again has not left it', () => {
  expect(largestDrops([1, 0.6, 0.6, 1, 1], 3)).toEqual([]);
  expect(largestDrops([1, 0.5, 0.75, 0.75], 3)).toEqual([{ step: 0, lost: 0.25 }]);
});

describe('a drawing', () => {
  const series = {
    period: {
      from: '2026-11-01T00:00:00Z',
      to: '2026-11-05T00:00:00Z',
      completeUntil: '2026-11-03T00:00:00Z',
    },
    interval: 'DAY' as const,
    at: [1, 2, 3, 4].map((day) => `2026-11-0${String(day)}T00:00:00Z`),
    series: [{ metric: 'VIEWS' as const, values: [5, 7, 2, 0], previous: null }],
    sampled: 1,
  };

  it('leaves empty what has not begun, and knows what still grows', () => {
    const { openFrom, lines } = drawingOf(series, ['VIEWS']);
    expect(openFrom).toBe(2);
    expect(lines[0]?.values).toEqual([5, 7, 2, null]);
  });

  it('has no unique viewers where no view has one that is known', () => {
    const of = (views: number[], anonymous: number[], viewers: number[], previous: number[]) => ({
      ...series,
      series: [
        { metric: 'VIEWS' as const, values: views, previous: views },
        { metric: 'ANONYMOUS_VIEWS' as const, values: anonymous, previous: anonymous },
        { metric: 'UNIQUE_VIEWERS' as const, values: viewers, previous },
      ],
    });
    const { lines } = drawingOf(of([5, 0, 4, 0], [5, 0, 3, 0], [0, 0, 1, 0], [0, 0, 2, 0]), [
      'UNIQUE_VIEWERS',
    ]);
    expect(lines[0]?.values).toEqual([null, 0, 1, null]);
    expect(lines[0]?.previous).toEqual([null, 0, 2, 0]);
  });

  it('is dragged over by whole buckets, the last one to its end', () => {
    const drawing = drawingOf(series, ['VIEWS']);
    const day = (text: string): number => Date.parse(`2026-11-0${text}Z`);
    const over = (fromMs: number, toMs: number) => stretchOf(drawing, { fromMs, toMs });
    expect(over(day('3T00:00'), day('4T00:00'))).toEqual({
      fromMs: day('3T00:00'),
      toMs: day('5T00:00'),
    });
    expect(over(day('1T13:00'), day('2T11:00'))).toEqual({
      fromMs: day('1T00:00'),
      toMs: day('3T00:00'),
    });
  });

  it('is told in a sentence', () => {
    const told = summaryOf(drawingOf(series, ['VIEWS']), (timeMs) =>
      new Date(timeMs).toISOString().slice(8, 10),
    );
    expect(told).toBe('Views from 5 on 01 to 2 on 03, at most 7 on 02.');
  });
});

it('lines on top of each other are apart from where they still grow', () => {
  const line = { name: '', metric: 'bytes', unit: 'bytes' as const, previous: undefined };
  const lines = [
    { ...line, values: [1, 2, 3] },
    { ...line, values: [3, 4, 5] },
  ];
  const stacked = (openFrom: number) =>
    columnsStacked({ at: [0, 1_000, 2_000], openFrom, endMs: 3_000, lines });
  expect(stacked(2)).toEqual([
    [4, 6, null],
    [null, 6, 8],
    [1, 2, null],
    [null, 2, 3],
  ]);
  const none = [null, null, null];
  expect(stacked(3)).toEqual([[4, 6, 8], none, [1, 2, 3], none]);
});

it('the line of the viewers now ends with them, not with the part of a minute', () => {
  const of = (perMinute: number[], viewers: number) => lineUntilNow({ perMinute, viewers });
  expect(of([7, 8, 0], 8)).toEqual({ values: [7, 8, 8], openFrom: 2 });
  expect(of([7, 8, 3], 0)).toEqual({ values: [7, 8, 3], openFrom: 2 });
});

it('a rate is of the fewer, now or before; a count is of nothing', () => {
  const figures = (attempts: number, views: number) =>
    ({ attempts, views, viewsWithoutStates: 0, open: 0 }) as Figures;
  const behind = { figures: figures(14, 13), previous: figures(40, 12), sampled: 1 };
  const question = { parts: {}, variables: {} };
  const of = (metric: Metric) => reasonOf({ ...behind, metric, question }).ofCount;
  expect((['START_FAILURE_RATE', 'COMPLETION_RATE', 'VIEWS'] as const).map(of)).toEqual([
    ...[14, 12, undefined],
  ]);
});

describe('how exact a figure is said to be', () => {
  const certainty = (...[metric, more = {}, sampled = 1]: CertaintyOf): string =>
    certaintyOf({
      metric,
      figures: { uniqueViewersExact: true, viewsWithoutStates: 0, open: 0, ...more } as Figures,
      sampled,
    });
  type CertaintyOf = [Parameters<typeof certaintyOf>[0]['metric'], Partial<Figures>?, number?];

  it('counts are exact, of a sample estimated, and some estimated by their nature', () => {
    expect(certainty('VIEWS')).toBe(WORDS.exact);
    expect(certainty('VIEWS', {}, 0.25)).toBe('Estimated from 25 % of sessions.');
    expect(certainty('UNIQUE_VIEWERS', { uniqueViewersExact: false })).toBe(DOUBTS.roughly);
    expect(certainty('STARTUP_P95')).toBe(DOUBTS.roughTime);
  });

  it.each(['BYTES', 'COST', 'AVERAGE_MBPS'] as const)('%s is as exact as its bytes', (metric) => {
    expect(certainty(metric)).toBe(DOUBTS.asBytes);
    expect(certainty(metric, {}, 0.5)).toBe(`${SAYS.sampled(0.5)} ${DOUBTS.asBytes}`);
  });

  it('what logs add to is estimated where views are without play states', () => {
    const ofLogs = { viewsWithoutStates: 2 };
    for (const metric of ['WATCH_TIME', 'STALLS', 'CONCURRENT_VIEWERS_PEAK'] as const) {
      expect(certainty(metric)).toBe(WORDS.exact);
      expect(certainty(metric, ofLogs)).toBe(DOUBTS.ofLogs(2));
    }
    expect(certainty('AVERAGE_MBPS', ofLogs)).toBe(`${DOUBTS.ofLogs(2)} ${DOUBTS.asBytes}`);
    expect(certainty('COMPLETION_RATE', ofLogs)).toBe(WORDS.exact);
  });

  it('what still grows is said to', () => {
    expect(certainty('VIEWS', { open: 1 })).toBe(`Exact. ${SAYS.open(1)}`);
  });
});

it('a rate is told in what it is made of, as far as that follows from the figures', () => {
  const figures = {
    ...{ views: 2_210, viewsWithoutStates: 8, completionRate: 1_683 / 2_202 },
    ...{ playbackFailureRate: 22 / 2_202, startFailureRate: 40 / 2_300 },
    ...{ exitBeforeStartRate: 50 / 2_300, stalledTime: 112, rebufferRatio: 0.001 },
  } as Figures;
  const of = (metric: Parameters<typeof countsOf>[0]) => countsOf(metric, figures);
  expect(of('COMPLETION_RATE')).toEqual({ part: 1_683, all: 2_202, of: 'views' });
  expect(of('PLAYBACK_FAILURE_RATE')).toEqual({ part: 22, all: 2_202, of: 'views' });
  expect(of('START_FAILURE_RATE')).toEqual({ part: 40, all: 2_300, of: 'attempts' });
  expect(of('EXIT_BEFORE_START_RATE')).toEqual({ part: 50, all: 2_300, of: 'attempts' });
  expect(of('REBUFFER_RATIO')).toEqual({ part: 112, all: 112_000, of: 'seconds' });
  expect(of('VIEWS')).toBeUndefined();
  // Nothing was seen, and how many turned out nobody can tell.
  expect(countsOf('START_FAILURE_RATE', { ...figures, views: 0 })).toBeUndefined();
});

it('more attempts with an error are worse, and more without one better', () => {
  const of = (value: string, by: 'ERROR_CODE' | 'COUNTRY' = 'ERROR_CODE') =>
    judged(
      reasonOf({
        ...{ metric: 'ATTEMPTS', sampled: 1, question: { parts: {}, variables: {} } },
        figures: { attempts: 38, viewsWithoutStates: 0, open: 0 } as Figures,
        previous: { attempts: 20 } as Figures,
        slice: { by, value },
      }),
    );
  expect([of('manifestLoadError'), of(''), of('DE', 'COUNTRY')]).toEqual(['bad', 'good', 'good']);
});

it('the lanes of a session tell of the time that led up to each event', () => {
  const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();
  const entry = (seconds: number, type: string, more: Partial<TimelineEntry>): TimelineEntry => ({
    ...{ at: at(seconds), recordedAt: at(seconds), type, quality: 'HIGH', duration: null },
    ...{ bytes: null, detail: null, ...more },
  });
  const lanes = lanesOf([
    entry(100, 'SESSION_START', {}),
    entry(110, 'HEARTBEAT', { duration: 10, bytes: 500 }),
    entry(115, 'REBUFFER_END', { duration: 5, quality: 'LOW' }),
    entry(130, 'RESUMED', { duration: 15, quality: 'LOW' }),
  ]);
  const kinds = lanes.states.map(({ kind, fromMs, toMs }) => [kind, fromMs / 1_000, toMs / 1_000]);
  expect(kinds).toEqual([
    ['playing', 100, 110],
    ['stalled', 110, 115],
    ['paused', 115, 130],
  ]);
  expect(lanes.qualities.map(({ kind }) => kind)).toEqual(['HIGH', 'LOW']);
  expect(lanes.bytes).toHaveLength(1);
  expect(lanes.moments.map(({ state, seconds }) => [state, seconds])).toEqual([
    [undefined, 0],
    ['playing', 10],
    ['stalled', 5],
    ['paused', 15],
  ]);
});

it('the quality of a session is that of the event that tells of the time, as pointing at it says', () => {
  const entry = (
    seconds: number,
    quality: TimelineEntry['quality'],
    duration: number | null,
  ): TimelineEntry => ({
    ...{ at: new Date(seconds * 1_000).toISOString(), recordedAt: '', type: 'HEARTBEAT' },
    ...{ quality, duration, bytes: null, detail: null },
  });
  const lanes = lanesOf([
    entry(100, 'MEDIUM', null),
    entry(150, 'MEDIUM', 50),
    entry(155, 'LOW', 0),
    entry(300, 'MEDIUM', 150),
    entry(300, 'LOW', 0),
    entry(400, 'LOW', 90),
    entry(430, 'HIGH', 0),
  ]);
  expect(lanes.qualities.map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs])).toEqual([
    ['MEDIUM', 100_000, 300_000],
    ['LOW', 300_000, 430_000],
    ['HIGH', 430_000, 430_000],
    ['LOW', 155_000, 155_000],
  ]);
  const told = [120, 154, 155, 156, 160, 305, 420, 429, 430].map((seconds) => {
    const { atMs, quality } = lanes.moments[momentAt(lanes, seconds * 1_000, 1_000)] ?? {};
    return [seconds, quality, (atMs ?? 0) / 1_000];
  });
  expect(told).toEqual([
    [120, 'MEDIUM', 150],
    [154, 'MEDIUM', 300],
    [155, 'LOW', 155],
    [156, 'LOW', 155],
    [160, 'MEDIUM', 300],
    [305, 'LOW', 300],
    [420, 'LOW', 400],
    [429, 'LOW', 400],
    [430, 'HIGH', 430],
  ]);
});

it('bytes of which no duration is told have no rate, and do not dwarf the others', () => {
  const entry = (seconds: number, duration: number | null, bytes: number): TimelineEntry => ({
    ...{ at: new Date(seconds * 1_000).toISOString(), recordedAt: '', type: 'HEARTBEAT' },
    ...{ quality: 'HIGH', duration, bytes, detail: null },
  });
  const { bytes } = lanesOf([entry(10, 10, 500), entry(20, null, 9_000), entry(40, 20, 500)]);
  expect(bytes.map(({ height }) => height)).toEqual([1, undefined, 0.5]);
});

it('sentences have their plurals, and charts one sentence whatever they show', () => {
  expect(SAYS.open(1)).toBe('1 session is under way: figures still grow.');
  expect(SAYS.open(1_203)).toBe('1,203 sessions are under way: figures still grow.');
  expect(SAYS.parked(1)).toBe('1 event is not in these figures.');
  expect(SAYS.viewsWithViewer({ views: 1, anonymousViews: 1 })).toBe('0 of 1 view has a viewer.');
  expect([0.25, 0.994, 0.997].map(SAYS.sampled)).toEqual(
    ['25 %', '99 %', '> 99 %'].map((share) => `Estimated from ${share} of sessions.`),
  );
  const line = (name: string, values: readonly (number | null)[]) => ({
    ...{ name, metric: name, unit: 'count' as const, values, previous: undefined },
  });
  const drawing = {
    at: [1, 2],
    openFrom: 2,
    endMs: 3,
    lines: [line('A', [1, 2]), line('B', [null, null])],
  };
  expect(summaryOf(drawing, String)).toBe(
    'A from 1 on 1 to 2 on 2, at most 2 on 2; B: nothing in this range.',
  );
});

it('figures say of which times they are, and of which those that they are compared with', () => {
  const period = (from: string, to: string, completeUntil: string) => ({ from, to, completeUntil });
  const report = {
    figures: { anonymousViews: 0, viewsWithoutStates: 0, open: 0 },
    sampled: 1,
    period: period('2026-11-23T23:00:00Z', '2026-11-30T23:00:00Z', '2026-11-30T12:47:00Z'),
    previousPeriod: period('2026-11-16T23:00:00Z', '2026-11-23T12:47:00Z', '2026-11-23T12:47:00Z'),
  } as unknown as FiguresReport;
  const of = (one: FiguresReport) => notesOf(one, 'Europe/Berlin').map(({ text }) => text);
  expect(of(report)).toEqual([
    '24 Nov 2026, 00:00 until now, whole until 13:47, ' +
      'compared with 17 Nov 2026, 00:00 to 23 Nov 2026, 13:47.',
  ]);
  expect(of({ ...report, previousPeriod: null })).toEqual([
    '24 Nov 2026, 00:00 until now, whole until 13:47.',
  ]);
});
