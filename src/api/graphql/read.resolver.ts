import { QueryBus } from '@nestjs/cqrs';
import { Args, Context, ID, Int, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { TimePeriod } from '../../domain/period.js';
import { checkId, checkRange } from '../../domain/checked-values.js';
import { BandwidthUsageQuery, type BandwidthReport } from '../../queries/bandwidth-usage.query.js';
import { DeliveryQuery, type Delivery } from '../../queries/delivery.query.js';
import type { Interval } from '../../queries/figures/figures.query.js';
import { MediaListQuery } from '../../queries/media-list.query.js';
import { freshnessIn, FreshnessQuery, lagStep } from '../../queries/freshness.query.js';
import type { ProjectionLag } from '../../ports/projection-control.js';
import {
  PopularStreamsQuery,
  StreamQuery,
  type Stream,
  type StreamConnection,
} from '../../queries/popular-streams.query.js';
import {
  StreamingAnalyticsQuery,
  type StreamingAnalytics,
} from '../../queries/streaming-analytics.query.js';
import { Requires } from '../access/requires.decorator.js';
import { PositionTokens } from '../position-tokens.js';
import { termsOf } from './asking-terms.js';
import { ProgressFeed } from '../subscriptions/progress-feed.js';
import { PAGE_LENGTH_MAX } from './document-limits.js';
import { IntervalEnum, TimePeriodEnum } from './enums.js';
import { checkValue, RangeInput } from './figure-inputs.js';
import { DeliveryType } from './figure-models.js';
import {
  BandwidthReportType,
  StreamConnectionType,
  StreamingAnalyticsType,
  StreamType,
} from './models.js';
import { Freshness, toldFreshness } from './projection-models.js';
import type { RequestContext } from './request-context.js';
import { Time } from './scalars.js';

/** Answers the queries for the role `read`. */
@Requires('read')
@Resolver()
export class ReadResolver {
  constructor(
    private readonly queryBus: QueryBus,
    private readonly tokens: PositionTokens,
    private readonly progress: ProgressFeed,
  ) {}

  @Query(() => StreamingAnalyticsType, {
    description:
      'The views, watch time and stalls of one media item, by whole UTC hours; by default of the ' +
      'last 30 days.',
  })
  streamingAnalytics(
    @Args('mediaId', { type: () => ID }) mediaId: string,
    @Args('from', { type: () => Time, nullable: true }) from: number | null | undefined,
    @Args('to', { type: () => Time, nullable: true }) to: number | null | undefined,
    @Context() context: RequestContext,
  ): Promise<StreamingAnalytics> {
    const id = checkId('mediaId', mediaId);
    const range = [from ?? undefined, to ?? undefined] as const;
    return this.queryBus.execute(new StreamingAnalyticsQuery(id, ...range, context.readAfter()));
  }

  @Query(() => StreamConnectionType, {
    description: 'The media with a view in the period, the most popular first.',
  })
  popularStreams(
    @Args('first', { type: () => Int, description: '1 to 100.' }) first: number,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
    @Args('period', { type: () => TimePeriodEnum, defaultValue: 'WEEK' }) period: TimePeriod,
    @Context() context: RequestContext,
  ): Promise<StreamConnection> {
    const length = checkRange('first', first, 1, PAGE_LENGTH_MAX);
    const readAfter = context.readAfter();
    return this.queryBus.execute(
      new PopularStreamsQuery(length, after ?? undefined, period, readAfter),
    );
  }

  @Query(() => BandwidthReportType, {
    description: 'The bytes that were delivered in a period, and their cost.',
  })
  bandwidthUsage(
    @Args('period', { type: () => TimePeriodEnum }) period: TimePeriod,
    @Context() context: RequestContext,
  ): Promise<BandwidthReport> {
    return this.queryBus.execute(new BandwidthUsageQuery(period, context.readAfter()));
  }

  @Query(() => DeliveryType, {
    description:
      'The bytes that were delivered in a range and in each bucket of it, by event time.',
  })
  delivery(
    @Args('range', { type: () => RangeInput }) { from, to, timeZone }: RangeInput,
    @Args('interval', { type: () => IntervalEnum }) interval: Interval,
    @Context() context: RequestContext,
  ): Promise<Delivery> {
    const range = { from, to, timeZone };
    return this.queryBus.execute(new DeliveryQuery(range, interval, termsOf(context)));
  }

  @Query(() => StreamType, {
    nullable: true,
    description: 'One media item, with its views of a week; null where nothing is known of it.',
  })
  async media(
    @Args('mediaId', { type: () => ID }) mediaId: string,
    @Context() context: RequestContext,
  ): Promise<Stream | null> {
    const query = new StreamQuery(checkId('mediaId', mediaId), 'WEEK', context.readAfter());
    return (await this.queryBus.execute(query)) ?? null;
  }

  @Query(() => StreamConnectionType, {
    description: 'All media of which anything is known, by id, with their views of a week.',
  })
  mediaList(
    @Args('search', {
      type: () => String,
      nullable: true,
      description: 'A part of the title or the id, whatever the case.',
    })
    search: string | null | undefined,
    @Args('first', { type: () => Int, description: '1 to 100.' }) first: number,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
    @Context() context: RequestContext,
  ): Promise<StreamConnection> {
    const wanted = {
      search: checkValue('search', search ?? ''),
      first: checkRange('first', first, 1, PAGE_LENGTH_MAX),
      after: after ?? undefined,
    };
    return this.queryBus.execute(new MediaListQuery(wanted, termsOf(context)));
  }

  @Query(() => Freshness, {
    description:
      'The time and position that all answers have reached: those of the read model that is ' +
      'furthest behind.',
  })
  async freshness(): Promise<Freshness> {
    return toldFreshness(await this.queryBus.execute(new FreshnessQuery()), this.tokens);
  }

  @Subscription(() => Freshness, {
    description:
      'The freshness now, then whenever a read model has moved on, or is further behind, at most ' +
      'once a second: what was asked before may have another answer.',
  })
  advanced(): AsyncIterableIterator<{ readonly advanced: Freshness }> {
    return this.progress.watch((all) => ({
      value: { advanced: toldFreshness(freshnessIn(all), this.tokens) },
      mark: JSON.stringify(all.map(placeOf)),
    }));
  }
}

/** Returns what changes when a read model moves on, or falls behind. */
const placeOf = (lag: ProjectionLag): readonly unknown[] => [
  lag.generation,
  lag.scanned,
  lag.isStopped,
  lag.parkedEvents,
  lagStep(lag.lagSeconds),
];
