import {
  answerOf,
  ask,
  askBreakdown,
  askFigures,
  askSeries,
  sendPast,
  type Asked,
} from '../support/asked-figures.js';
import { withServer } from '../support/e2e.js';
import { OF_HARBOUR, STORY, STORY_HOUR } from './figures-story.js';

const under = withServer();
let asked: Asked;
beforeAll(async () => {
  await under.client.register({ mediaId: 'river', title: 'By the Rive\u0301r' });
  asked = await sendPast(under.server.url, STORY);
});

interface Row {
  readonly value: string;
  readonly label: string;
  readonly share: number;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly previous: Readonly<Record<string, unknown>> | null;
}
interface Table {
  readonly edges: readonly { readonly node: Row; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
  readonly total: Readonly<Record<string, unknown>>;
  readonly sampled: number;
}

const filter = (dimension: string, anyOf: readonly string[], exclude = false): object => ({
  ...{ dimension, anyOf, exclude },
});
const HARBOUR = filter('MEDIA', ['harbour']);

const tableOf = async (variables: object): Promise<Table> =>
  answerOf(await askBreakdown(asked, { range: STORY_HOUR, first: 10, ...variables })) as Table;
const rowsOf = ({ edges }: Table): readonly Row[] => edges.map(({ node }) => node);

describe('a breakdown worked out by hand', () => {
  it('has a row for each country, and one for what is not known', async () => {
    const table = await tableOf({ by: 'COUNTRY', filter: [HARBOUR] });
    expect(table).toMatchObject({ totalCount: 3, sampled: 1, total: { views: 3, attempts: 6 } });
    expect(table.total.watchTime).toBe(OF_HARBOUR.watchTime);
    const [german, french, unknown] = rowsOf(table);
    expect(german).toMatchObject({
      ...{ value: 'DE', label: 'Germany', previous: null },
      figures: { views: 2, attempts: 3, watchTime: 100, uniqueViewers: 2, startFailureRate: 1 / 3 },
    });
    expect(german?.figures).toMatchObject({ peakConcurrentViewers: 2, startupTime: { count: 2 } });
    expect(german?.share).toBeCloseTo(200 / 3, 10);
    expect(french).toMatchObject({
      ...{ value: 'FR', label: 'France' },
      figures: { views: 1, attempts: 2, open: 2, uniqueViewers: 0, startupTime: null },
    });
    expect(unknown).toMatchObject({
      ...{ value: '', label: '', share: 0 },
      figures: { views: 0, attempts: 1, exitBeforeStartRate: 1, peakAt: null },
    });
  });

  it('names titles, and finds them by a part of a name or an id', async () => {
    expect(rowsOf(await tableOf({ by: 'MEDIA' })).map(({ label }) => label)).toEqual([
      'harbour',
      'By the Rive\u0301r',
    ]);
    const found = async (search: string): Promise<readonly unknown[]> => {
      const { edges, total, totalCount } = await tableOf({ by: 'MEDIA', search });
      return [edges.map(({ node }) => node.value), totalCount, total.views];
    };
    expect(await found('THE riv')).toEqual([['river'], 1, 4]);
    expect(await found('IV\u00c9R')).toEqual([['river'], 1, 4]);
    expect(await found('r')).toEqual([['harbour', 'river'], 2, 4]);
    expect(await found('lake')).toEqual([[], 0, 4]);
  });

  it('is ordered by any metric, what has none last, and leaves out what has few views', async () => {
    const order = async (orderBy: string, minViews = 0): Promise<readonly string[]> => {
      const table = await tableOf({ by: 'COUNTRY', filter: [HARBOUR], orderBy, minViews });
      return rowsOf(table).map(({ value }) => value);
    };
    expect(await order('EXIT_BEFORE_START_RATE')).toEqual(['', 'DE', 'FR']);
    expect(await order('STARTUP_P95')).toEqual(['DE', '', 'FR']);
    expect(await order('UNIQUE_VIEWERS')).toEqual(['DE', '', 'FR']);
    expect(await order('CONCURRENT_VIEWERS_PEAK', 1)).toEqual(['DE', 'FR']);
    const tried = await tableOf({ by: 'COUNTRY', filter: [HARBOUR], minAttempts: 1 });
    expect(rowsOf(tried).map(({ value }) => value)).toContain('');
  });

  it('stands beside the period before', async () => {
    const { edges } = await tableOf({ by: 'MEDIA', compare: 'PREVIOUS' });
    const views = edges.map(({ node }) => [node.value, node.previous?.views]);
    expect(views).toEqual([
      ['harbour', 1],
      ['river', 0],
    ]);
  });

  it('comes in pages', async () => {
    const first = await tableOf({ by: 'END_REASON', first: 2 });
    expect(rowsOf(first).map(({ value }) => value)).toEqual(['', 'ENDED']);
    expect([first.totalCount, first.pageInfo.hasNextPage]).toEqual([4, true]);
    const rest = await tableOf({ by: 'END_REASON', after: first.pageInfo.endCursor });
    expect(rowsOf(rest).map(({ value }) => value)).toEqual(['FAILED', 'QUIT']);
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });
});

describe('figures under filters', () => {
  const viewsOf = async (...filters: readonly object[]): Promise<unknown> => {
    const report = answerOf(await askFigures(asked, { range: STORY_HOUR, filter: filters }));
    return (report as { readonly figures: Readonly<Record<string, unknown>> }).figures.attempts;
  };

  it('are of what has one of the values, and of all filters', async () => {
    expect(await viewsOf(filter('COUNTRY', ['DE', 'FR']))).toBe(5);
    expect(await viewsOf(filter('COUNTRY', ['DE']), filter('DEVICE', ['PHONE']))).toBe(1);
    expect(await viewsOf(filter('COUNTRY', ['']), HARBOUR)).toBe(1);
    expect(await viewsOf(filter('COUNTRY', ['nowhere']))).toBe(0);
    expect(await viewsOf(filter('ERROR_CODE', ['E1', 'E2']))).toBe(2);
  });

  it('are of all others where a filter excludes', async () => {
    expect(await viewsOf(filter('COUNTRY', ['DE'], true))).toBe(4);
    expect(await viewsOf(filter('MEDIA', ['harbour'], true))).toBe(1);
    expect(await viewsOf(filter('COUNTRY', ['DE', ''], true), HARBOUR)).toBe(2);
  });

  it('come by the minute', async () => {
    const range = { from: '2025-03-11T12:01:30Z', to: '2025-03-11T12:04:00Z' };
    const variables = { range, interval: 'MINUTE', filter: [HARBOUR] };
    const metrics = ['ATTEMPTS', 'CONCURRENT_VIEWERS_PEAK'];
    expect(answerOf(await askSeries(asked, { ...variables, metrics }))).toMatchObject({
      at: ['12:01', '12:02', '12:03'].map((time) => `2025-03-11T${time}:00.000Z`),
      series: [{ values: [1, 1, 0] }, { values: [1, 2, 0] }],
    });
  });
});

test('only what is selected is worked out', async () => {
  const { from, to } = STORY_HOUR;
  const query = `{ breakdown(range: { from: "${from}", to: "${to}" }, by: DEVICE, first: 1) {
    edges { node { value } } total { views } } }`;
  expect(answerOf(await ask(asked, query))).toMatchObject({ total: { views: 4 } });
});
