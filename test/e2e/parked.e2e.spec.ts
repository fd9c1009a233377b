import { HOURLY_VIEWS } from '../../projections/popularity.js';
import { STATS } from '../../projections/streaming-analytics.js';
import { hourOf, dayOf } from '../../src/domain/time.js';
import { DOCUMENTS } from '../support/api-client.js';
import { withServer } from '../support/e2e.js';
import { sendGraphql } from '../support/graphql.js';
import { changeReadModel } from '../support/sqlite-files.js';

const under = withServer();
const now = Date.now();

/** Parks an event for a document, as a fold that throws would. */
function park(projection: string, key: string, position = 1): void {
  const event = { position, key, reason: 'broken', parkedAt: now };
  changeReadModel(
    { dataDir: under.server.dataDir, projection },
    'INSERT INTO parked VALUES (?, ?, ?)',
    position,
    key,
    JSON.stringify(event),
  );
}

const extensionsOf = async (
  operation: 'streamingAnalytics' | 'popularStreams' | 'bandwidthUsage',
  variables: Readonly<Record<string, unknown>>,
): Promise<unknown> => {
  const request = { query: DOCUMENTS[operation], variables };
  const { data, extensions } = await sendGraphql(under.server.url, request);
  expect(data?.[operation]).toBeDefined();
  return extensions;
};

test('an answer says in its extensions which of its documents lack an event', async () => {
  await under.client.record({ mediaId: 'm1', eventType: 'SESSION_START' });
  await under.client.record({ mediaId: 'm2', eventType: 'SESSION_START' });
  await under.client.popular({ first: 10 });
  park('streaming-analytics', STATS.key('m1', 'hour', hourOf(now)));
  // Of today the week has no whole hour yet, in the first one.
  park('popularity', HOURLY_VIEWS.key('m2', dayOf(now) - 1));
  const range = { from: new Date(now).toISOString(), to: new Date(now).toISOString() };
  const document = `stats / m1 / hour / ${String(hourOf(now)).padStart(9, '0')}`;
  expect(await extensionsOf('streamingAnalytics', { mediaId: 'm1', ...range })).toEqual({
    parked: [{ projection: 'streaming-analytics', document }],
  });
  expect(await extensionsOf('streamingAnalytics', { mediaId: 'm2', ...range })).toBeUndefined();
  expect(await extensionsOf('bandwidthUsage', { period: 'DAY' })).toBeUndefined();
  const answers = await Promise.all([
    extensionsOf('popularStreams', { first: 10, period: 'WEEK' }),
    extensionsOf('popularStreams', { first: 10, period: 'HOUR' }),
  ]);
  expect(answers).toEqual([
    {
      parked: [
        {
          projection: 'popularity',
          document: expect.stringMatching(/^hourly-views \/ m2/) as string,
        },
      ],
    },
    undefined,
  ]);
});

test('every answer of a read model says where events are that nobody could read', async () => {
  await under.client.bandwidth('DAY');
  const positions = Array.from({ length: 103 }, (_, i) => i + 1);
  for (const position of positions) park('bandwidth', '', position);
  const named = positions.slice(0, 100).map((position) => ({ projection: 'bandwidth', position }));
  expect(await extensionsOf('bandwidthUsage', { period: 'DAY' })).toEqual({
    parked: named,
    parkedMore: 3,
  });
  expect(await extensionsOf('bandwidthUsage', { period: 'MONTH' })).toMatchObject({
    parkedMore: 3,
  });
  expect(await extensionsOf('popularStreams', { first: 10, period: 'HOUR' })).toBeUndefined();
});
