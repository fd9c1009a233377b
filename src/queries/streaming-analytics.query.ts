import { Query } from '@nestjs/cqrs';
import type { StreamQuality } from '../domain/quality.js';

export interface QualityStats {
  readonly quality: StreamQuality;
  readonly viewCount: number;
  /** The share of all views, 0..100. */
  readonly percentage: number;
  /** In Mbps; 0 if no watched seconds are known. */
  readonly avgBandwidth: number;
}

export interface StreamingAnalytics {
  readonly totalViews: number;
  readonly uniqueViewers: number;
  /** Seconds per view. */
  readonly averageWatchTime: number;
  readonly qualityDistribution: readonly QualityStats[];
  readonly bufferingEvents: number;
  /** 0..1 */
  readonly completionRate: number;
}

/** Asks for a media item's figures from `from` to `to`, epoch milliseconds, by default 30 days. */
export class StreamingAnalyticsQuery extends Query<StreamingAnalytics> {
  constructor(
    readonly mediaId: string,
    readonly from: number | undefined,
    readonly to: number | undefined,
    readonly readAfter?: number,
  ) {
    super();
  }
}
