import { TIME_PERIODS } from '../../src/domain/period.js';
import type { ReportFields } from '../../src/api/report-fields.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';

const newServer = memoryServers();
const now = NOON + 34 * MINUTE_MS + 12_345;

const views = (mediaId: string, count: number): readonly ReportFields[] =>
  Array.from({ length: count }, () => ({ mediaId, eventType: 'SESSION_START' }) as const);

/** Records what a server stores whose clock is ahead for a while. */
async function recordAhead(
  server: MemoryServer,
  aheadMs: number,
  ...reports: readonly ReportFields[]
): Promise<void> {
  server.clock.advance(aheadMs);
  await server.record(...reports);
  server.clock.advance(-aheadMs);
}

const listed = async (server: MemoryServer, period: (typeof TIME_PERIODS)[number]) => {
  const { edges, totalCount } = await server.popular(period);
  expect(totalCount).toBe(edges.length);
  return edges.map(({ node: { mediaId, viewCount, popularity } }) => ({
    mediaId,
    viewCount,
    popularity: Number(popularity.toFixed(1)),
  }));
};

describe.each([
  ['minutes', 2 * MINUTE_MS],
  ['an hour', HOUR_MS],
  ['three days', 3 * DAY_MS],
  ['four hundred days', 400 * DAY_MS],
  ['fifty years', 50 * 365 * DAY_MS],
])('views that a clock stamped %s ahead', (_, aheadMs) => {
  it.each(TIME_PERIODS)('change nothing of popularStreams: %s', async (period) => {
    const server = await newServer({ now });
    await server.record(...views('often', 3), ...views('twice', 2));
    await recordAhead(server, aheadMs, ...views('twice', 5), ...views('never', 7));
    await server.record(...views('once', 1));
    expect(await listed(server, period)).toEqual([
      { mediaId: 'often', viewCount: 3, popularity: 3 },
      { mediaId: 'twice', viewCount: 2, popularity: 2 },
      { mediaId: 'once', viewCount: 1, popularity: 1 },
    ]);
    expect(await server.stream('twice', period)).toMatchObject({ viewCount: 2 });
    expect((await server.stream('twice', period))?.popularity).toBeCloseTo(2, 1);
    expect(await server.stream('never', period)).toMatchObject({ viewCount: 0, popularity: 0 });
  });

  it('count once it is their time', async () => {
    const server = await newServer({ now });
    await recordAhead(server, aheadMs, ...views('never', 7));
    server.clock.advance(aheadMs);
    expect(await listed(server, 'DAY')).toEqual([
      { mediaId: 'never', viewCount: 7, popularity: 7 },
    ]);
  });
});

it('titles with later views have their places in the pages', async () => {
  const server = await newServer({ now });
  const counts = [9, 8, 7, 6, 5, 4, 3, 2, 1];
  await server.record(...counts.flatMap((count) => views(`m${String(count)}`, count)));
  await recordAhead(
    server,
    400 * DAY_MS,
    ...['m8', 'm5', 'm1', 'm0'].flatMap((id) => views(id, 9)),
  );
  for (const first of [1, 2, 4, 9, 20]) {
    const found: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await server.popular('WEEK', first, after);
      found.push(...page.edges.map(({ node }) => node.mediaId));
      expect(page.totalCount).toBe(9);
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(found).toEqual(counts.map((count) => `m${String(count)}`));
  }
});

it('the score of a title with later views is that of its views up to now', async () => {
  const server = await newServer({ now });
  const ages = [0.5, 3, 20, 60].map((hours) => hours * HOUR_MS);
  const past = ages.map((age) => ({ ...views('film', 1)[0], occurredAt: now - age }));
  await server.record(...(past as ReportFields[]));
  const before = await Promise.all(TIME_PERIODS.map((period) => server.stream('film', period)));
  await recordAhead(server, 400 * DAY_MS, ...views('film', 4));
  const after = await Promise.all(TIME_PERIODS.map((period) => server.stream('film', period)));
  before.forEach((stream, i) => {
    expect(after[i]?.viewCount).toBe(stream?.viewCount);
    // A view counts in the middle of its minute, or of its hour.
    expect((after[i]?.popularity ?? 0) / (stream?.popularity ?? 0)).toBeCloseTo(1, 1);
  });
});
