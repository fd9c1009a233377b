import { answerOf, ask, type Asked } from '../support/asked-figures.js';
import { withServer } from '../support/e2e.js';
import { codeOf, type GraphqlAnswer } from '../support/graphql.js';

const under = withServer();
let asked: Asked;

beforeAll(async () => {
  const { client } = under;
  await client.register({ mediaId: 'b', title: 'The Harbour' });
  await client.register({ mediaId: 'c', title: 'harbour lights' });
  const event = { mediaId: 'a-harbour', eventType: 'SESSION_START', quality: '4k' };
  await client.record({ ...event, sessionId: '1' });
  await client.record({ ...event, sessionId: '2' });
  const { position } = await client.record({ mediaId: 'd', eventType: 'HEARTBEAT' });
  asked = { url: under.server.url, position };
});

interface Connection {
  readonly edges: readonly { readonly node: { readonly mediaId: string }; cursor: string }[];
  readonly pageInfo: Readonly<Record<string, unknown>>;
  readonly totalCount: number;
}

const LIST = `query($search: String, $first: Int!, $after: String) {
  mediaList(search: $search, first: $first, after: $after) {
    edges { cursor node {
      id mediaId title thumbnail duration viewCount quality popularity createdAt } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`;
const askList = (variables: object): Promise<GraphqlAnswer> => ask(asked, LIST, variables);
const list = async (variables: object): Promise<Connection> =>
  answerOf(await askList(variables)) as Connection;
const idsIn = ({ edges }: Connection): readonly string[] => edges.map(({ node }) => node.mediaId);

describe('the list of media', () => {
  it('has all that is known, as `media` shows it', async () => {
    const all = await list({ first: 100 });
    expect(idsIn(all)).toEqual(['a-harbour', 'b', 'c', 'd']);
    expect(all.totalCount).toBe(4);
    expect(all.edges[0]?.node).toMatchObject({
      title: 'a-harbour',
      viewCount: 2,
      quality: 'ULTRA',
    });
    expect(all.edges[1]?.node).toMatchObject({ title: 'The Harbour', viewCount: 0 });
    const { popularity, ...node } = all.edges[0]?.node as unknown as { popularity: number };
    const fields = Object.keys(node).join(' ');
    const one = answerOf(await ask(asked, `{ media(mediaId: "a-harbour") { ${fields} } }`));
    expect(node).toEqual(one);
    expect(popularity).toBeCloseTo(2, 1);
  });

  it('is found by a part of title or id, page by page', async () => {
    const first = await list({ search: 'HARBOUR', first: 2 });
    expect([idsIn(first), first.totalCount]).toEqual([['a-harbour', 'b'], 3]);
    expect(first.pageInfo).toEqual({
      ...{ hasNextPage: true, hasPreviousPage: false },
      ...{ startCursor: first.edges[0]?.cursor, endCursor: first.edges[1]?.cursor },
    });
    const after = first.pageInfo.endCursor;
    const second = await list({ search: 'harbour', first: 2, after });
    expect([idsIn(second), second.totalCount]).toEqual([['c'], 3]);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(idsIn(await list({ search: null, first: 1, after: null }))).toEqual(['a-harbour']);
    expect((await list({ search: 'nothing', first: 1 })).totalCount).toBe(0);
  });
});

describe('is refused by name', () => {
  const wrong: readonly (readonly [string, object, string])[] = [
    ['no length', {}, 'first'],
    ['a page of none', { first: 0 }, 'first'],
    ['a page of 101', { first: 101 }, 'first'],
    ['no number', { first: 'x' }, 'first'],
    ['no text', { first: 1, search: 5 }, 'search'],
    ['a long text', { first: 1, search: 'x'.repeat(1_001) }, 'search'],
    ['no cursor', { first: 1, after: 'x' }, 'after'],
    ['another type of cursor', { first: 1, after: 5 }, 'after'],
  ];

  it.each(wrong)('%s', async (_, variables, name) => {
    const answer = await askList(variables);
    expect(codeOf(answer)).toBe('BAD_USER_INPUT');
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0]?.message).toContain(name);
    expect(answer.text.length).toBeLessThan(1_500);
  });

  it('a cursor of another query, or of another search', async () => {
    const popular = answerOf(
      await ask(asked, '{ popularStreams(first: 1) { pageInfo { endCursor } } }'),
    ) as Connection;
    const mine = await list({ first: 1 });
    for (const variables of [
      { after: popular.pageInfo.endCursor },
      { after: mine.pageInfo.endCursor, search: 'harbour' },
    ]) {
      const answer = await askList({ first: 1, ...variables });
      expect(codeOf(answer)).toBe('BAD_USER_INPUT');
      expect(answer.errors[0]?.message).toContain('after: is no cursor of this list');
    }
  });
});
