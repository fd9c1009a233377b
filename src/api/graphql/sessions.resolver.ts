import { QueryBus } from '@nestjs/cqrs';
import { Args, Context, ID, Info, Query, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { checkRange } from '../../domain/checked-values.js';
import {
  SessionQuery,
  SessionsQuery,
  type Session,
  type SessionConnection,
  type SessionParts,
} from '../../queries/sessions/sessions.query.js';
import { may } from '../access/authenticate.js';
import { Requires } from '../access/requires.decorator.js';
import { termsOf } from './asking-terms.js';
import { PAGE_LENGTH_MAX } from './document-limits.js';
import type { RequestContext } from './request-context.js';
import { selectedNames } from './selected-names.js';
import { SessionConnectionType, SessionsArgs, SessionType } from './session-models.js';
import { wantedSessions } from './wanted-sessions.js';

/** Shows sessions one by one, for the role `read`. Only admins see the viewer. */
@Requires('read')
@Resolver()
export class SessionsResolver {
  constructor(private readonly queryBus: QueryBus) {}

  @Query(() => SessionConnectionType, {
    description: 'The sessions that started in a range; never a sample of them.',
  })
  async sessions(
    @Args() args: SessionsArgs,
    @Context() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SessionConnection> {
    const wanted = {
      ...wantedSessions(args, context.caller),
      orderBy: args.orderBy,
      first: checkRange('first', args.first, 1, PAGE_LENGTH_MAX),
      after: args.after ?? undefined,
    };
    const { edges, pageInfo } = await this.queryBus.execute(
      new SessionsQuery(wanted, partsOf(info), termsOf(context)),
    );
    return { edges: edges.map((edge) => ({ ...edge, node: shown(edge.node, context) })), pageInfo };
  }

  @Query(() => SessionType, {
    nullable: true,
    description: 'One session by its id; null where there is none, or none any more.',
  })
  async session(
    @Args('id', { type: () => ID }) id: string,
    @Context() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Session | null> {
    const query = new SessionQuery(id, partsOf(info), context.readAfter());
    const session = await this.queryBus.execute(query);
    return session === undefined ? null : shown(session, context);
  }
}

const partsOf = (info: GraphQLResolveInfo): SessionParts => ({
  media: selectedNames(info).has('media'),
});

/** Removes the viewer and the id from a session unless an admin asks. */
const shown = (session: Session, { caller }: RequestContext): Session =>
  may(caller, 'admin') ? session : { ...session, viewer: null, sessionId: null };
