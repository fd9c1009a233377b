import type { EventInput } from '../support/api-client.js';
import { HOUR_MS, hoursAgo, iso, withServer } from '../support/e2e.js';

const under = withServer();

const BATCH_LENGTH = 1_000;
/**
 * Sends any number of events in batches, one after the other: of several at once some would wait
 * too long on a busy machine.
 */
async function recordMany(events: readonly EventInput[]): Promise<void> {
  let accepted = 0;
  for (let from = 0; from < events.length; from += BATCH_LENGTH) {
    const receipt = await under.client.recordAll(events.slice(from, from + BATCH_LENGTH));
    accepted += receipt.accepted;
  }
  expect(accepted).toBe(events.length);
}

describe('12,000 views of one media item over three days', () => {
  const VIEWS = 12_000;
  const HOURS = 72;
  const first = hoursAgo(HOURS);
  const secondsOf = (i: number): number => (i % 10) + 0.125;
  const bytesOf = (i: number): number => 1_000_000 + i;

  beforeAll(async () => {
    const events = Array.from({ length: VIEWS }, (_, i) => ({
      mediaId: 'great',
      eventType: 'SESSION_START',
      sessionId: `s${String(i)}`,
      userId: `u${String(i % 900)}`,
      quality: i % 3 === 0 ? '1080p' : '480p',
      duration: secondsOf(i),
      bytesLoaded: bytesOf(i),
      occurredAt: iso(first + (i % HOURS) * HOUR_MS + 600_000 + i),
    }));
    await recordMany(events);
  });

  test('are all counted', async () => {
    const analytics = await under.client.analytics('great');
    expect(analytics).toMatchObject({ totalViews: VIEWS, uniqueViewers: 900 });
    const watched = Array.from({ length: VIEWS }, (_, i) => secondsOf(i)).reduce((a, b) => a + b);
    expect(analytics.averageWatchTime).toBeCloseTo(watched / VIEWS, 9);
    expect(analytics.qualityDistribution).toMatchObject([
      { quality: 'LOW', viewCount: 8_000 },
      { quality: 'HIGH', viewCount: 4_000 },
    ]);
    const bytes = Array.from({ length: VIEWS }, (_, i) => bytesOf(i)).reduce((a, b) => a + b);
    const { totalGB } = await under.client.bandwidth('WEEK');
    expect(totalGB).toBe(bytes / 2 ** 30);
    const { edges } = await under.client.popular({ first: 1 });
    expect(edges[0]?.node).toMatchObject({ mediaId: 'great', viewCount: VIEWS, quality: 'LOW' });
    expect(await under.client.rollup(4 * 86_400)).toMatchObject({ views: VIEWS, bytes });
  });

  test('hour by hour make up the whole, and so do any three parts', async () => {
    const viewsFrom = async (fromHour: number, toHour: number): Promise<number> => {
      const from = iso(first + fromHour * HOUR_MS);
      const to = iso(first + toHour * HOUR_MS);
      return (await under.client.analytics('great', { from, to })).totalViews;
    };
    const hours = Array.from({ length: HOURS }, (_, hour) => viewsFrom(hour, hour + 1));
    const counts = await Promise.all(hours);
    expect(counts.reduce((a, b) => a + b)).toBe(VIEWS);
    for (const [a, b] of [
      [1, 71],
      [23, 25],
      [30, 31],
      [0, 49],
    ] as const) {
      const parts = await Promise.all([viewsFrom(0, a), viewsFrom(a, b), viewsFrom(b, HOURS)]);
      expect(parts[1]).toBe(counts.slice(a, b).reduce((sum, count) => sum + count, 0));
      expect(parts.reduce((sum, part) => sum + part)).toBe(VIEWS);
    }
  });
});

test('12,000 viewers are told apart within a few per cent, also over several hours', async () => {
  const events = Array.from({ length: 24_000 }, (_, i) => ({
    mediaId: 'crowd',
    eventType: 'SESSION_START',
    sessionId: `s${String(i)}`,
    userId: `viewer ${String(i % 12_000)}`,
    occurredAt: iso(hoursAgo(20 + (i % 6))),
  }));
  await recordMany(events);
  const { totalViews, uniqueViewers } = await under.client.analytics('crowd');
  expect(totalViews).toBe(24_000);
  // Four standard errors of 1 %.
  expect(Math.abs(uniqueViewers / 12_000 - 1)).toBeLessThan(0.04);
});

test('1,200 media items in one list are all there, each once, with the true total', async () => {
  const events = Array.from({ length: 1_200 }, (_, i) => ({
    mediaId: `item ${String(i)}`,
    eventType: 'SESSION_START',
    occurredAt: iso(hoursAgo(3) + (i % 600) * 1_000),
  }));
  await recordMany(events);
  const seen: string[] = [];
  let pages = 0;
  for (let after: string | undefined; ; pages += 1) {
    const page = await under.client.popular({
      first: 100,
      period: 'DAY',
      ...(after !== undefined && { after }),
    });
    seen.push(...page.edges.map(({ node }) => node.mediaId));
    const expected = 1_202;
    expect(page.totalCount).toBe(expected);
    expect(page.pageInfo.hasNextPage).toBe(seen.length < expected);
    expect(page.pageInfo.hasPreviousPage).toBe(pages > 0);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor ?? '';
  }
  expect(seen).toHaveLength(1_202);
  expect(new Set(seen).size).toBe(1_202);
  // Later views weigh more; of equal ones the order of ids counts.
  const items = seen.filter((id) => id.startsWith('item '));
  const timeOf = (id: string): number => Number(id.slice(5)) % 600;
  const ordered = [...items].sort((a, b) => timeOf(b) - timeOf(a) || (a < b ? -1 : 1));
  expect(items).toEqual(ordered);
});

test('a session is not full after a night, and its end counts', async () => {
  const batch = (from: number, count: number): EventInput[] =>
    Array.from({ length: count }, (_, i) => ({
      mediaId: 'endless',
      eventType: 'HEARTBEAT',
      sessionId: 'tv',
      eventId: `e${String(from + i)}`,
      duration: 1,
    }));
  const session = { mediaId: 'endless', sessionId: 'tv' };
  await under.client.record({ ...session, eventType: 'SESSION_START' });
  await recordMany(batch(0, 12_000));
  await under.client.record({ ...session, eventType: 'SESSION_END' });
  for (const from of [0, 11_000]) {
    expect(await under.client.recordAll(batch(from, 1_000))).toMatchObject({ duplicates: 1_000 });
  }
  expect(await under.client.analytics('endless')).toMatchObject({
    totalViews: 1,
    averageWatchTime: 12_000,
    completionRate: 1,
  });
});
