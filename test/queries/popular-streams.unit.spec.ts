import type { TimePeriod } from '../../src/domain/period.js';
import type { ReportFields } from '../../src/api/report-fields.js';
import { compareUtf8 } from '../../src/domain/text.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/time.js';
import type { StreamConnection } from '../../src/queries/popular-streams.query.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { at } from '../support/times.js';

const newServer = memoryServers();
const now = NOON + 34 * MINUTE_MS + 12_345;

const view = (mediaId: string, more: Partial<ReportFields> = {}): ReportFields => ({
  mediaId,
  eventType: 'SESSION_START',
  ...more,
});
const views = (mediaId: string, count: number, more: Partial<ReportFields> = {}) =>
  Array.from({ length: count }, () => view(mediaId, more));

const mediaIn = ({ edges }: StreamConnection): readonly string[] =>
  edges.map(({ node }) => node.mediaId);

/** All pages of a list, one after the other. */
async function allPages(server: MemoryServer, first: number, period: TimePeriod = 'WEEK') {
  const pages: StreamConnection[] = [];
  let after: string | undefined;
  do {
    const page = await server.popular(period, first, after);
    pages.push(page);
    after = page.pageInfo.endCursor;
  } while (pages.at(-1)?.pageInfo.hasNextPage === true && pages.length < 1_000);
  return pages;
}

describe('popular streams', () => {
  it('are none where nothing was recorded', async () => {
    const server = await newServer({ now });
    expect(await server.popular('WEEK')).toEqual({
      edges: [],
      pageInfo: {
        hasNextPage: false,
        hasPreviousPage: false,
        startCursor: undefined,
        endCursor: undefined,
      },
      totalCount: 0,
    });
  });

  it('come page by page, with the number of all of them', async () => {
    const server = await newServer({ now });
    await server.record(...views('c', 50), ...views('a', 200), ...views('b', 100));
    const page = await server.popular('WEEK', 2);
    expect(page.edges.map(({ node }) => [node.mediaId, node.viewCount])).toEqual([
      ['a', 200],
      ['b', 100],
    ]);
    expect(page.totalCount).toBe(3);
    expect(page.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: page.edges[0]?.cursor,
      endCursor: page.edges[1]?.cursor,
    });
    const last = await server.popular('WEEK', 2, page.pageInfo.endCursor);
    expect(mediaIn(last)).toEqual(['c']);
    expect(last.totalCount).toBe(3);
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('hold each media item once over all pages, with ties among them', async () => {
    const server = await newServer({ now });
    const names = Array.from({ length: 60 }, (_, i) => `m${String(i)}`);
    const extremes = ['🎬', '\uffee', 'ü', 'a b', 'Z'];
    const all = [...names, ...extremes];
    await server.record(...all.flatMap((name, i) => views(name, 1 + (i % 3))));
    for (const first of [1, 7, 65, 100]) {
      const pages = await allPages(server, first);
      const found = pages.flatMap(mediaIn);
      expect(found).toHaveLength(all.length);
      expect(new Set(found)).toEqual(new Set(all));
      expect(new Set(pages.map(({ totalCount }) => totalCount))).toEqual(new Set([all.length]));
      expect(pages.length).toBe(Math.ceil(all.length / first));
    }
  });

  it('are in the order of popularity, then of media ids by their UTF-8 bytes', async () => {
    const server = await newServer({ now });
    const tied = ['🎬', '\uffee', 'b', 'a', 'Z', 'ab'];
    await server.record(...tied.map((name) => view(name)), ...views('winner', 2));
    const page = await server.popular('WEEK');
    expect(mediaIn(page)).toEqual(['winner', ...[...tied].sort(compareUtf8)]);
  });

  it('prefer what was viewed of late, the more the shorter the period', async () => {
    const server = await newServer({ now });
    await server.record(
      ...views('old crowd', 3, { occurredAt: now - 5 * DAY_MS }),
      ...views('fresh', 2, { occurredAt: now }),
      ...views('ancient crowd', 50, { occurredAt: now - 25 * DAY_MS }),
    );
    expect(mediaIn(await server.popular('WEEK'))).toEqual(['fresh', 'old crowd']);
    expect(mediaIn(await server.popular('MONTH'))).toEqual(['ancient crowd', 'fresh', 'old crowd']);
    expect(mediaIn(await server.popular('DAY'))).toEqual(['fresh']);
  });

  it('have the popularity of now', async () => {
    const server = await newServer({ now });
    await server.record(view('m1'), view('m1', { occurredAt: now - 42 * HOUR_MS }));
    const popularity = async () => (await server.popular('WEEK')).edges[0]?.node.popularity;
    expect(await popularity()).toBeCloseTo(1.5, 6);
    server.clock.advance(42 * HOUR_MS);
    expect(await popularity()).toBeCloseTo(0.75, 6);
  });
});

describe('a period', () => {
  const edges: readonly (readonly [TimePeriod, string])[] = [
    ['HOUR', '2026-03-18T11:35:00Z'],
    ['DAY', '2026-03-17T12:35:00Z'],
    ['WEEK', '2026-03-11T12:00:00Z'],
    ['MONTH', '2026-02-16T12:00:00Z'],
  ];

  it.each(edges)('of a %s begins at %s, for media as for views', async (period, start) => {
    const server = await newServer({ now });
    await server.record(
      view('inside', { occurredAt: at(start) }),
      view('inside', { occurredAt: at(start) - 1 }),
      view('outside', { occurredAt: at(start) - 1 }),
    );
    const page = await server.popular(period);
    expect(page.edges.map(({ node }) => [node.mediaId, node.viewCount])).toEqual([['inside', 1]]);
    expect(page.totalCount).toBe(1);
  });

  it('takes in the current minute to its end', async () => {
    const server = await newServer({ now });
    await server.record(view('m1', { occurredAt: now }));
    for (const [period] of edges) {
      expect((await server.popular(period)).edges[0]?.node.viewCount).toBe(1);
    }
  });

  it('moves on minute by minute', async () => {
    const server = await newServer({ now });
    await server.record(view('m1', { occurredAt: at('2026-03-18T11:35:00Z') }));
    expect((await server.popular('HOUR')).totalCount).toBe(1);
    server.clock.set(at('2026-03-18T12:34:59.999Z'));
    expect((await server.popular('HOUR')).totalCount).toBe(1);
    server.clock.set(at('2026-03-18T12:35:00Z'));
    expect((await server.popular('HOUR')).totalCount).toBe(0);
  });

  it('does not reach beyond the retention', async () => {
    const server = await newServer({ now, retentionDays: 3 });
    await server.record(
      view('kept', { occurredAt: now - DAY_MS }),
      view('kept', { occurredAt: now - 4 * DAY_MS }),
      view('forgotten', { occurredAt: now - 4 * DAY_MS }),
    );
    const page = await server.popular('WEEK');
    expect(page.edges.map(({ node }) => [node.mediaId, node.viewCount])).toEqual([['kept', 1]]);
    expect(page.totalCount).toBe(1);
  });

  it('are weighed as in the longest period that is kept', async () => {
    const server = await newServer({ now, retentionDays: 7 });
    const old = Array.from({ length: 40 }, () => view('old', { occurredAt: now - 8 * DAY_MS }));
    await server.record(...old, view('old'), ...views('new', 2));
    const [week, month] = [await server.popular('WEEK'), await server.popular('MONTH')];
    expect(mediaIn(month)).toEqual(['old', 'new']);
    expect(month.edges.map(({ node }) => node)).toEqual(week.edges.map(({ node }) => node));
    const { pageInfo } = await server.popular('MONTH', 1);
    expect(mediaIn(await server.popular('MONTH', 1, pageInfo.endCursor))).toEqual(['new']);
    await expect(server.popular('WEEK', 1, pageInfo.endCursor)).rejects.toThrow('after: ');
  });
});

describe('a cursor', () => {
  async function withCursor(): Promise<{ server: MemoryServer; cursor: string }> {
    const server = await newServer({ now });
    await server.record(...views('a', 3), ...views('b', 2), view('c'));
    const { pageInfo } = await server.popular('WEEK', 1);
    return { server, cursor: pageInfo.endCursor ?? '' };
  }
  const refused = { code: 'BAD_USER_INPUT' };

  it('of another period is refused', async () => {
    const { server, cursor } = await withCursor();
    await expect(server.popular('DAY', 1, cursor)).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('after: ') as string,
    });
  });

  it.each([
    ['empty', () => ''],
    ['no base64url', () => '!!!'],
    ['another text', () => Buffer.from('hello').toString('base64url')],
    ['JSON, but no cursor', () => Buffer.from('{}').toString('base64url')],
    ['a list that is too short', () => Buffer.from('["WEEK"]').toString('base64url')],
    ['cut short', (cursor: string) => cursor.slice(0, -1)],
    ['followed by more', (cursor: string) => `${cursor}A`],
    ['in standard base64 with padding', (cursor: string) => `${cursor}=`],
    ['very long', () => 'A'.repeat(100_000)],
  ])('that is %s is refused', async (_, forge) => {
    const { server, cursor } = await withCursor();
    await expect(server.popular('WEEK', 1, forge(cursor))).rejects.toMatchObject(refused);
  });

  const forgeries: readonly (readonly [string, (place: string) => string])[] = [
    ['another media item', (place) => place.replace('"a"', '"b"')],
    ['another place', (place) => place.replace(/(-\d+)\d,/, '$17,')],
    ['no mark of its own', (place) => place.slice(place.indexOf('['))],
    ['the mark of nobody', (place) => `AAAAAAAA${place.slice(place.indexOf('['))}`],
  ];

  it.each(forgeries)('made up with %s is refused', async (_, forge) => {
    const { server, cursor } = await withCursor();
    const place = Buffer.from(cursor, 'base64url').toString();
    expect(forge(place)).not.toBe(place);
    const forged = Buffer.from(forge(place)).toString('base64url');
    await expect(server.popular('WEEK', 1, forged)).rejects.toMatchObject(refused);
  });

  it('stays good when its media item moves on', async () => {
    const { server, cursor } = await withCursor();
    await server.record(...views('a', 10));
    expect(mediaIn(await server.popular('WEEK', 10, cursor))).toEqual(['b', 'c']);
  });

  it('of the last item leads to an empty page', async () => {
    const { server } = await withCursor();
    const { pageInfo } = await server.popular('WEEK', 3);
    const page = await server.popular('WEEK', 3, pageInfo.endCursor);
    expect(page.edges).toEqual([]);
    expect(page).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: false } });
  });
});

describe('a stream', () => {
  it('has the description that was registered', async () => {
    const server = await newServer({ now });
    const thumbnail = 'https://example.org/1.jpg';
    await server.register('m1', { title: 'A title', thumbnail, durationMs: 90_500 });
    expect(await server.stream('m1')).toEqual({
      id: 'm1',
      mediaId: 'm1',
      title: 'A title',
      thumbnail,
      duration: 90.5,
      viewCount: 0,
      quality: 'MEDIUM',
      popularity: 0,
      createdAt: now,
    });
  });

  it('has its media id for a title where none was registered', async () => {
    const server = await newServer({ now });
    await server.record(view('m1'));
    expect(await server.stream('m1')).toMatchObject({
      title: 'm1',
      thumbnail: undefined,
      duration: undefined,
    });
  });

  it('has the quality that most of its views in the period started at', async () => {
    const server = await newServer({ now });
    await server.record(
      ...views('m1', 2, { quality: '360p' }),
      ...views('m1', 2, { quality: '2160p' }),
      ...views('m1', 5, { quality: '1080p', occurredAt: now - 6 * DAY_MS }),
    );
    expect(await server.stream('m1', 'WEEK')).toMatchObject({ quality: 'HIGH', viewCount: 9 });
    expect(await server.stream('m1', 'DAY')).toMatchObject({ quality: 'LOW', viewCount: 4 });
  });

  it('is as old as its registration or its first event, whichever is earlier', async () => {
    const server = await newServer({ now });
    await server.register('m1', { title: 'A title' });
    await server.record(view('m1', { occurredAt: now - DAY_MS }));
    await server.record(view('m2', { occurredAt: now - DAY_MS }));
    server.clock.advance(DAY_MS);
    await server.register('m2', { title: 'Another' });
    expect((await server.stream('m1'))?.createdAt).toBe(now - DAY_MS);
    expect((await server.stream('m2'))?.createdAt).toBe(now - DAY_MS);
  });

  it('that nothing is known of is none', async () => {
    const server = await newServer({ now });
    expect(await server.stream('nowhere')).toBeUndefined();
  });

  it('without a view is not popular, but there', async () => {
    const server = await newServer({ now });
    await server.register('m1', { title: 'A title' });
    expect(await server.popular('MONTH')).toMatchObject({ edges: [], totalCount: 0 });
    expect(await server.stream('m1')).toMatchObject({ viewCount: 0, popularity: 0 });
  });
});
