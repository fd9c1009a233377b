import type { ApiClient } from '../support/api-client.js';
import type { Expected } from './audience.js';

const BYTES_PER_GIB = 2 ** 30;

/** The figures that the API must give when everything that the audience sent counts once. */
export async function expectFigures(
  client: ApiClient,
  audience: ReadonlyMap<string, Expected>,
): Promise<void> {
  const media = [...audience];
  for (const [mediaId, expected] of media) await expectAnalytics(client, mediaId, expected);
  const { edges, totalCount } = await client.popular({ first: 100, period: 'MONTH' });
  expect(totalCount).toBe(media.length);
  expect(new Map(edges.map(({ node }) => [node.mediaId, node.viewCount]))).toEqual(
    new Map(media.map(([mediaId, { views }]) => [mediaId, views])),
  );
  const bandwidth = await client.bandwidth('MONTH');
  const bytes = media.reduce((sum, [, expected]) => sum + expected.bytes, 0);
  expect(bandwidth.totalGB * BYTES_PER_GIB).toBe(bytes);
}

async function expectAnalytics(client: ApiClient, mediaId: string, media: Expected): Promise<void> {
  const analytics = await client.analytics(mediaId);
  expect(analytics).toMatchObject({
    totalViews: media.views,
    uniqueViewers: media.viewers.size,
    bufferingEvents: media.stalls,
  });
  expect(Math.round(analytics.averageWatchTime * media.views * 1_000)).toBe(media.watchedMs);
  expect(Math.round(analytics.completionRate * media.views)).toBe(media.completions);
}
