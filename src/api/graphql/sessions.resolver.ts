import { QueryBus } from '@nestjs/cqrs';
import { Args, Context, ID, Query, Resolver } from '@nestjs/graphql';
import { badInput } from '../../domain/errors.js';
import { checkId, checkRange } from '../../domain/text.js';
import {
  SessionQuery,
  SessionsQuery,
  type Session,
  type SessionConnection,
} from '../../queries/sessions/sessions.query.js';
import { assertMay } from '../access/authenticate.js';
import { Requires } from '../access/requires.decorator.js';
import { termsOf } from './asking-terms.js';
import { PAGE_LENGTH_MAX } from './document-limits.js';
import { filtersOf } from './figure-inputs.js';
import type { RequestContext } from './request-context.js';
import { SessionConnectionType, SessionsArgs, SessionType } from './session-models.js';

/** Shows sessions one by one, for the role `read`; who watched is for admins. */
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
  ): Promise<SessionConnection> {
    const { range, filter, orderBy, userId, sessionId, failed, minRebufferRatio, after } = args;
    for (const id of [userId, sessionId]) if (id != null) assertMay(context.caller, 'admin');
    const wanted = {
      range: { from: range.from, to: range.to, timeZone: range.timeZone },
      filters: filtersOf(filter ?? []),
      userId: userId == null ? undefined : checkId('userId', userId),
      sessionId: sessionId == null ? undefined : checkId('sessionId', sessionId),
      failed: failed ?? undefined,
      minRebufferRatio: minRebufferRatio == null ? undefined : checkRatio(minRebufferRatio),
      orderBy,
      first: checkRange('first', args.first, 1, PAGE_LENGTH_MAX),
      after: after ?? undefined,
    };
    const { edges, pageInfo } = await this.queryBus.execute(
      new SessionsQuery(wanted, termsOf(context)),
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
  ): Promise<Session | null> {
    const session = await this.queryBus.execute(new SessionQuery(id, context.readAfter()));
    return session === undefined ? null : shown(session, context);
  }
}

/** Leaves out what is for admins where somebody else asks. */
const shown = (session: Session, { caller }: RequestContext): Session =>
  caller?.roles.has('admin') === true ? session : { ...session, viewer: null, sessionId: null };

function checkRatio(ratio: number): number {
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw badInput('minRebufferRatio', 'must be from 0 to 1');
}
