import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  STATS,
  VIEWERS,
  type BucketParts,
  type QualityCounts,
  type StatsDocument,
  type ViewersDocument,
} from '../../projections/streaming-analytics.js';
import type { DocumentKind } from '../domain/document-key.js';
import { countViewers } from '../domain/distinct-viewers.js';
import { percentageOf, rankQualities, STREAM_QUALITIES } from '../domain/quality.js';
import { megabitsPerSecond, seconds } from '../domain/units.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import type { DocumentReader } from '../ports/read-model/reader.js';
import { bucketRanges, hoursOf, type BucketRange } from './bucket-ranges.js';
import { earliestReadable, QUERY_SETTINGS, type QuerySettings } from './query-settings.js';
import { ReadModels } from './read-models.js';
import {
  StreamingAnalyticsQuery,
  type QualityStats,
  type StreamingAnalytics,
} from './streaming-analytics.query.js';

@QueryHandler(StreamingAnalyticsQuery)
export class StreamingAnalyticsHandler implements IQueryHandler<StreamingAnalyticsQuery> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUERY_SETTINGS) private readonly settings: QuerySettings,
  ) {}

  async execute(query: StreamingAnalyticsQuery): Promise<StreamingAnalytics> {
    const now = this.clock.now();
    const ranges = bucketRanges(hoursOf(query, earliestReadable(this.settings, now), now));
    const { mediaId, readAfter } = query;
    return this.readModels.read(['streaming-analytics'], readAfter, async (readers) => {
      const reader = readers['streaming-analytics'];
      const stats: StatsDocument[] = [];
      const viewers: ViewersDocument[] = [];
      for (const range of ranges) {
        stats.push(...(await bucketsIn(reader, STATS, mediaId, range)));
        viewers.push(...(await bucketsIn(reader, VIEWERS, mediaId, range)));
      }
      return summarize(stats, countViewers(viewers));
    });
  }
}

async function bucketsIn<Document extends object>(
  reader: DocumentReader,
  kind: DocumentKind<Document, BucketParts>,
  mediaId: string,
  { granularity, first, last }: BucketRange,
): Promise<readonly Document[]> {
  const from = kind.key(mediaId, granularity, first);
  const rows = await reader.range<Document>(from, kind.key(mediaId, granularity, last));
  return rows.map(({ body }) => body);
}

function summarize(stats: readonly StatsDocument[], uniqueViewers: number): StreamingAnalytics {
  const totalOf = (valueOf: (document: StatsDocument) => number): number =>
    stats.reduce((sum, document) => sum + valueOf(document), 0);
  const totalViews = totalOf(({ views }) => views);
  const perView = (total: number): number => (totalViews === 0 ? 0 : total / totalViews);
  return {
    totalViews,
    uniqueViewers,
    averageWatchTime: perView(seconds(totalOf(({ watchedMs }) => watchedMs))),
    qualityDistribution: distributionOf(stats, totalViews),
    bufferingEvents: totalOf(({ bufferingEvents }) => bufferingEvents),
    completionRate: perView(totalOf(({ completedViews }) => completedViews)),
  };
}

/** Returns a row for each quality with a view or a byte, the most viewed first. */
function distributionOf(
  stats: readonly StatsDocument[],
  totalViews: number,
): readonly QualityStats[] {
  const rows = STREAM_QUALITIES.flatMap((quality): QualityStats[] => {
    const totalOf = (name: keyof QualityCounts): number =>
      stats.reduce((sum, { byQuality }) => sum + (byQuality[quality]?.[name] ?? 0), 0);
    const viewCount = totalOf('views');
    const bytes = totalOf('bytes');
    if (viewCount === 0 && bytes === 0) return [];
    const percentage = percentageOf(viewCount, totalViews);
    const avgBandwidth = megabitsPerSecond(bytes, totalOf('watchedMs'));
    return [{ quality, viewCount, percentage, avgBandwidth }];
  });
  return rankQualities(rows, ({ viewCount }) => viewCount);
}
