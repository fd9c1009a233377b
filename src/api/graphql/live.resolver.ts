import { QueryBus } from '@nestjs/cqrs';
import {
  Args,
  Context,
  Info,
  Int,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { Dimension } from '../../queries/figures/breakdown.query.js';
import {
  LiveQuery,
  type LiveCount,
  type LiveMedia,
  type LiveSnapshot,
  type WantedLive,
} from '../../queries/live/live.query.js';
import { Requires } from '../access/requires.decorator.js';
import { PositionTokens } from '../position-tokens.js';
import { LiveFeed } from '../subscriptions/live-feed.js';
import { termsOf } from './asking-terms.js';
import { DimensionEnum } from './enums.js';
import { LIVE_LENGTH_DEFAULT } from './field-prices.js';
import { filtersOf, LiveArgs } from './figure-inputs.js';
import { checkFirst, wantedFields, wantedLists } from './live-lists.js';
import {
  LiveCountType,
  LiveMediaType,
  LiveSnapshotType,
  type ToldSnapshot,
} from './live-models.js';
import { toldFreshness } from './projection-models.js';
import type { OperationContext } from './operation-context.js';

const LENGTH = { type: () => Int, defaultValue: LIVE_LENGTH_DEFAULT, description: '1 to 100.' };

/** Answers who watches now, for the role `read`. */
@Resolver(() => LiveSnapshotType)
export class LiveResolver {
  constructor(
    private readonly queryBus: QueryBus,
    private readonly tokens: PositionTokens,
    private readonly feed: LiveFeed,
  ) {}

  @Requires('read')
  @Query(() => LiveSnapshotType, { name: 'live', description: 'The viewers who watch now.' })
  async now(
    @Args() args: LiveArgs,
    @Context() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ToldSnapshot> {
    return this.told(await this.ask(wantedOf(args, info), context));
  }

  @Requires('read')
  @Subscription(() => LiveSnapshotType, {
    name: 'live',
    description:
      'The viewers who watch now, then again whenever that has changed, every 2 seconds at most.',
  })
  async watched(
    @Args() args: LiveArgs,
    @Context() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AsyncIterableIterator<{ readonly live: ToldSnapshot }>> {
    const wanted = wantedOf(args, info);
    const first = await this.ask(wanted, context);
    return this.feed.watch(wanted, first, {
      fields: wantedFields(info),
      toldAs: (snapshot) => ({ live: this.told(snapshot) }),
    });
  }

  @ResolveField(() => [LiveMediaType], { description: 'The most watched first.' })
  media(
    @Parent() { media }: ToldSnapshot,
    @Args('first', LENGTH) first: number,
  ): readonly LiveMedia[] {
    return media.slice(0, checkFirst(first));
  }

  @ResolveField(() => [LiveCountType], { description: 'The values with most viewers first.' })
  by(
    @Parent() { by }: ToldSnapshot,
    @Args('dimension', { type: () => DimensionEnum }) dimension: Dimension,
    @Args('first', LENGTH) first: number,
  ): readonly LiveCount[] {
    return by[dimension]?.slice(0, checkFirst(first)) ?? [];
  }

  private ask(wanted: WantedLive, context: OperationContext): Promise<LiveSnapshot> {
    return this.queryBus.execute(new LiveQuery(wanted, termsOf(context)));
  }

  private told({ freshness, ...rest }: LiveSnapshot): ToldSnapshot {
    return { ...rest, freshness: toldFreshness(freshness, this.tokens) };
  }
}

const wantedOf = ({ filter, timeZone }: LiveArgs, info: GraphQLResolveInfo): WantedLive => ({
  filters: filtersOf(filter ?? []),
  timeZone,
  ...wantedLists(info),
});
