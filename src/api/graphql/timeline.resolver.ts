import { QueryBus } from '@nestjs/cqrs';
import { Args, Context, Int, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { checkRange } from '../../domain/checked-values.js';
import type { Session } from '../../queries/sessions/sessions.query.js';
import { TimelineQuery, type TimelineConnection } from '../../queries/sessions/timeline.query.js';
import { termsOf } from './asking-terms.js';
import { PAGE_LENGTH_MAX } from './document-limits.js';
import type { RequestContext } from './request-context.js';
import { SessionType } from './session-models.js';
import { TimelineConnectionType } from './timeline-models.js';

/** Adds the timeline of events to a session, for whoever may see that session. */
@Resolver(() => SessionType)
export class TimelineResolver {
  constructor(private readonly queryBus: QueryBus) {}

  @ResolveField(() => TimelineConnectionType, {
    description:
      'Its events as the log holds them, in the order in which they were stored. What a log of a ' +
      'CDN had shown of the view is left out once the player has told of it: VIEW_WITHDRAWN says ' +
      'what that was.',
  })
  timeline(
    @Parent() { id }: Session,
    @Args('first', { type: () => Int, description: '1 to 100.' }) first: number,
    @Args('after', { type: () => String, nullable: true }) after: string | null | undefined,
    @Context() context: RequestContext,
  ): Promise<TimelineConnection> {
    const count = checkRange('first', first, 1, PAGE_LENGTH_MAX);
    const query = new TimelineQuery(id, count, after ?? undefined, termsOf(context));
    return this.queryBus.execute(query);
  }
}
