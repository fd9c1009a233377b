/** The schema types of receipts, analytics, popular streams, bandwidth and rollups. */

import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { StreamQuality } from '../../domain/quality.js';
import type { BandwidthReport, QualityBandwidth } from '../../queries/bandwidth-usage.query.js';
import type { Stream, StreamConnection } from '../../queries/popular-streams.query.js';
import type { QualityStats, StreamingAnalytics } from '../../queries/streaming-analytics.query.js';
import type { RollupReport } from '../../rollup/rollup.service.js';
import { StreamQualityEnum, TimePeriodEnum } from './enums.js';
import { objectType } from './object-type.js';
import { Cursor, Duration, SafeInt, Time } from './scalars.js';

@ObjectType()
export class StreamingEventReceipt {
  @Field(() => ID)
  eventId!: string;

  @Field(() => ID)
  sessionId!: string;

  @Field(() => String, { description: 'For the header read-after of a query.' })
  position!: string;

  @Field(() => Boolean, { description: 'It was recorded before, and is counted once.' })
  duplicate!: boolean;
}

@ObjectType()
export class StreamingEventBatchReceipt {
  @Field(() => Int)
  accepted!: number;

  @Field(() => Int)
  duplicates!: number;

  @Field(() => Int, {
    description: 'Of the duplicates, those that say something else than what was stored: lost.',
  })
  conflicting!: number;

  @Field(() => String, { description: 'The highest of all; for the header read-after of a query.' })
  position!: string;
}

@ObjectType()
export class StreamingQualityReport {
  @Field(() => Boolean)
  success!: boolean;

  @Field(() => ID)
  mediaId!: string;

  @Field(() => StreamQualityEnum)
  quality!: StreamQuality;

  @Field(() => ID)
  reportId!: string;
}

const QualityStatsType = objectType<QualityStats>('QualityStats', {
  quality: [() => StreamQualityEnum],
  viewCount: [() => Int, { description: 'Views that started at it.' }],
  percentage: [() => Float, { description: 'Of all views, 0 to 100.' }],
  avgBandwidth: [
    () => Float,
    { description: 'Its bits by its watched seconds, in Mbps (10^6 bit/s).' },
  ],
});

export const StreamingAnalyticsType = objectType<StreamingAnalytics>('StreamingAnalytics', {
  totalViews: [() => Int],
  uniqueViewers: [
    () => Int,
    { description: 'Exact up to 1,000 in an hour or day, then within 1 % (standard error).' },
  ],
  averageWatchTime: [() => Duration, { description: 'Watched seconds a view.' }],
  qualityDistribution: [() => [QualityStatsType], { description: 'The most viewed first.' }],
  bufferingEvents: [() => Int],
  completionRate: [() => Float, { description: 'Views completed of all views, 0 to 1.' }],
});

export const StreamType = objectType<Stream>('Stream', {
  id: [() => ID],
  mediaId: [() => ID],
  title: [() => String, { description: 'As registered, else the mediaId.' }],
  thumbnail: [() => String, { nullable: true }],
  duration: [() => Duration, { nullable: true }],
  viewCount: [() => Int, { description: 'Views in the period asked for; a week where none is.' }],
  quality: [() => StreamQualityEnum, { description: 'The quality that most of them started at.' }],
  popularity: [
    () => Float,
    { description: 'Views, each weighing half as much for every quarter of the period since.' },
  ],
  createdAt: [
    () => Time,
    { description: 'Its registration or first event, whichever is earlier.' },
  ],
});

const StreamEdgeType = objectType<StreamConnection['edges'][number]>('StreamEdge', {
  node: [() => StreamType],
  cursor: [() => Cursor],
});

export const PageInfoType = objectType<StreamConnection['pageInfo']>('PageInfo', {
  hasNextPage: [() => Boolean],
  hasPreviousPage: [() => Boolean],
  startCursor: [() => Cursor, { nullable: true }],
  endCursor: [() => Cursor, { nullable: true }],
});

export const StreamConnectionType = objectType<StreamConnection>('StreamConnection', {
  edges: [() => [StreamEdgeType]],
  pageInfo: [() => PageInfoType],
  totalCount: [() => Int, { description: 'Of all pages.' }],
});

const QualityBandwidthType = objectType<QualityBandwidth>('QualityBandwidth', {
  quality: [() => StreamQualityEnum],
  totalGB: [() => Float, { description: 'GiB (2^30 bytes).' }],
  percentage: [() => Float, { description: 'Of all bytes, 0 to 100.' }],
});

const HourlyBandwidthType = objectType<BandwidthReport['byHour'][number]>('HourlyBandwidth', {
  hour: [() => Time, { description: 'The start of the UTC hour.' }],
  totalGB: [() => Float, { description: 'GiB (2^30 bytes).' }],
  peakMbps: [() => Float, { description: 'The rate of its busiest minute.' }],
});

export const BandwidthReportType = objectType<BandwidthReport>('BandwidthReport', {
  period: [() => TimePeriodEnum],
  totalGB: [() => Float, { description: 'GiB (2^30 bytes).' }],
  peakMbps: [() => Float, { description: 'The rate of the busiest minute, in Mbps (10^6 bit/s).' }],
  avgMbps: [() => Float, { description: "All bits by the period's length." }],
  byQuality: [() => [QualityBandwidthType], { description: 'The most bytes first.' }],
  byHour: [() => [HourlyBandwidthType], { description: 'In time order, without empty hours.' }],
  cost: [() => Float, { description: 'USD.' }],
});

export const RollupReportType = objectType<Omit<RollupReport, 'position'>>('RollupReport', {
  windowStart: [() => Time],
  windowEnd: [() => Time],
  mediaCount: [() => Int, { description: 'Media with a view in the window.' }],
  views: [() => SafeInt],
  bytes: [() => SafeInt],
  sessionsTimedOut: [() => Int],
});
