import { withServer } from '../support/e2e.js';
import { codeOf, sendGraphql, type GraphqlAnswer } from '../support/graphql.js';
import { sendEvents, withKey } from '../support/http.js';

const KEYS = { ADMIN_KEY: 'admin-key-00000001', READ_KEY: 'read-key-000000001' };
const under = withServer(KEYS);
const NOW = Date.now();
const at = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1_000).toISOString();

const SESSIONS = `query($range: RangeInput!, $userId: ID, $sessionId: ID, $first: Int! = 10,
  $minRebufferRatio: Float, $after: String, $filter: [FilterInput!], $events: Int! = 10) {
  sessions(range: $range, userId: $userId, sessionId: $sessionId, first: $first, after: $after,
    minRebufferRatio: $minRebufferRatio, filter: $filter) {
    edges { node { id viewer sessionId state watchTime completed media { title }
      context { country } timeline(first: $events) { totalCount edges { node { type detail } } } } }
    pageInfo { hasNextPage endCursor } } }`;
const range = { from: at(3_600), to: at(-3_600) };

let position = '';
beforeAll(async () => {
  const told = { mediaId: 'm1', sessionId: 's1', userId: 'ann' };
  const events = [
    { ...told, eventType: 'SESSION_START', occurredAt: at(60), context: { country: 'PT' } },
    { ...told, eventType: 'HEARTBEAT', occurredAt: at(50), duration: 10 },
    { ...told, eventType: 'SESSION_END', occurredAt: at(40), endReason: 'QUIT' },
    { mediaId: 'm2', sessionId: 's2', eventType: 'PLAY_REQUESTED', occurredAt: at(30) },
  ];
  const { status, json, text } = await sendEvents(
    under.server.url,
    events,
    withKey(KEYS.ADMIN_KEY),
  );
  if (status !== 202) throw new Error(text);
  position = String(json.position);
});

const ask = (key: string, query: string, variables: object = {}): Promise<GraphqlAnswer> =>
  sendGraphql(
    under.server.url,
    { query, variables: { ...variables } },
    { ...withKey(key), 'read-after': position },
  );

interface Node {
  readonly id: string;
  readonly viewer: string | null;
  readonly sessionId: string | null;
}

async function nodes(key: string, variables: object = {}): Promise<readonly Node[]> {
  const { data, errors } = await ask(key, SESSIONS, { range, ...variables });
  expect(errors).toEqual([]);
  const { edges } = data?.sessions as { readonly edges: readonly { readonly node: Node }[] };
  return edges.map(({ node }) => node);
}

test('are shown one by one, with their events; who watched only to admins', async () => {
  const shown = await nodes(KEYS.READ_KEY);
  expect(shown).toEqual([
    {
      ...{ id: expect.any(String) as string, viewer: null, sessionId: null, state: 'STARTING' },
      ...{ watchTime: 0, completed: null, media: { title: 'm2' }, context: { country: null } },
      timeline: { totalCount: 1, edges: [{ node: { type: 'PLAY_REQUESTED', detail: null } }] },
    },
    {
      ...{ id: expect.any(String) as string, viewer: null, sessionId: null, state: 'QUIT' },
      ...{ watchTime: 10, completed: false, media: { title: 'm1' }, context: { country: 'PT' } },
      timeline: {
        totalCount: 3,
        edges: [
          { node: { type: 'SESSION_START', detail: null } },
          { node: { type: 'HEARTBEAT', detail: null } },
          { node: { type: 'SESSION_END', detail: 'QUIT' } },
        ],
      },
    },
  ]);
  const [, ann] = await nodes(KEYS.ADMIN_KEY);
  expect(ann).toMatchObject({ id: shown[1]?.id, sessionId: 's1' });
  expect(ann?.viewer).toMatch(/^[\w-]{22}$/);
  expect(await nodes(KEYS.ADMIN_KEY, { userId: 'ann' })).toEqual([ann]);
  expect(await nodes(KEYS.ADMIN_KEY, { sessionId: 's1' })).toEqual([ann]);
  expect(await nodes(KEYS.ADMIN_KEY, { userId: 'bob' })).toEqual([]);
  for (const whose of [{ userId: 'ann' }, { sessionId: 's1' }]) {
    expect(codeOf(await ask(KEYS.READ_KEY, SESSIONS, { range, ...whose }))).toBe('FORBIDDEN');
  }
});

test('are found by their ids, which say nothing to anybody', async () => {
  const [, ann] = await nodes(KEYS.READ_KEY);
  const query = 'query($id: ID!) { session(id: $id) { id state sessionId } }';
  const known = await ask(KEYS.READ_KEY, query, { id: ann?.id });
  expect(known.data).toEqual({ session: { id: ann?.id, state: 'QUIT', sessionId: null } });
  const text = Buffer.from(ann?.id ?? '', 'base64url').toString('latin1');
  expect(text).not.toMatch(/m1|s1|session/);
  const broken = `${ann?.id.slice(0, -1) ?? ''}${ann?.id.endsWith('A') === true ? 'B' : 'A'}`;
  for (const id of ['', 's1', 'session', broken, 'x'.repeat(5_000)]) {
    const answer = await ask(KEYS.READ_KEY, query, { id });
    expect([answer.data, answer.errors]).toEqual([{ session: null }, []]);
  }
});

test.each([
  ['no rows', { first: 0 }, 'first'],
  ['101 rows', { first: 101 }, 'first'],
  ['101 events', { events: 101 }, 'first'],
  ['a ratio above 1', { minRebufferRatio: 1.01 }, 'minRebufferRatio'],
  ['a negative ratio', { minRebufferRatio: -0.1 }, 'minRebufferRatio'],
  ['a cursor that nobody issued', { after: 'WzEsMl0' }, 'after'],
  ['an empty id of a user', { userId: '' }, 'userId'],
  ['an empty id of a session', { sessionId: '' }, 'sessionId'],
  ['a range upside down', { range: { from: range.to, to: range.from } }, 'range'],
  ['a zone that does not exist', { range: { ...range, timeZone: 'Mars' } }, 'timeZone'],
])('refuse %s by name', async (_, variables, name) => {
  const answer = await ask(KEYS.ADMIN_KEY, SESSIONS, { range, ...variables });
  expect(codeOf(answer)).toBe('BAD_USER_INPUT');
  expect(answer.errors[0]?.message).toContain(name);
});
