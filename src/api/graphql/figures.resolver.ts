import { QueryBus } from '@nestjs/cqrs';
import { Args, Context, ID, Info, Query, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { checkId, checkRange } from '../../domain/checked-values.js';
import { BreakdownQuery, type BreakdownConnection } from '../../queries/figures/breakdown.query.js';
import {
  FiguresQuery,
  TimeSeriesQuery,
  type Comparison,
  type FiguresReport,
  type Interval,
  type Metric,
  type TimeSeries,
} from '../../queries/figures/figures.query.js';
import { RetentionQuery, type RetentionCurve } from '../../queries/figures/retention.query.js';
import { Requires } from '../access/requires.decorator.js';
import { termsOf } from './asking-terms.js';
import { ComparisonEnum, IntervalEnum, MetricEnum } from './enums.js';
import { PAGE_LENGTH_MAX } from './document-limits.js';
import { BreakdownArgs, FilterInput, RangeInput } from './figure-inputs.js';
import {
  BreakdownConnectionType,
  FiguresReportType,
  RetentionCurveType,
  TimeSeriesType,
} from './figure-models.js';
import { partsBelow, partsNamed, selectedParts } from './figure-parts.js';
import type { RequestContext } from './request-context.js';
import { checkMetrics, wantedFigures, wantedTable } from './wanted-figures.js';

/** Answers the questions for figures of any range, for the role `read`. */
@Requires('read')
@Resolver()
export class FiguresResolver {
  constructor(private readonly queryBus: QueryBus) {}

  @Query(() => FiguresReportType, {
    description: 'The figures of the sessions that started in a range.',
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
    const wanted = wantedFigures(range, filter, compare);
    return this.queryBus.execute(new FiguresQuery(wanted, selectedParts(info), termsOf(context)));
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
    const wanted = wantedFigures(range, filter, compare);
    const query = new TimeSeriesQuery(wanted, interval, checkMetrics(metrics), termsOf(context));
    return this.queryBus.execute(query);
  }

  @Query(() => BreakdownConnectionType, {
    description: 'A row for each value of a dimension with a session that started in a range.',
  })
  breakdown(
    @Args() args: BreakdownArgs,
    @Context() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<BreakdownConnection> {
    const wanted = {
      ...wantedTable(args),
      first: checkRange('first', args.first, 1, PAGE_LENGTH_MAX),
      after: args.after ?? undefined,
    };
    const rows = partsBelow(info, 'edges') ?? partsNamed(new Set());
    const parts = { rows, total: partsBelow(info, 'total') };
    return this.queryBus.execute(new BreakdownQuery(wanted, parts, termsOf(context)));
  }

  @Query(() => RetentionCurveType, {
    description:
      'The share of the views that started in a range which showed each part of a title.',
  })
  retention(
    @Args('mediaId', { type: () => ID }) mediaId: string,
    @Args('range', { type: () => RangeInput }) range: RangeInput,
    @Args('filter', { type: () => [FilterInput], nullable: true })
    filter: readonly FilterInput[] | null | undefined,
    @Context() context: RequestContext,
  ): Promise<RetentionCurve> {
    const title = checkId('mediaId', mediaId);
    const wanted = wantedFigures(range, filter, undefined);
    return this.queryBus.execute(new RetentionQuery(title, wanted, termsOf(context)));
  }
}
