import {
  answerOf,
  ask,
  askFigures,
  askSeries,
  sendPast,
  type Asked,
} from '../support/asked-figures.js';
import { withServer } from '../support/e2e.js';
import { OF_ALL, OF_HARBOUR, STORY, STORY_HOUR } from './figures-story.js';

const under = withServer();
let asked: Asked;
beforeAll(async () => {
  asked = await sendPast(under.server.url, STORY);
});

interface StartupTime {
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly count: number;
}
interface Report {
  readonly figures: Readonly<Record<string, unknown>>;
  readonly previous: Readonly<Record<string, unknown>> | null;
  readonly previousPeriod: unknown;
  readonly period: unknown;
}

const media = (...anyOf: string[]): object => ({ filter: [{ dimension: 'MEDIA', anyOf }] });
const reportOf = async (variables: object): Promise<Report> =>
  answerOf(await askFigures(asked, variables)) as Report;

/** Sums are exact, quotients to ten digits. */
function expectFigures({ figures: { startupTime, ...found } }: Report, expected: object): void {
  expect(startupTime).toBeDefined();
  expect(rounded(found)).toEqual(rounded(expected));
}

const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, one: unknown) =>
      typeof one === 'number' ? Number(one.toPrecision(10)) : one,
    ),
  );

function expectStartups({ figures }: Report, expected: StartupTime): void {
  const found = figures.startupTime as StartupTime;
  expect(found.count).toBe(expected.count);
  for (const name of ['p50', 'p75', 'p95'] as const) {
    expect(Math.abs(found[name] / expected[name] - 1)).toBeLessThanOrEqual(0.01);
  }
}

describe('figures worked out by hand', () => {
  it('are those of one title', async () => {
    const report = await reportOf({ range: STORY_HOUR, ...media('harbour') });
    expect(report).toMatchObject({
      period: { ...STORY_HOUR, completeUntil: STORY_HOUR.to },
      previous: null,
      previousPeriod: null,
      sampled: 1,
    });
    expectFigures(report, OF_HARBOUR);
    expectStartups(report, { p50: 2, p75: 4, p95: 4, count: 2 });
  });

  it('are those of all titles, and of a list of them', async () => {
    const all = await reportOf({ range: STORY_HOUR });
    expectFigures(all, OF_ALL);
    expectStartups(all, { p50: 4, p75: 8, p95: 8, count: 3 });
    const listed = await reportOf({ range: STORY_HOUR, ...media('river', 'harbour', 'river') });
    expect(listed).toEqual(all);
  });

  it('are null where there is nothing to divide by, and 0 where nothing is counted', async () => {
    const nobody = await reportOf({ range: STORY_HOUR, ...media('nobody') });
    const unknown = Object.entries(nobody.figures).filter(([, value]) => value === null);
    expect(unknown.map(([name]) => name)).toEqual([
      ...['averageWatchTime', 'completionRate', 'startFailureRate', 'exitBeforeStartRate'],
      ...['playbackFailureRate', 'startupTime', 'rebufferRatio', 'stallsPerHour'],
      ...['averageMbps', 'peakAt'],
    ]);
    expect(nobody.figures).toMatchObject({ views: 0, uniqueViewers: 0, watchTime: 0, cost: 0 });
  });

  it('are of whole quarter hours', async () => {
    const range = { from: '2025-03-11T12:14:59.999Z', to: '2025-03-11T12:30:00.001Z' };
    const { period, figures } = await reportOf({ range });
    expect(period).toMatchObject({
      from: '2025-03-11T12:00:00.000Z',
      to: '2025-03-11T12:45:00.000Z',
    });
    expect(figures).toMatchObject({ views: 4, attempts: 6, open: 1 });
  });

  it('stand beside those of the period before', async () => {
    const compared = { range: STORY_HOUR, compare: 'PREVIOUS' };
    const { figures, previous, previousPeriod } = await reportOf(compared);
    expect(previousPeriod).toEqual({
      from: '2025-03-11T11:00:00.000Z',
      to: STORY_HOUR.from,
      completeUntil: STORY_HOUR.from,
    });
    expect(figures).toMatchObject({ views: 4, watchTime: 170 });
    expect(previous).toMatchObject({ views: 1, watchTime: 60, uniqueViewers: 1, open: 0 });
    expect(previous).toMatchObject({ peakConcurrentViewers: 1, startupTime: null });
    const weeks = await reportOf({ range: STORY_HOUR, compare: 'SAME_WEEKDAYS' });
    expect(weeks.previousPeriod).toMatchObject({ from: '2025-03-04T12:00:00.000Z' });
    expect(weeks.previous).toMatchObject({ views: 0, peakAt: null });
  });

  it('of a range that lies ahead are compared with nothing', async () => {
    const range = { from: '2190-01-01T00:00:00Z', to: '2190-01-02T00:00:00Z' };
    const report = await reportOf({ range, compare: 'YEAR_BEFORE' });
    expect(report).toMatchObject({ previous: null, figures: { views: 0 } });
  });

  it('are compared with nothing counted before the first day of 1970', async () => {
    const range = { from: '1970-01-02T00:00:00Z', to: '1970-01-11T00:00:00Z' };
    const report = await reportOf({ range, compare: 'PREVIOUS' });
    expect(report).toMatchObject({ previous: { views: 0, peakAt: null }, figures: { views: 0 } });
  });
});

describe('a series', () => {
  const views = (mediaId: string, times: readonly string[]): readonly object[] =>
    times.map((occurredAt) => ({
      ...{ mediaId, sessionId: occurredAt, eventId: '1', eventType: 'SESSION_START', occurredAt },
    }));

  it('by day has a day of 23 hours where the clocks go forward', async () => {
    await sendPast(
      under.server.url,
      // The 27th, the last minute of the 29th, the first and the last of the 30th, and the 31st.
      views('dawn', [
        ...['2025-03-27T12:00:00Z', '2025-03-29T22:59:00Z', '2025-03-29T23:00:00Z'],
        ...['2025-03-30T21:59:00Z'],
      ]),
    );
    asked = await sendPast(under.server.url, views('dawn', ['2025-03-30T22:00:00Z']));
    const variables = {
      range: {
        from: '2025-03-28T23:00:00Z',
        to: '2025-03-31T22:00:00Z',
        timeZone: 'europe/berlin',
      },
      ...{ interval: 'DAY', metrics: ['VIEWS', 'COMPLETION_RATE'], compare: 'PREVIOUS' },
      ...media('dawn'),
    };
    expect(answerOf(await askSeries(asked, variables))).toMatchObject({
      interval: 'DAY',
      at: ['2025-03-28T23:00:00.000Z', '2025-03-29T23:00:00.000Z', '2025-03-30T22:00:00.000Z'],
      series: [
        { metric: 'VIEWS', values: [1, 2, 1], previous: [0, 1, 0] },
        { metric: 'COMPLETION_RATE', values: [0, 0, 0], previous: [null, 0, null] },
      ],
    });
  });

  it('adds up to the figures, and has empty buckets', async () => {
    const variables = {
      ...{ range: STORY_HOUR, interval: 'QUARTER_HOUR', ...media('harbour') },
      metrics: [
        ...['VIEWS', 'WATCH_TIME', 'ATTEMPTS', 'CONCURRENT_VIEWERS_PEAK', 'UNIQUE_VIEWERS'],
        'STARTUP_P50',
      ],
    };
    const { at, series } = answerOf(await askSeries(asked, variables)) as {
      readonly at: readonly string[];
      readonly series: readonly { readonly values: readonly (number | null)[] }[];
    };
    expect(at.map((time) => time.slice(11, 16))).toEqual(['12:00', '12:15', '12:30', '12:45']);
    const [startup, ...others] = series.map(({ values }) => values).reverse();
    expect(others.reverse()).toEqual([
      [2, 0, 1, 0],
      [100, 0, 50, 0],
      [2, 0, 3, 1],
      [2, 0, 1, 0],
      [2, 0, 0, 0],
    ]);
    expect(startup?.map((seconds) => seconds && Math.round(seconds))).toEqual([
      2,
      null,
      null,
      null,
    ]);
  });
});

describe('a question', () => {
  it('may be written out, with aliases and fragments', async () => {
    const { from, to } = STORY_HOUR;
    const query = `{
      figures(range: { from: "${from}", to: "${to}" },
        filter: { dimension: MEDIA, anyOf: "harbour" }) {
        now: figures { ...Viewers ... on Figures { at: peakAt } startupTime { ...Median } } } }
      fragment Viewers on Figures { people: uniqueViewers }
      fragment Median on Percentiles { count }`;
    expect(answerOf(await ask(asked, query))).toEqual({
      now: { people: 2, at: OF_HARBOUR.peakAt, startupTime: { count: 2 } },
    });
    const series = `{
      timeSeries(range: { from: "${from}", to: "${to}", timeZone: "UTC" }, interval: HOUR,
        metrics: UNIQUE_VIEWERS, filter: [{ dimension: MEDIA, anyOf: ["harbour"] }]) {
        at series { values } } }`;
    expect(answerOf(await ask(asked, series))).toEqual({ at: [from], series: [{ values: [2] }] });
  });

  it('for the viewers of the other period alone has them', async () => {
    const query = `query($range: RangeInput!) { figures(range: $range, compare: PREVIOUS) {
      figures { views } previous { uniqueViewers peakConcurrentViewers } } }`;
    expect(answerOf(await ask(asked, query, { range: STORY_HOUR }))).toEqual({
      figures: { views: 4 },
      previous: { uniqueViewers: 1, peakConcurrentViewers: 1 },
    });
  });
});
