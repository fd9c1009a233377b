import { QueryBus } from '@nestjs/cqrs';
import { Args, Context, Info, Query, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { badInput } from '../../domain/errors.js';
import { checkId, checkRange } from '../../domain/text.js';
import {
  FiguresQuery,
  TimeSeriesQuery,
  type Comparison,
  type FiguresReport,
  type Interval,
  type Metric,
  type TimeSeries,
  type WantedFigures,
} from '../../queries/figures/figures.query.js';
import { Requires } from '../access/requires.decorator.js';
import { ComparisonEnum, IntervalEnum, MetricEnum } from './enums.js';
import { FILTER_VALUES_MAX } from './document-limits.js';
import { FilterInput, RangeInput } from './figure-inputs.js';
import { FiguresReportType, TimeSeriesType } from './figure-models.js';
import type { RequestContext } from './request-context.js';
import { selectedNames } from './selected-names.js';

const METRICS_MAX = 6;
const FILTERS_MAX = 1;

/** Answers the questions for figures of any range, for the role `read`. */
@Requires('read')
@Resolver()
export class FiguresResolver {
  constructor(private readonly queryBus: QueryBus) {}

  @Query(() => FiguresReportType, {
    description: 'What is counted of the sessions that started in a range.',
  })
  figures(
    @Args('range', { type: () => RangeInput }) range: RangeInput,
    @Args('filter', { type: () => [FilterInput], nullable: true })
    filter: readonly FilterInput[] | null | undefined,
    @Args('compare', { type: () => ComparisonEnum, nullable: true })
    compare: Comparison | null | undefined,
    @Context() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<FiguresReport> {
    const names = selectedNames(info);
    const parts = {
      uniqueViewers: names.has('uniqueViewers') || names.has('uniqueViewersExact'),
      startupTime: names.has('startupTime'),
      peak: names.has('peakConcurrentViewers') || names.has('peakAt'),
    };
    const wanted = wantedOf(range, filter, compare);
    return this.queryBus.execute(new FiguresQuery(wanted, parts, context.readAfter()));
  }

  @Query(() => TimeSeriesType, {
    description: 'Metrics of the sessions that started in each bucket of a range; 2,000 at most.',
  })
  timeSeries(
    @Args('range', { type: () => RangeInput }) range: RangeInput,
    @Args('interval', { type: () => IntervalEnum }) interval: Interval,
    @Args('metrics', { type: () => [MetricEnum], description: '1 to 6.' })
    metrics: readonly Metric[],
    @Args('filter', { type: () => [FilterInput], nullable: true })
    filter: readonly FilterInput[] | null | undefined,
    @Args('compare', { type: () => ComparisonEnum, nullable: true })
    compare: Comparison | null | undefined,
    @Context() context: RequestContext,
  ): Promise<TimeSeries> {
    checkRange('metrics', metrics.length, 1, METRICS_MAX);
    const wanted = wantedOf(range, filter, compare);
    return this.queryBus.execute(
      new TimeSeriesQuery(wanted, interval, metrics, context.readAfter()),
    );
  }
}

function wantedOf(
  { from, to, timeZone }: RangeInput,
  filter: readonly FilterInput[] | null | undefined,
  compare: Comparison | null | undefined,
): WantedFigures {
  return {
    range: { from, to, timeZone },
    mediaIds: mediaIdsOf(filter ?? []),
    compare: compare ?? undefined,
  };
}

function mediaIdsOf(filters: readonly FilterInput[]): readonly string[] | undefined {
  if (filters.length > FILTERS_MAX) throw badInput('filter', 'takes one filter at most');
  const [filter] = filters;
  if (filter === undefined) return undefined;
  checkRange('filter.anyOf', filter.anyOf.length, 1, FILTER_VALUES_MAX);
  return [...new Set(filter.anyOf.map((id) => checkId('filter.anyOf', id)))];
}
