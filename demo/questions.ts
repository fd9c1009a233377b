import {
  REPORT_QUERIES,
  startOf,
  type Analytics,
  type Bandwidth,
  type Popular,
  type Stream,
} from '../src/cli/report-queries.js';
import { catalogue } from './catalogue.js';
import type { PlayheadClient } from './client.js';

const period = 'WEEK';

/** All answers of the server about the week. */
export interface Answers {
  readonly streams: readonly Stream[];
  readonly totalCount: number;
  /** Analytics by media id, for the whole catalogue. */
  readonly analytics: ReadonlyMap<string, Analytics>;
  readonly bandwidth: Bandwidth;
}

/** Asks for all answers, once the server's read models have passed `positions`. */
export async function askAll(
  client: PlayheadClient,
  positions: readonly string[],
): Promise<Answers> {
  const ask = async <T>(query: string, variables: object): Promise<T> =>
    (await client.ask<T>(query, { ...variables }, positions)).data;
  const { popularStreams } = await ask<{ popularStreams: Popular }>(REPORT_QUERIES.popularStreams, {
    first: 100,
    period,
  });
  const { bandwidthUsage } = await ask<{ bandwidthUsage: Bandwidth }>(
    REPORT_QUERIES.bandwidthUsage,
    { period },
  );
  const from = startOf(period, Date.now());
  const analytics = await Promise.all(
    catalogue.map(async ({ mediaId }) => {
      const { streamingAnalytics } = await ask<{ streamingAnalytics: Analytics }>(
        REPORT_QUERIES.streamingAnalytics,
        { mediaId, from },
      );
      return [mediaId, streamingAnalytics] as const;
    }),
  );
  return {
    streams: popularStreams.edges.map(({ node }) => node),
    totalCount: popularStreams.totalCount,
    analytics: new Map(analytics),
    bandwidth: bandwidthUsage,
  };
}
