import { catalogue } from './catalogue.js';
import type { PlayheadClient } from './client.js';

interface QualityStats {
  readonly quality: string;
  readonly viewCount: number;
  readonly percentage: number;
  readonly avgBandwidth: number;
}

export interface Analytics {
  readonly totalViews: number;
  readonly uniqueViewers: number;
  readonly averageWatchTime: number;
  readonly qualityDistribution: readonly QualityStats[];
  readonly bufferingEvents: number;
  readonly completionRate: number;
}

export interface Stream {
  readonly mediaId: string;
  readonly title: string;
  readonly viewCount: number;
  readonly quality: string;
  readonly popularity: number;
}

export interface Bandwidth {
  readonly totalGB: number;
  readonly peakMbps: number;
  readonly avgMbps: number;
  readonly cost: number;
  readonly byQuality: readonly { quality: string; totalGB: number; percentage: number }[];
  readonly byHour: readonly { hour: string; totalGB: number; peakMbps: number }[];
}

/** Everything that the server says of the week. */
export interface Answers {
  readonly streams: readonly Stream[];
  readonly totalCount: number;
  /** By media id, for the whole catalogue. */
  readonly analytics: ReadonlyMap<string, Analytics>;
  readonly bandwidth: Bandwidth;
}

const popularQuery = `query ($first: Int!) {
  popularStreams(first: $first, period: WEEK) {
    totalCount
    edges { node { mediaId title viewCount quality popularity } }
  }
}`;

const analyticsQuery = `query ($mediaId: ID!) {
  streamingAnalytics(mediaId: $mediaId) {
    totalViews uniqueViewers averageWatchTime bufferingEvents completionRate
    qualityDistribution { quality viewCount percentage avgBandwidth }
  }
}`;

const bandwidthQuery = `{
  bandwidthUsage(period: WEEK) {
    totalGB peakMbps avgMbps cost
    byQuality { quality totalGB percentage }
    byHour { hour totalGB peakMbps }
  }
}`;

interface Popular {
  readonly popularStreams: { totalCount: number; edges: readonly { node: Stream }[] };
}

/** Asks for everything, once the server's read models have passed `positions`. */
export async function askAll(
  client: PlayheadClient,
  positions: readonly string[],
): Promise<Answers> {
  const popular = await client.ask<Popular>(popularQuery, { first: 100 }, positions);
  const usage = await client.ask<{ bandwidthUsage: Bandwidth }>(bandwidthQuery, {}, positions);
  const analytics = await Promise.all(
    catalogue.map(async ({ mediaId }) => {
      const { data } = await client.ask<{ streamingAnalytics: Analytics }>(
        analyticsQuery,
        { mediaId },
        positions,
      );
      return [mediaId, data.streamingAnalytics] as const;
    }),
  );
  return {
    streams: popular.data.popularStreams.edges.map(({ node }) => node),
    totalCount: popular.data.popularStreams.totalCount,
    analytics: new Map(analytics),
    bandwidth: usage.data.bandwidthUsage,
  };
}
