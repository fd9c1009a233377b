import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Figures } from '../../src/queries/figures/figures.query.js';
import {
  answerOf,
  ask,
  askBreakdown,
  askFigures,
  askRetention,
  type Asked,
} from '../support/asked-figures.js';
import { expectSame, figuresIn, rounded } from '../support/figures-oracle/compare.js';
import { figuresOf } from '../support/figures-oracle/figures.js';
import { retentionOf } from '../support/figures-oracle/retention.js';
import { sessionsOf } from '../support/figures-oracle/sessions.js';
import { breakdownOf } from '../support/figures-oracle/slices.js';
import { addOldViews, oldReports, unpackOldData } from '../support/old-data.js';
import { until } from '../support/polling.js';
import { endLeftovers, startServer, type TestServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const SETTINGS = { egressPricePerGib: 0.085, qualifiedViewSeconds: 30 };
const REGISTERED = { mediaId: 'harbour', seconds: 200 };
const TITLES = ['harbour', 'river', '\u1e3f'];
/** So many that it takes a while to fold them. */
const BULK = { mediaId: 'bulk', views: 20_000, at: Date.UTC(2026, 10, 20, 12) };

const [FROM, TO] = [Date.UTC(2026, 10, 25), Date.UTC(2026, 10, 27)];
const RANGE = { from: new Date(FROM).toISOString(), to: new Date(TO).toISOString() };
const OF_TITLES = [{ dimension: 'MEDIA' as const, anyOf: TITLES, exclude: false }];

/** What 0.1.0 itself answered of this title, before its server was stopped. */
const ANSWER_OF_OLD = {
  ...{ totalViews: 10, uniqueViewers: 6, averageWatchTime: 94.75 },
  ...{ bufferingEvents: 12, completionRate: 0.6 },
  qualityDistribution: [
    { quality: 'HIGH', viewCount: 5, percentage: 50, avgBandwidth: 1.8380886068965518 },
    { quality: 'MEDIUM', viewCount: 3, percentage: 30, avgBandwidth: 2.0561063794871797 },
    { quality: 'LOW', viewCount: 1, percentage: 10, avgBandwidth: 2.2487507310344825 },
    { quality: 'ULTRA', viewCount: 1, percentage: 10, avgBandwidth: 2.09699768 },
  ],
};

interface Table {
  readonly edges: readonly {
    readonly node: { readonly value: string; readonly figures: Figures };
  }[];
}
interface Listed {
  readonly edges: readonly {
    readonly node: { readonly startedAt: string; readonly watchTime: number };
  }[];
}

async function expectAnswers(asked: Asked): Promise<void> {
  const sessions = sessionsOf(oldReports);
  const which = { from: FROM, to: TO, filter: OF_TITLES, ...SETTINGS };
  for (const filter of [
    OF_TITLES,
    [{ dimension: 'QUALITY' as const, anyOf: ['HIGH'], exclude: true }],
  ]) {
    const { figures } = answerOf(await askFigures(asked, { range: RANGE, filter })) as {
      figures: Figures;
    };
    expectSame(figuresIn(figures), figuresOf(sessions, { ...which, filter }));
  }

  for (const by of ['MEDIA', 'QUALITY', 'END_REASON', 'COUNTRY'] as const) {
    const asking = { range: RANGE, filter: OF_TITLES, by, first: 100 };
    const { edges } = answerOf(await askBreakdown(asked, asking)) as Table;
    const { rows } = breakdownOf(sessions, { ...which, by });
    expect(edges.map(({ node }) => node.value)).toEqual(rows.map(({ value }) => value));
    for (const [i, { node }] of edges.entries()) {
      const row = rows[i];
      if (row !== undefined) expectSame(figuresIn(node.figures), row.figures);
    }
  }

  const list = `query($range: RangeInput!, $filter: [FilterInput!]) {
    sessions(range: $range, filter: $filter, first: 100) {
      edges { node { startedAt watchTime } } } }`;
  const listed = answerOf(await ask(asked, list, { range: RANGE, filter: OF_TITLES })) as Listed;
  const told = listed.edges.map(({ node }) => [Date.parse(node.startedAt), node.watchTime]);
  const wanted = sessions.map(({ startedAt, watchedMs }) => [startedAt, watchedMs / 1_000]);
  expect(told).toHaveLength(wanted.length);
  expect(told).toEqual(expect.arrayContaining(wanted));

  const { mediaId, seconds } = REGISTERED;
  const curve = answerOf(await askRetention(asked, { mediaId, range: RANGE })) as object;
  const expected = retentionOf(sessions, {
    from: FROM,
    to: TO,
    mediaId,
    registeredSeconds: seconds,
  });
  expect(rounded(curve)).toEqual(rounded({ ...expected, sampled: 1 }));

  const analytics = `{ streamingAnalytics(mediaId: "${mediaId}", from: "${RANGE.from}",
    to: "${RANGE.to}") { totalViews uniqueViewers averageWatchTime bufferingEvents completionRate
    qualityDistribution { quality viewCount percentage avgBandwidth } } }`;
  expect(rounded(answerOf(await ask(asked, analytics)))).toEqual(rounded(ANSWER_OF_OLD));
}

describe('the data folder of release 0.1.0', () => {
  const dataDir = temporaryFolder();
  beforeAll(() => {
    unpackOldData(dataDir);
    addOldViews(dataDir, BULK.mediaId, BULK.views, BULK.at);
  });
  afterAll(async () => {
    await endLeftovers();
    removeFolder(dataDir);
  });

  const generationsOf = async ({ url }: TestServer): Promise<unknown> =>
    answerOf(await ask({ url }, '{ projections { name version generation state } }'));
  const filesOf = (): readonly string[] =>
    readdirSync(join(dataDir, 'read-models')).filter((name) => /\.g\d+\.db$/.test(name));

  test('is folded anew before the server is ready, once, and answers what was sent', async () => {
    const before = filesOf();
    const first = await startServer(dataDir);
    const statuses: number[] = [];
    await until(async () => {
      const { status } = await fetch(`${first.url}/health/ready`);
      statuses.push(status);
      return status === 200;
    });
    expect(statuses[0]).toBe(503);
    // Whoever asks now does not say how far the answer has to be.
    const range = { from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' };
    expect(answerOf(await askFigures({ url: first.url }, { range }))).toMatchObject({
      figures: { views: BULK.views, watchTime: 10 * BULK.views, open: BULK.views },
    });
    await expectAnswers({ url: first.url });
    const generations = await generationsOf(first);
    expect(await first.stop()).toBe(0);
    const after = filesOf();
    expect(after.filter((name) => !before.includes(name))).toHaveLength(4);

    const second = await startServer(dataDir);
    await until(async () => (await fetch(`${second.url}/health/ready`)).status === 200);
    expect(await generationsOf(second)).toEqual(generations);
    await expectAnswers({ url: second.url });
    expect(await second.stop()).toBe(0);
    expect(filesOf()).toEqual(after);
  });
});
