import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OperationDefinitionNode } from 'graphql';
import { clientOf } from '../access/authenticate.js';
import { Requires } from '../access/requires.decorator.js';
import type { FilterInput } from '../graphql/figure-inputs.js';
import type { Comparison, Interval, Metric } from '../../queries/figures/figures.query.js';
import type { BreakdownArgs, RangeInput } from '../graphql/figure-inputs.js';
import type { SessionsArgs } from '../graphql/session-models.js';
import { checkMetrics, wantedFigures, wantedTable } from '../graphql/wanted-figures.js';
import { wantedSessions } from '../graphql/wanted-sessions.js';
import { RequestContext } from '../graphql/request-context.js';
import type { RateLimiter } from '../limits/rate-limiter.js';
import { PositionTokens } from '../position-tokens.js';
import { argumentsIn, argumentsNamed } from './asked-arguments.js';
import { CSV, NDJSON } from './forms.js';
import { sendTable } from './send-table.js';
import { Tables } from './tables.js';

export const EXPORT_PATH = 'export';
export const QUERY_COST_RATE = Symbol('QueryCostRate');

/** Sends the answers of queries as files, page by page, as fast as the reader takes them. */
@Requires('read')
@Controller(EXPORT_PATH)
export class ExportController {
  constructor(
    private readonly queryBus: QueryBus,
    private readonly tokens: PositionTokens,
    private readonly schemaHost: GraphQLSchemaHost,
    @Inject(QUERY_COST_RATE) private readonly rate: RateLimiter,
  ) {}

  @Get('sessions.csv')
  sessionsCsv(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return sendTable(this.sessions(request, reply), 'sessions', CSV, reply);
  }

  @Get('sessions.ndjson')
  sessionsNdjson(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return sendTable(this.sessions(request, reply), 'sessions', NDJSON, reply);
  }

  @Get('breakdown.csv')
  breakdown(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const wanted = wantedTable(this.argumentsOf<BreakdownArgs>(request, BREAKDOWN));
    return sendTable(this.tables(request, reply).breakdown(wanted), 'breakdown', CSV, reply);
  }

  @Get('timeseries.csv')
  timeSeries(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const asked = this.argumentsOf<SeriesArgs>(request, SERIES);
    const wanted = wantedFigures(asked.range, asked.filter, asked.compare);
    const metrics = checkMetrics(asked.metrics);
    const table = this.tables(request, reply).series(wanted, asked.interval, metrics);
    return sendTable(table, 'timeseries', CSV, reply);
  }

  private sessions(request: FastifyRequest, reply: FastifyReply) {
    const asked = this.argumentsOf<SessionsArgs>(request, SESSIONS);
    return this.tables(request, reply).sessions(wantedSessions(asked, request.caller));
  }

  private argumentsOf<Arguments>(
    { query }: FastifyRequest,
    operation: OperationDefinitionNode,
  ): Arguments {
    return argumentsIn<Arguments>(query, operation, this.schemaHost.schema);
  }

  private tables(request: FastifyRequest, reply: FastifyReply): Tables {
    const readAfter = new RequestContext(request, reply, this.tokens).readAfter();
    const charge = (cost: number): void => {
      this.rate.charge(clientOf(request), cost);
    };
    return new Tables(this.queryBus, { readAfter, charge });
  }
}

const WHICH = '$range: RangeInput!, $filter: [FilterInput!]';
const SESSIONS = argumentsNamed(
  `${WHICH}, $userId: ID, $sessionId: ID, $failed: Boolean, $minRebufferRatio: Float`,
);
const BREAKDOWN = argumentsNamed(
  `${WHICH}, $by: Dimension!, $orderBy: Metric! = VIEWS, $minViews: Int! = 0,
   $minAttempts: Int! = 0, $search: String, $compare: Comparison`,
);
const SERIES = argumentsNamed(
  `${WHICH}, $interval: Interval!, $metrics: [Metric!]!, $compare: Comparison`,
);

interface SeriesArgs {
  readonly range: RangeInput;
  readonly filter?: readonly FilterInput[] | null;
  readonly interval: Interval;
  readonly metrics: readonly Metric[];
  readonly compare?: Comparison | null;
}
