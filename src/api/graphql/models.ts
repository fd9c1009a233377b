import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { TimePeriod } from '../../domain/period.js';
import type { StreamQuality } from '../../domain/quality.js';
import { StreamQualityEnum, TimePeriodEnum } from './enums.js';
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

@ObjectType()
export class QualityStats {
  @Field(() => StreamQualityEnum)
  quality!: StreamQuality;

  @Field(() => Int, { description: 'Views that started at it.' })
  viewCount!: number;

  @Field(() => Float, { description: 'Of all views, 0 to 100.' })
  percentage!: number;

  @Field(() => Float, { description: 'Its bits by its watched seconds, in Mbps (10^6 bit/s).' })
  avgBandwidth!: number;
}

@ObjectType()
export class StreamingAnalytics {
  @Field(() => Int)
  totalViews!: number;

  @Field(() => Int, {
    description: 'Exact up to 1,000 in an hour or day, then within 1 % (standard error).',
  })
  uniqueViewers!: number;

  @Field(() => Duration, { description: 'Watched seconds a view.' })
  averageWatchTime!: number;

  @Field(() => [QualityStats], { description: 'The most viewed first.' })
  qualityDistribution!: readonly QualityStats[];

  @Field(() => Int)
  bufferingEvents!: number;

  @Field(() => Float, { description: 'Views completed of all views, 0 to 1.' })
  completionRate!: number;
}

@ObjectType()
export class Stream {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  mediaId!: string;

  @Field(() => String, { description: 'As registered, else the mediaId.' })
  title!: string;

  @Field(() => String, { nullable: true })
  thumbnail?: string | undefined;

  @Field(() => Duration, { nullable: true })
  duration?: number | undefined;

  @Field(() => Int, { description: 'Views in the period asked for; a week where none is.' })
  viewCount!: number;

  @Field(() => StreamQualityEnum, { description: 'The quality that most of them started at.' })
  quality!: StreamQuality;

  @Field(() => Float, {
    description: 'Views, each weighing half as much for every quarter of the period since.',
  })
  popularity!: number;

  @Field(() => Time, { description: 'Its registration or first event, whichever is earlier.' })
  createdAt!: number;
}

@ObjectType()
export class StreamEdge {
  @Field(() => Stream)
  node!: Stream;

  @Field(() => Cursor)
  cursor!: string;
}

@ObjectType()
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => Cursor, { nullable: true })
  startCursor?: string | undefined;

  @Field(() => Cursor, { nullable: true })
  endCursor?: string | undefined;
}

@ObjectType()
export class StreamConnection {
  @Field(() => [StreamEdge])
  edges!: readonly StreamEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'Of all pages.' })
  totalCount!: number;
}

@ObjectType()
export class QualityBandwidth {
  @Field(() => StreamQualityEnum)
  quality!: StreamQuality;

  @Field(() => Float, { description: 'GiB (2^30 bytes).' })
  totalGB!: number;

  @Field(() => Float, { description: 'Of all bytes, 0 to 100.' })
  percentage!: number;
}

@ObjectType()
export class HourlyBandwidth {
  @Field(() => Time, { description: 'The start of the UTC hour.' })
  hour!: number;

  @Field(() => Float, { description: 'GiB (2^30 bytes).' })
  totalGB!: number;

  @Field(() => Float, { description: 'The rate of its busiest minute.' })
  peakMbps!: number;
}

@ObjectType()
export class BandwidthReport {
  @Field(() => TimePeriodEnum)
  period!: TimePeriod;

  @Field(() => Float, { description: 'GiB (2^30 bytes).' })
  totalGB!: number;

  @Field(() => Float, { description: 'The rate of the busiest minute, in Mbps (10^6 bit/s).' })
  peakMbps!: number;

  @Field(() => Float, { description: "All bits by the period's length." })
  avgMbps!: number;

  @Field(() => [QualityBandwidth], { description: 'The most bytes first.' })
  byQuality!: readonly QualityBandwidth[];

  @Field(() => [HourlyBandwidth], { description: 'In time order, without empty hours.' })
  byHour!: readonly HourlyBandwidth[];

  @Field(() => Float, { description: 'USD.' })
  cost!: number;
}

@ObjectType()
export class RollupReport {
  @Field(() => Time)
  windowStart!: number;

  @Field(() => Time)
  windowEnd!: number;

  @Field(() => Int, { description: 'Media with a view in the window.' })
  mediaCount!: number;

  @Field(() => SafeInt)
  views!: number;

  @Field(() => SafeInt)
  bytes!: number;

  @Field(() => Int)
  sessionsTimedOut!: number;
}
