import { Inject } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Args, Context, ID, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { AdministerProjectionCommand } from '../../commands/administer-projection.command.js';
import { readableKey } from '../../domain/document-key.js';
import { checkText } from '../../domain/checked-values.js';
import { SECOND_MS } from '../../domain/time.js';
import { CLOCK, type Clock } from '../../ports/clock.js';
import type { ProjectionOrder } from '../../ports/projection-administration.js';
import {
  PROJECTION_CONTROL,
  stateOf,
  type ProjectionControl,
  type ProjectionLag,
} from '../../ports/projection-control.js';
import { projectionNamed, type ProjectionName } from '../../ports/projection.js';
import type { GenerationRecord } from '../../ports/read-model/generation.js';
import { ParkedEventsQuery } from '../../queries/parked-events.query.js';
import { ProjectionsQuery } from '../../queries/projections.query.js';
import { Requires } from '../access/requires.decorator.js';
import { PositionTokens } from '../position-tokens.js';
import { ProgressFeed } from '../subscriptions/progress-feed.js';
import { ParkedEvent, ProjectionStatus, VerificationReport } from './projection-models.js';
import type { RequestContext } from './request-context.js';

/** Answers the queries and carries out the mutations about read models, for administrators. */
@Requires('admin')
@Resolver()
export class ProjectionsResolver {
  constructor(
    private readonly commandBus: CommandBus,
    private readonly queryBus: QueryBus,
    private readonly tokens: PositionTokens,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PROJECTION_CONTROL) private readonly control: ProjectionControl,
    private readonly progress: ProgressFeed,
  ) {}

  @Query(() => [ProjectionStatus], {
    description: 'The progress of each read model; the query waits for none.',
  })
  async projections(): Promise<ProjectionStatus[]> {
    const projections = await this.queryBus.execute(new ProjectionsQuery());
    return projections.map((one) => this.toStatus(one));
  }

  @Query(() => [ParkedEvent], {
    description: 'The events that a read model could not take, in the order of the log.',
  })
  async parkedEvents(
    @Args('projection', { type: () => String }) projection: string,
  ): Promise<ParkedEvent[]> {
    const parked = await this.queryBus.execute(new ParkedEventsQuery(this.nameOf(projection)));
    return parked.map(({ position, key, reason, parkedAt, skipped }) => ({
      id: [this.tokens.encode(position), ...documentMark(key)].join('.'),
      position: this.tokens.encode(position),
      logPosition: position,
      document: key === '' ? undefined : readableKey(key),
      reason,
      parkedAt,
      skipped,
    }));
  }

  @Subscription(() => ProjectionStatus, {
    description:
      'The status of a read model now, then whenever it has changed, at most once a second: so ' +
      'a rebuild is watched.',
  })
  projection(
    @Args('name', { type: () => String }) name: string,
  ): AsyncIterableIterator<{ readonly projection: ProjectionStatus }> {
    const known = this.nameOf(name);
    return this.progress.watch((all) => {
      const projection = this.toStatus(projectionNamed(all, known));
      return { value: { projection }, mark: JSON.stringify(projection, withoutTheMoment) };
    });
  }

  @Mutation(() => ProjectionStatus, {
    description:
      'Folds the log anew; the read model serves as it is until the new one takes its place. ' +
      'While a rebuild runs, its status.',
  })
  rebuildProjection(
    @Args('name', { type: () => String }) name: string,
    @Context() context: RequestContext,
  ): Promise<ProjectionStatus> {
    return this.carryOut({ kind: 'rebuild', name: this.nameOf(name) }, context);
  }

  @Mutation(() => ProjectionStatus, { description: 'CONFLICT where no rebuild runs.' })
  cancelRebuild(
    @Args('name', { type: () => String }) name: string,
    @Context() context: RequestContext,
  ): Promise<ProjectionStatus> {
    return this.carryOut({ kind: 'cancel', name: this.nameOf(name) }, context);
  }

  @Mutation(() => ProjectionStatus, {
    description:
      'Brings the read model back that the last rebuild replaced, after it has caught up; ' +
      'CONFLICT where it is kept no more.',
  })
  rollBackProjection(
    @Args('name', { type: () => String }) name: string,
    @Context() context: RequestContext,
  ): Promise<ProjectionStatus> {
    return this.carryOut({ kind: 'rollBack', name: this.nameOf(name) }, context);
  }

  @Mutation(() => ProjectionStatus, {
    description: 'Tries the parked events of a read model again, in the order of the log.',
  })
  retryParkedEvents(
    @Args('projection', { type: () => String }) projection: string,
    @Context() context: RequestContext,
  ): Promise<ProjectionStatus> {
    return this.carryOut({ kind: 'retry', name: this.nameOf(projection) }, context);
  }

  @Mutation(() => ProjectionStatus, {
    description: 'Gives a parked event up, then tries those that waited for it.',
  })
  skipParkedEvent(
    @Args('projection', { type: () => String }) projection: string,
    @Args('id', { type: () => ID }) id: string,
    @Args('reason', { type: () => String }) reason: string,
    @Context() context: RequestContext,
  ): Promise<ProjectionStatus> {
    const [token = '', key = ''] = id.split('.');
    const giveUp = {
      position: this.tokens.decode(token, 'id'),
      key: Buffer.from(key, 'base64url').toString(),
      reason: checkText('reason', reason, REASON_LENGTH_MAX),
    };
    return this.carryOut({ kind: 'retry', name: this.nameOf(projection), giveUp }, context);
  }

  @Mutation(() => VerificationReport, {
    description:
      'Folds the log anew, apart, and compares; takes as long as a rebuild, and changes nothing. ' +
      'CONFLICT while another one runs.',
  })
  async verifyProjection(
    @Args('name', { type: () => String }) name: string,
    @Context() context: RequestContext,
  ): Promise<VerificationReport> {
    const order = { kind: 'verify', name: this.nameOf(name) } as const;
    const report = await this.commandBus.execute(new AdministerProjectionCommand(order));
    const { checkpoint, first, ...counts } = report;
    return {
      ...counts,
      position: context.notePosition(checkpoint),
      first: first && {
        document: readableKey(first.key),
        expected: first.expected,
        found: first.found,
        positions: first.positions.map((position) => this.tokens.encode(position)),
        isCut: first.isCut,
      },
    };
  }

  private async carryOut(
    order: Exclude<ProjectionOrder, { kind: 'retire' }>,
    context: RequestContext,
  ): Promise<ProjectionStatus> {
    await this.commandBus.execute(new AdministerProjectionCommand(order));
    const projections = await this.queryBus.execute(new ProjectionsQuery());
    const status = projectionNamed(projections, order.name);
    context.notePosition(status.scanned);
    return this.toStatus(status);
  }

  private nameOf(given: string): ProjectionName {
    const name = checkText('name', given, NAME_LENGTH_MAX);
    return projectionNamed(this.control.progress(), name).name;
  }

  private toStatus(lag: ProjectionLag): ProjectionStatus {
    const { name, version, generation, owner, scanned, appliedAt } = lag;
    const { lagSeconds, lagEvents, parkedEvents, rebuild, rebuildShare } = lag;
    const { building, outcome, hasPrevious } = rebuild;
    const isUnderWay = building?.state === 'building';
    const pace = isUnderWay ? paceOf(building, rebuildShare, this.clock.now()) : {};
    return {
      name,
      version,
      state: stateOf(lag),
      position: this.tokens.encode(scanned),
      lagSeconds,
      lagEvents,
      parkedEvents,
      rebuildProgress: rebuildShare,
      ...pace,
      lastRebuild: outcome && {
        outcome: outcome.kind.toUpperCase(),
        at: outcome.at,
        detail: outcome.detail,
      },
      canRollBack: hasPrevious,
      generation,
      owner,
      lastAppliedAt: appliedAt,
    };
  }
}

const NAME_LENGTH_MAX = 100;
const REASON_LENGTH_MAX = 500;

/** The members that change by themselves with time, so that their changes are no news. */
const OF_THE_MOMENT = ['lagSeconds', 'lagEvents', 'rebuildEventsPerSecond', 'rebuildTimeLeft'];
const withoutTheMoment = (name: string, value: unknown): unknown =>
  OF_THE_MOMENT.includes(name) ? undefined : value;

/** Returns a rebuild's speed and the time left; both are unknown at its beginning. */
function paceOf(
  { eventsSeen, since }: GenerationRecord,
  share: number | undefined,
  now: number,
): Pick<ProjectionStatus, 'rebuildEventsPerSecond' | 'rebuildTimeLeft'> {
  const elapsed = (now - since) / SECOND_MS;
  if (elapsed <= 0 || share === undefined || share === 0) return {};
  return {
    rebuildEventsPerSecond: eventsSeen / elapsed,
    rebuildTimeLeft: (elapsed * (1 - share)) / share,
  };
}

/** Returns the part of an id that names a document; an event that could not be read has none. */
const documentMark = (key: string): readonly string[] =>
  key === '' ? [] : [Buffer.from(key).toString('base64url')];
