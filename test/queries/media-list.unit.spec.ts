import type { ReportFields } from '../../src/api/report-fields.js';
import { compareUtf8 } from '../../src/domain/text.js';
import { DAY_MS } from '../../src/domain/time.js';
import type { AskingTerms } from '../../src/queries/figures/figures.query.js';
import { MediaListQuery, type WantedMedia } from '../../src/queries/media-list.query.js';
import type { StreamConnection } from '../../src/queries/popular-streams.query.js';
import { memoryServers, type MemoryServer } from '../support/memory-server.js';
import { NOON } from '../support/playback.js';
import { termsAfter } from '../support/query-side.js';

const newServer = memoryServers();
const now = NOON;

const heard = (mediaId: string, more: Partial<ReportFields> = {}): ReportFields => ({
  mediaId,
  eventType: 'HEARTBEAT',
  ...more,
});
const ask = async (
  server: MemoryServer,
  wanted: Partial<WantedMedia> = {},
  terms: Partial<AskingTerms> = {},
): Promise<StreamConnection> =>
  server.query(
    new MediaListQuery(
      { search: '', first: 100, after: undefined, ...wanted },
      { ...termsAfter(await server.head()), ...terms },
    ),
  );
const idsIn = ({ edges }: StreamConnection): readonly string[] =>
  edges.map(({ node }) => node.mediaId);

/** All pages of a list, one after the other. */
async function allPages(server: MemoryServer, first: number, search = '') {
  const pages: StreamConnection[] = [];
  let after: string | undefined;
  do {
    const page = await ask(server, { search, first, after });
    pages.push(page);
    after = page.pageInfo.endCursor;
  } while (pages.at(-1)?.pageInfo.hasNextPage === true && pages.length < 1_000);
  return pages;
}

describe('the list of media', () => {
  it('is empty where nothing is known', async () => {
    const server = await newServer({ now });
    expect(await ask(server)).toEqual({
      edges: [],
      pageInfo: {
        ...{ hasNextPage: false, hasPreviousPage: false },
        ...{ startCursor: undefined, endCursor: undefined },
      },
      totalCount: 0,
    });
  });

  it('has what was registered, viewed or only heard of, as `media` shows it', async () => {
    const server = await newServer({ now });
    await server.register('registered', { title: 'Never seen' });
    await server.register('viewed', { title: 'Seen', durationMs: 90_000 });
    const start = { eventType: 'SESSION_START' as const, quality: '1080p' };
    await server.record(
      heard('heard'),
      heard('viewed', { ...start, sessionId: 'a' }),
      heard('viewed', { ...start, sessionId: 'b', occurredAt: now - 8 * DAY_MS }),
    );
    const { edges, totalCount } = await ask(server);
    const nodes = edges.map(({ node }) => node);
    expect(totalCount).toBe(3);
    expect(nodes.map(({ title, viewCount }) => [title, viewCount])).toEqual([
      ['heard', 0],
      ['Never seen', 0],
      ['Seen', 1],
    ]);
    for (const node of nodes) expect(node).toEqual(await server.stream(node.mediaId));
  });

  it('comes page by page in the order of ids, each once', async () => {
    const server = await newServer({ now });
    const ids = [
      ...Array.from({ length: 23 }, (_, i) => `m${String(i)}`),
      ...['a', 'a b', 'a!', 'ab', 'é', '\u{10ffff}', '\u{10ffff}'.repeat(200), '😀', '\uffee'],
    ];
    await server.record(...ids.map((id) => heard(id)));
    const pages = await allPages(server, 5);
    expect(pages.flatMap(idsIn)).toEqual(ids.toSorted(compareUtf8));
    expect(pages.every(({ totalCount }) => totalCount === ids.length)).toBe(true);
    expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual([
      false,
      ...Array.from({ length: 6 }, () => true),
    ]);
    const last = await ask(server, { first: 2, after: pages[5]?.edges[4]?.cursor });
    expect(last.pageInfo.hasNextPage).toBe(false);
  });

  it('goes on behind a title that came first, whatever came since', async () => {
    const server = await newServer({ now });
    await server.record(heard('b'), heard('d'));
    const { pageInfo } = await ask(server, { first: 1 });
    await server.record(heard('a'), heard('c'));
    expect(idsIn(await ask(server, { after: pageInfo.endCursor }))).toEqual(['c', 'd']);
  });
});

describe('a search', () => {
  const titled = async (): Promise<MemoryServer> => {
    const server = await newServer({ now });
    await server.register('m1', { title: 'The Harbour' });
    await server.register('m2', { title: 'RIVER and harbour' });
    await server.register('harbour-3', { title: 'Third' });
    // A letter and its accent, of which NFC makes one character.
    await server.register('m4', { title: 'Cafe\u0301 Noir' });
    return server;
  };

  it.each([
    ['finds a part of a title or an id, whatever the case', 'HARB', ['harbour-3', 'm1', 'm2']],
    ['finds a title however it is spelled', 'café n', ['m4']],
    ['finds an id where the title is another', 'ur-3', ['harbour-3']],
    ['takes every character as it is', 'h.rb', []],
    ['finds nothing that runs from an id into a title', 'm1The', []],
  ])('%s', async (_, search, expected) => {
    const found = await ask(await titled(), { search });
    expect(idsIn(found)).toEqual(expected);
    expect(found.totalCount).toBe(expected.length);
  });

  it('comes page by page, with the number of all that were found', async () => {
    const pages = await allPages(await titled(), 2, 'harbour');
    expect(pages.map(idsIn)).toEqual([['harbour-3', 'm1'], ['m2']]);
    expect(pages.map(({ totalCount }) => totalCount)).toEqual([3, 3]);
  });

  it('looks at more titles than it reads at once, which is charged before', async () => {
    const server = await newServer({ now });
    const ids = Array.from({ length: 2_500 }, (_, i) => `n${String(10_000 + i)}`);
    await server.record(...ids.map((id) => heard(id)));
    const charged: number[] = [];
    const charge = (cost: number): void => void charged.push(cost);
    const found = await ask(server, { search: '99' }, { charge });
    expect(idsIn(found)).toEqual(ids.filter((id) => id.includes('99')));
    expect(charged).toEqual([2_500 / 50]);
    const refuse = (): never => {
      throw new Error('too dear');
    };
    await expect(ask(server, { search: '99' }, { charge: refuse })).rejects.toThrow('too dear');
    // A page without a search reads no more than it shows.
    expect((await ask(server, { first: 1 }, { charge: refuse })).totalCount).toBe(2_500);
  });
});

describe('a cursor', () => {
  it.each([
    ['of another search', 'b'],
    ['of no search', ''],
  ])('%s is refused', async (_, search) => {
    const server = await newServer({ now });
    await server.record(heard('ab'), heard('bb'));
    const { pageInfo } = await ask(server, { search, first: 1 });
    const after = pageInfo.endCursor;
    expect(idsIn(await ask(server, { search: search.toUpperCase(), after }))).toEqual(['bb']);
    await expect(ask(server, { search: 'bb', after })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/^after: is no cursor of this list/) as string,
    });
  });

  it('of another query is refused, and so is what is none', async () => {
    const server = await newServer({ now });
    await server.record(heard('m', { eventType: 'SESSION_START' }));
    const { pageInfo } = await server.popular('WEEK');
    const forged = Buffer.from('12345678["m"]').toString('base64url');
    for (const after of [pageInfo.endCursor, forged, '', 'x', '[]', 'W10', 'null']) {
      await expect(ask(server, { after: after ?? '' })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
      });
    }
    const mine = (await ask(server)).pageInfo.endCursor;
    await expect(server.popular('WEEK', 1, mine)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });
});
