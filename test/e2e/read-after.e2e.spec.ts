import { cpSync } from 'node:fs';
import { PROJECTIONS } from '../../projections/index.js';
import { ApiClient, DOCUMENTS, type Operation } from '../support/api-client.js';
import { withServer } from '../support/e2e.js';
import { codeOf, getGraphql, sendGraphql, type GraphqlAnswer } from '../support/graphql.js';
import { startServer } from '../support/server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const under = withServer();

const start = (mediaId: string): { mediaId: string; eventType: string } => ({
  mediaId,
  eventType: 'SESSION_START',
});

/** Asks with a header of one's own making. */
function ask(
  operation: Operation,
  variables: object,
  readAfter: string,
  url = under.server.url,
): Promise<GraphqlAnswer> {
  const request = { query: DOCUMENTS[operation], variables: { ...variables } };
  return sendGraphql(url, request, { 'read-after': readAfter });
}

const QUERIES: readonly (readonly [Operation, object])[] = [
  ['streamingAnalytics', { mediaId: 'm' }],
  ['popularStreams', { first: 1 }],
  ['bandwidthUsage', { period: 'DAY' }],
];

describe('every mutation', () => {
  const mutations: readonly (readonly [Operation, object])[] = [
    ['recordStreamingEvent', { input: start('m') }],
    ['recordStreamingEvents', { inputs: [start('m'), start('m')] }],
    [
      'reportStreamingQuality',
      { input: { mediaId: 'm', quality: 'HIGH', bufferingEvents: 0, watchTime: 1 } },
    ],
    ['registerMedia', { input: { mediaId: 'm', title: 'M' } }],
    ['registerMedia', { input: { mediaId: 'm', title: 'M' } }],
    ['aggregateRollup', {}],
  ];
  test.each(mutations)('answers with a position that queries take: %s', async (name, variables) => {
    const answer = await under.newClient().send(name, variables);
    expect(answer.errors).toEqual([]);
    expect(answer.position).toMatch(/^\S+$/);
    for (const [query, queryVariables] of QUERIES) {
      expect((await ask(query, queryVariables, answer.position ?? '')).errors).toEqual([]);
    }
  });

  test('states in its receipt what its header says', async () => {
    const one = await under.client.send('recordStreamingEvent', { input: start('m') });
    expect(one.data?.recordStreamingEvent).toMatchObject({ position: one.position });
    const batch = await under.client.send('recordStreamingEvents', { inputs: [start('m')] });
    expect(batch.data?.recordStreamingEvents).toMatchObject({ position: batch.position });
  });

  test('of a request with several gives the highest of them in the header', async () => {
    const record = `recordStreamingEvent(input: {mediaId: "m", eventType: HEARTBEAT,
      eventId: "e", sessionId: "several"}) { position }`;
    await sendGraphql(under.server.url, { query: `mutation { ${record} }` });
    const query = `mutation {
      first: recordStreamingEvent(input: {mediaId: "m", eventType: SESSION_START}) { position }
      duplicate: ${record} }`;
    const { data, position } = await sendGraphql(under.server.url, { query });
    expect(data?.first).toEqual({ position });
    expect(data?.duplicate).not.toEqual({ position });
  });
});

describe('a query', () => {
  test('does not answer with a position', async () => {
    for (const [query, variables] of QUERIES) {
      expect((await under.newClient().send(query, variables)).position).toBeUndefined();
    }
  });

  test('shows at once what was written before, 100 times in a row', async () => {
    for (let i = 1; i <= 100; i += 1) {
      const { position } = await under.client.record(start('often'));
      const answer = await ask('streamingAnalytics', { mediaId: 'often' }, position);
      expect(answer.data?.streamingAnalytics).toMatchObject({ totalViews: i });
    }
  });

  test('by many clients at once shows each of them its own writes', async () => {
    const clients = Array.from({ length: 40 }, () => under.newClient());
    await Promise.all(
      clients.map(async (client, i) => {
        const mediaId = `of client ${String(i)}`;
        for (let views = 1; views <= 5; views += 1) {
          await client.record({ ...start(mediaId), bytesLoaded: 1 });
          expect((await client.analytics(mediaId)).totalViews).toBe(views);
        }
        const { edges } = await client.popular({ first: 100, period: 'HOUR' });
        const own = edges.find(({ node }) => node.mediaId === mediaId);
        expect(own?.node.viewCount).toBe(5);
      }),
    );
  });

  test('waits for the highest of several positions, in whatever order they stand', async () => {
    const positions: string[] = [];
    for (let i = 0; i < 5; i += 1)
      positions.push((await under.client.record(start('list'))).position);
    for (const list of [positions, [...positions].reverse()]) {
      for (const separator of [',', ', ']) {
        const answer = await ask('streamingAnalytics', { mediaId: 'list' }, list.join(separator));
        expect(answer.data?.streamingAnalytics).toMatchObject({ totalViews: 5 });
      }
    }
  });

  test('takes the position of a duplicate, which is not lower than the original’s', async () => {
    const event = { ...start('again'), sessionId: 's', eventId: 'e' };
    const { position } = await under.client.record(event);
    await under.client.record(start('again'));
    const repeated = await under.client.record(event);
    expect(repeated.duplicate).toBe(true);
    for (const token of [position, repeated.position]) {
      const answer = await ask('streamingAnalytics', { mediaId: 'again' }, token);
      const { totalViews } = answer.data?.streamingAnalytics as { totalViews: number };
      expect(totalViews).toBeGreaterThanOrEqual(1);
    }
  });

  test('may ask by GET', async () => {
    const answer = await getGraphql(under.server.url, '{ projections { name } }');
    expect(answer.errors).toEqual([]);
  });
});

describe('a header that is wrong', () => {
  const malformed = ['', ' ', 'x', '5', ',', '-1', '0', 'null', 'x'.repeat(5_000)];
  test.each(malformed.map((text) => [text.slice(0, 20), text] as const))(
    'is refused by every query: %j',
    async (_, text) => {
      for (const [query, variables] of QUERIES) {
        const answer = await ask(query, variables, text);
        expect(codeOf(answer)).toBe('BAD_USER_INPUT');
        expect(answer.text).not.toMatch(/x{101}/);
      }
    },
  );

  test('is refused when a position was altered or stands beside a wrong one', async () => {
    const { position } = await under.client.record(start('m'));
    const wrong = [
      `${position},x`,
      `x,${position}`,
      `${position},`,
      `,${position}`,
      `${position}!`,
    ];
    for (const text of [...wrong, position.toUpperCase().replaceAll(/\d/g, 'Z')]) {
      const answer = await ask('streamingAnalytics', { mediaId: 'm' }, text);
      expect(codeOf(answer)).toBe('BAD_USER_INPUT');
    }
  });

  test('is refused when it is of another log', async () => {
    const folder = temporaryFolder();
    const other = await startServer(folder);
    try {
      const { position } = await new ApiClient(other.url).record(start('m'));
      for (const [query, variables] of QUERIES) {
        expect(codeOf(await ask(query, variables, position))).toBe('BAD_USER_INPUT');
      }
    } finally {
      await other.stop();
      removeFolder(folder);
    }
  });

  test('is nothing to projections, which wait for nobody', async () => {
    const { position } = await under.client.record(start('m'));
    const answer = await ask('projections', {}, position);
    expect(answer.errors).toEqual([]);
  });
});

describe('a position beyond the end of the log', () => {
  test('is READ_MODEL_BEHIND at once, though not to projections', async () => {
    const folder = temporaryFolder();
    await under.client.record(start('m'));
    // A copy of the folder is the same log, cut where the copy was made.
    await under.server.stop();
    cpSync(under.server.dataDir, folder, { recursive: true });
    await under.restart();
    const { position } = await under.client.record(start('m'));
    const cut = await startServer(folder);
    try {
      const from = Date.now();
      for (const [query, variables] of QUERIES) {
        const answer = await ask(query, variables, position, cut.url);
        expect(codeOf(answer)).toBe('READ_MODEL_BEHIND');
      }
      // Three waits of 5 s would take 15 s.
      expect(Date.now() - from).toBeLessThan(4_500);
      expect((await ask('projections', {}, position, cut.url)).errors).toEqual([]);
      expect((await ask('streamingAnalytics', { mediaId: 'm' }, position)).errors).toEqual([]);
    } finally {
      await cut.stop();
      removeFolder(folder);
    }
  });
});

test('every projection is live, and has looked at everything', async () => {
  const { position } = await under.client.record(start('m'));
  for (const [query, variables] of QUERIES) await ask(query, variables, position);
  await under.client.rollup();
  const projections = await under.client.projections();
  const models = PROJECTIONS.map(({ name, version }) => ({ name, version }));
  expect(projections.map(({ name, version }) => ({ name, version }))).toEqual(models);
  for (const projection of projections) {
    expect(projection).toMatchObject({
      state: 'LIVE',
      parkedEvents: 0,
      rebuildProgress: null,
    });
    expect((await ask('projections', {}, projection.position)).errors).toEqual([]);
  }
  const analytics = projections.find(({ name }) => name === 'streaming-analytics');
  expect(analytics).toMatchObject({ position, lagSeconds: 0, lagEvents: 0 });
});
