import { Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Context, Info, Query, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { FirstEventQuery } from '../../queries/first-event.query.js';
import type { CountedEvents } from '../../telemetry/ingest-counts.js';
import { Telemetry } from '../../telemetry/telemetry.js';
import { assertKnown } from '../access/authenticate.js';
import { highestRole } from '../access/key-ring.js';
import { Requires } from '../access/requires.decorator.js';
import type { RequestContext } from './request-context.js';
import { selectedNames } from './selected-names.js';
import {
  IngestCountsType,
  SERVER_FACTS,
  ServerType,
  type Server,
  type ServerFacts,
} from './server-models.js';

/** Answers the query for facts about the server itself. */
@Resolver()
export class ServerResolver {
  constructor(
    private readonly queryBus: QueryBus,
    private readonly telemetry: Telemetry,
    @Inject(SERVER_FACTS) private readonly facts: ServerFacts,
  ) {}

  @Requires('read')
  @Query(() => ServerType, {
    description: 'The server says here what it is, how it is set up, and what your key opens.',
  })
  async server(
    @Context() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Server> {
    const { caller } = context;
    assertKnown(caller);
    // Whoever asks for the rest need not wait for a read model.
    const firstEventAt = selectedNames(info).has('firstEventAt')
      ? await this.queryBus.execute(new FirstEventQuery(context.readAfter()))
      : undefined;
    return { ...this.facts, role: highestRole(caller), firstEventAt };
  }

  @Requires('admin')
  @Query(() => IngestCountsType, {
    description: 'The events that players sent to this node since its start.',
  })
  ingest(): CountedEvents {
    return this.telemetry.ingest.counted();
  }
}
