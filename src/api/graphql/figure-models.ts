/** The schema types of answers about figures: reports, series, breakdowns, retention, delivery. */

import { Float, ID, Int } from '@nestjs/graphql';
import type { Delivery, DeliverySeries } from '../../queries/delivery.query.js';
import type { RetentionCurve } from '../../queries/figures/retention.query.js';
import type { BreakdownConnection } from '../../queries/figures/breakdown.query.js';
import type {
  Figures,
  FiguresReport,
  Period,
  QualityFigures,
  Series,
  TimeSeries,
} from '../../queries/figures/figures.query.js';
import { IntervalEnum, MetricEnum, StreamQualityEnum } from './enums.js';
import { objectType } from './object-type.js';
import { PageInfoType } from './models.js';
import { Cursor, Duration, SafeInt, Time } from './scalars.js';

const PeriodType = objectType<Period>('Period', {
  from: [() => Time],
  to: [() => Time],
  completeUntil: [() => Time, { description: 'From here on figures still grow.' }],
});

const PercentilesType = objectType<NonNullable<Figures['startupTime']>>('Percentiles', {
  p50: [() => Duration],
  p75: [() => Duration],
  p95: [() => Duration],
  count: [() => SafeInt, { description: 'The sessions with a startup time.' }],
});

const QualityFiguresType = objectType<QualityFigures>('QualityFigures', {
  quality: [() => StreamQualityEnum],
  watchTime: [() => Duration],
  bytes: [() => SafeInt],
  stalls: [() => SafeInt],
});

const OF_ATTEMPTS = 'Of the attempts that became a view, failed or were given up, 0 to 1.';

const FiguresType = objectType<Figures>('Figures', {
  views: [() => SafeInt],
  qualifiedViews: [
    () => SafeInt,
    { description: 'Watched for QUALIFIED_VIEW_SECONDS, or half of a shorter title.' },
  ],
  anonymousViews: [() => SafeInt, { description: 'Views whose viewer is not known.' }],
  viewsWithoutStates: [
    () => SafeInt,
    {
      description:
        'Views of players that report no play states, or that only a log shows: in no rate, and ' +
        'in no average but averageMbps.',
    },
  ],
  open: [() => SafeInt, { description: 'Sessions that are not over: their figures still grow.' }],
  uniqueViewers: [() => SafeInt, { description: 'Of the views whose viewer is known.' }],
  uniqueViewersExact: [() => Boolean, { description: 'Else within 1 % (standard error).' }],
  watchTime: [() => Duration],
  averageWatchTime: [() => Duration, { nullable: true, description: 'Watched seconds a view.' }],
  completionRate: [() => Float, { nullable: true, description: 'Of the views, 0 to 1.' }],
  attempts: [
    () => SafeInt,
    { description: 'Sessions in which somebody wanted to play, views included.' },
  ],
  startFailureRate: [() => Float, { nullable: true, description: OF_ATTEMPTS }],
  exitBeforeStartRate: [() => Float, { nullable: true, description: OF_ATTEMPTS }],
  playbackFailureRate: [() => Float, { nullable: true, description: 'Of the views, 0 to 1.' }],
  startupTime: [
    () => PercentilesType,
    { nullable: true, description: 'From the wish to play to the first frame, within 1 %.' },
  ],
  stalls: [() => SafeInt],
  stalledTime: [() => Duration],
  rebufferRatio: [
    () => Float,
    { nullable: true, description: 'Stalled of stalled and watched time, 0 to 1.' },
  ],
  stallsPerHour: [() => Float, { nullable: true, description: 'Of watched time.' }],
  bytes: [() => SafeInt],
  averageMbps: [
    () => Float,
    { nullable: true, description: 'All bits by all watched seconds, in Mbps (10^6 bit/s).' },
  ],
  cost: [() => Float, { description: 'USD.' }],
  peakConcurrentViewers: [
    () => Int,
    { description: 'The most sessions watched or stalled in one minute of the clock.' },
  ],
  peakAt: [() => Time, { nullable: true, description: 'The first minute of the peak.' }],
  byQuality: [() => [QualityFiguresType], { description: 'The most watched first.' }],
});

const SAMPLED = {
  description: 'The share of viewers whose sessions were read; 1: all, and exact.',
};

export const FiguresReportType = objectType<FiguresReport>('FiguresReport', {
  period: [() => PeriodType],
  figures: [() => FiguresType],
  previous: [() => FiguresType, { nullable: true, description: 'Of the period compared with.' }],
  previousPeriod: [() => PeriodType, { nullable: true }],
  sampled: [() => Float, SAMPLED],
});

const SeriesType = objectType<Series>('Series', {
  metric: [() => MetricEnum],
  values: [() => [Float], { description: 'In each bucket.', nullable: 'items' }],
  previous: [
    () => [Float],
    {
      description: 'In what each bucket is compared with, null where that is nothing.',
      nullable: 'itemsAndList',
    },
  ],
});

export const TimeSeriesType = objectType<TimeSeries>('TimeSeries', {
  period: [() => PeriodType],
  interval: [() => IntervalEnum],
  at: [() => [Time], { description: 'The start of every bucket.' }],
  series: [() => [SeriesType]],
  sampled: [() => Float, SAMPLED],
});

export const RetentionCurveType = objectType<RetentionCurve>('RetentionCurve', {
  mediaId: [() => ID],
  duration: [
    () => Duration,
    {
      nullable: true,
      description: 'The length that most views say, else the registered one; null: none is known.',
    },
  ],
  views: [() => SafeInt, { description: 'Those with a known length.' }],
  audience: [
    () => [Float],
    {
      description:
        'For each of 100 equal steps the share of the views that showed any of it, 0 to 1; ' +
        'empty without a view.',
    },
  ],
  plays: [
    () => [Float],
    { description: 'For each step how often it was shown by these views: 1 is once by each.' },
  ],
  sampled: [() => Float, SAMPLED],
});

type BreakdownEdge = BreakdownConnection['edges'][number];

const BreakdownRowType = objectType<BreakdownEdge['node']>('BreakdownRow', {
  value: [() => String, { description: 'Empty: not known.' }],
  label: [() => String, { description: "A title, a country's English name; else the value." }],
  figures: [() => FiguresType],
  share: [() => Float, { description: 'Of all views, 0 to 100.' }],
  previous: [() => FiguresType, { nullable: true, description: 'Of the period compared with.' }],
});

const BreakdownEdgeType = objectType<BreakdownEdge>('BreakdownEdge', {
  node: [() => BreakdownRowType],
  cursor: [() => Cursor],
});

export const BreakdownConnectionType = objectType<BreakdownConnection>('BreakdownConnection', {
  edges: [() => [BreakdownEdgeType]],
  pageInfo: [() => PageInfoType],
  totalCount: [() => Int, { description: 'Of all pages, after search, minViews and minAttempts.' }],
  total: [
    () => FiguresType,
    { description: 'Of all values, before search, minViews and minAttempts.' },
  ],
  sampled: [() => Float, SAMPLED],
});

const DeliverySeriesType = objectType<DeliverySeries>('DeliverySeries', {
  quality: [() => StreamQualityEnum],
  bytes: [() => [Float], { description: 'In each bucket.' }],
});

export const DeliveryType = objectType<Delivery>('Delivery', {
  period: [() => PeriodType],
  bytes: [() => SafeInt],
  cost: [() => Float, { description: 'USD.' }],
  averageMbps: [
    () => Float,
    { description: 'All bits by as much of the range as has passed, in Mbps (10^6 bit/s).' },
  ],
  peakMbps: [() => Float, { description: 'The rate of the busiest minute.' }],
  peakAt: [() => Time, { nullable: true, description: 'The first minute of the peak.' }],
  p95Mbps: [
    () => Float,
    { description: 'The 95th percentile of 5-minute averages, empty ones too.' },
  ],
  at: [() => [Time], { description: 'The start of every bucket.' }],
  byQuality: [() => [DeliverySeriesType], { description: 'The most bytes first.' }],
});
