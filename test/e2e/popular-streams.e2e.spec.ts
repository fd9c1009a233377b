import { codeOf } from '../support/graphql.js';
import type { EventInput, Period } from '../support/api-client.js';
import { hoursAgo, iso, withServer } from '../support/e2e.js';

const under = withServer();

const views = (mediaId: string, count: number, fields: Partial<EventInput> = {}): EventInput[] =>
  Array.from({ length: count }, (_, i) => ({
    mediaId,
    eventType: 'SESSION_START',
    sessionId: `s${String(i)}`,
    userId: `u${String(i)}`,
    ...fields,
  }));

async function codeOfPage(page: object): Promise<string | undefined> {
  return codeOf(await under.client.send('popularStreams', page));
}

beforeAll(async () => {
  await under.client.recordAll(views('second', 100, { quality: '1080p' }));
  await under.client.recordAll(views('third', 50, { quality: '4k' }));
  await under.client.recordAll(views('first', 200, { quality: '360p' }));
});

describe('200, 100 and 50 views', () => {
  test('the first page of two has two edges, and says that there is more', async () => {
    const page = await under.client.popular({ first: 2 });
    expect(page.edges.map(({ node }) => [node.mediaId, node.viewCount, node.quality])).toEqual([
      ['first', 200, 'LOW'],
      ['second', 100, 'HIGH'],
    ]);
    expect(page.totalCount).toBe(3);
    expect(page.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: page.edges[0]?.cursor,
      endCursor: page.edges[1]?.cursor,
    });
  });

  test('the next page has the last one, and the same true total', async () => {
    const first = await under.client.popular({ first: 2 });
    const after = first.pageInfo.endCursor ?? '';
    const page = await under.client.popular({ first: 2, after });
    expect(page.edges.map(({ node }) => [node.mediaId, node.viewCount])).toEqual([['third', 50]]);
    expect(page.totalCount).toBe(3);
    expect(page.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: page.edges[0]?.cursor,
      endCursor: page.edges[0]?.cursor,
    });
    const beyond = await under.client.popular({ first: 2, after: page.edges[0]?.cursor ?? '' });
    expect(beyond).toMatchObject({ edges: [], totalCount: 3, pageInfo: { hasNextPage: false } });
  });

  test.each(['HOUR', 'DAY', 'WEEK', 'MONTH'] as const)(
    'are popular just now: %s',
    async (period) => {
      const { edges } = await under.client.popular({ first: 100, period });
      const [first, second, third] = edges.map(({ node }) => node);
      expect(first?.popularity).toBeGreaterThan(180);
      expect(first?.popularity).toBeLessThanOrEqual(200);
      expect((first?.popularity ?? 0) / (second?.popularity ?? 0)).toBeCloseTo(2, 1);
      expect((second?.popularity ?? 0) / (third?.popularity ?? 0)).toBeCloseTo(2, 1);
      expect(first).toMatchObject({ id: 'first', title: 'first', thumbnail: null, duration: null });
    },
  );
});

describe('a cursor', () => {
  const cursorOf = async (period: Period): Promise<string> =>
    (await under.client.popular({ first: 1, period })).edges[0]?.cursor ?? '';

  test('of another period is refused', async () => {
    const after = await cursorOf('DAY');
    expect(await codeOfPage({ first: 1, after, period: 'WEEK' })).toBe('BAD_USER_INPUT');
    expect(await codeOfPage({ first: 1, after })).toBe('BAD_USER_INPUT');
  });

  test('that was made up is refused', async () => {
    const madeUp = ['', ' ', 'x', 'null', '0', 'Zmlyc3Q=', `WEEK:${'9'.repeat(300)}`, '😀'];
    for (const after of madeUp) {
      expect(await codeOfPage({ first: 1, after })).toBe('BAD_USER_INPUT');
    }
  });

  test('that was altered in any place, cut or extended is refused', async () => {
    const cursor = await cursorOf('WEEK');
    const altered = Array.from(
      cursor,
      (letter, i) => cursor.slice(0, i) + (letter === 'A' ? 'B' : 'A') + cursor.slice(i + 1),
    );
    const others = [cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, `${cursor} `];
    const codes = await Promise.all(
      [...altered, ...others].map(async (after) => [after, await codeOfPage({ first: 1, after })]),
    );
    expect(codes.filter(([, code]) => code !== 'BAD_USER_INPUT')).toEqual([]);
  });

  test('null is none', async () => {
    const answer = await under.client.send('popularStreams', { first: 1, after: null });
    expect(answer.errors).toEqual([]);
  });
});

describe('what counts', () => {
  test('media without a view in the period do not appear', async () => {
    const occurredAt = iso(hoursAgo(49));
    await under.client.recordAll([
      ...views('two days ago', 300, { occurredAt }),
      { mediaId: 'never viewed', eventType: 'HEARTBEAT', duration: 10 },
      { mediaId: 'never viewed', eventType: 'SESSION_END' },
    ]);
    await under.client.register({ mediaId: 'only registered', title: 'Registered' });
    const listed = async (period: Period): Promise<readonly string[]> =>
      (await under.client.popular({ first: 100, period })).edges.map(({ node }) => node.mediaId);
    expect(await listed('DAY')).toEqual(['first', 'second', 'third']);
    expect([...(await listed('WEEK'))].sort()).toEqual([
      'first',
      'second',
      'third',
      'two days ago',
    ]);
    expect((await under.client.popular({ first: 1, period: 'DAY' })).totalCount).toBe(3);
    expect((await under.client.popular({ first: 1, period: 'WEEK' })).totalCount).toBe(4);
  });

  test('views weigh half as much a quarter of the period later', async () => {
    const weightOf = async (period: Period): Promise<number> => {
      const { edges } = await under.client.popular({ first: 100, period });
      return edges.find(({ node }) => node.mediaId === 'two days ago')?.node.popularity ?? 0;
    };
    const hours = (Date.now() - hoursAgo(49)) / 3_600_000;
    expect((await weightOf('WEEK')) / (300 * 2 ** (-hours / 42))).toBeCloseTo(1, 2);
    expect((await weightOf('MONTH')) / (300 * 2 ** (-hours / 180))).toBeCloseTo(1, 2);
  });

  test('media of equal popularity come in the order of their ids’ UTF-8 bytes', async () => {
    const occurredAt = iso(hoursAgo(600));
    const ids = ['B', 'a', 'b', 'é', '\ufffd', '\u{1f600}'];
    const inputs = ['b', '\u{1f600}', 'a', '\ufffd', 'B', 'é'].flatMap((mediaId) =>
      views(mediaId, 1, { occurredAt }),
    );
    await under.client.recordAll(inputs);
    const { edges } = await under.client.popular({ first: 100, period: 'MONTH' });
    const listed = edges.map(({ node }) => node.mediaId).filter((id) => ids.includes(id));
    expect(listed).toEqual(ids);
    const pages: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await under.client.popular({
        first: 1,
        period: 'MONTH',
        ...(after !== undefined && { after }),
      });
      pages.push(...page.edges.map(({ node }) => node.mediaId));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor ?? '';
    }
    expect(pages).toEqual(edges.map(({ node }) => node.mediaId));
  });
});
