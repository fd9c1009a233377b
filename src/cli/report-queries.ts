/** The periods of the API, and the words for them. */
export const PERIODS = {
  HOUR: { words: 'the last hour', hours: 1 },
  DAY: { words: 'the last 24 hours', hours: 24 },
  WEEK: { words: 'the last 7 days', hours: 7 * 24 },
  MONTH: { words: 'the last 30 days', hours: 30 * 24 },
} as const;

export type Period = keyof typeof PERIODS;

const HOUR_MS = 3_600_000;

/** Returns the time at which a period began, as an argument of a query. */
export const startOf = (period: Period, nowMs: number): string =>
  new Date(nowMs - PERIODS[period].hours * HOUR_MS).toISOString();

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

export interface Popular {
  readonly edges: readonly { readonly node: Stream }[];
  readonly totalCount: number;
}

export interface Bandwidth {
  readonly totalGB: number;
  readonly peakMbps: number;
  readonly avgMbps: number;
  readonly cost: number;
  readonly byQuality: readonly { quality: string; totalGB: number; percentage: number }[];
  readonly byHour: readonly { hour: string; totalGB: number; peakMbps: number }[];
}

/** The queries of the reports: answered with Popular, Analytics and Bandwidth. */
export const REPORT_QUERIES = {
  popularStreams: `query ($first: Int!, $period: TimePeriod!) {
    popularStreams(first: $first, period: $period) {
      totalCount
      edges { node { mediaId title viewCount quality popularity } }
    }
  }`,
  streamingAnalytics: `query ($mediaId: ID!, $from: Time!) {
    streamingAnalytics(mediaId: $mediaId, from: $from) {
      totalViews uniqueViewers averageWatchTime bufferingEvents completionRate
      qualityDistribution { quality viewCount percentage avgBandwidth }
    }
  }`,
  bandwidthUsage: `query ($period: TimePeriod!) {
    bandwidthUsage(period: $period) {
      totalGB peakMbps avgMbps cost
      byQuality { quality totalGB percentage }
      byHour { hour totalGB peakMbps }
    }
  }`,
} as const;
