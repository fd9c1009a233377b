import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { RegisterMediaCommand } from '../../commands/register-media.command.js';
import { checkRange } from '../../domain/checked-values.js';
import { milliseconds } from '../../domain/units.js';
import { RegisteredStreamQuery, type Stream } from '../../queries/popular-streams.query.js';
import { RollupService, type RollupReport } from '../../rollup/rollup.service.js';
import { Requires } from '../access/requires.decorator.js';
import { checkMedia } from '../media-fields.js';
import { MediaInput } from './inputs.js';
import { RollupReportType, StreamType } from './models.js';
import type { RequestContext } from './request-context.js';
import { Duration } from './scalars.js';

/** Carries out the mutations for administrators. */
@Requires('admin')
@Resolver()
export class AdminResolver {
  constructor(
    private readonly commandBus: CommandBus,
    private readonly queryBus: QueryBus,
    private readonly rollup: RollupService,
  ) {}

  @Mutation(() => StreamType, {
    description:
      'Registers a media item, or replaces what is registered; answers once it can be read, or, ' +
      'where that takes more than 5 seconds, with what was stored.',
  })
  async registerMedia(
    @Args('input', { type: () => MediaInput }) input: MediaInput,
    @Context() context: RequestContext,
  ): Promise<Stream> {
    const { mediaId, description } = checkMedia(input);
    const command = new RegisterMediaCommand(mediaId, description);
    const { position, registeredAt } = await this.commandBus.execute(command);
    context.notePosition(position);
    const registration = { mediaId, description, registeredAt };
    return this.queryBus.execute(new RegisteredStreamQuery(registration, position));
  }

  @Mutation(() => RollupReportType, {
    description:
      'Does now what the schedule does: ends idle sessions, retires old buckets, totals a window.',
  })
  async aggregateRollup(
    @Args('window', {
      type: () => Duration,
      nullable: true,
      description: '1 minute to 31 days; unset: 1 hour.',
    })
    window: number | null | undefined,
    @Context() context: RequestContext,
  ): Promise<RollupReport> {
    const lengthSeconds = checkRange(
      'window',
      window ?? WINDOW_SECONDS_DEFAULT,
      WINDOW_SECONDS_MIN,
      WINDOW_SECONDS_MAX,
    );
    const report = await this.rollup.run(milliseconds(lengthSeconds));
    context.notePosition(report.position);
    return report;
  }
}

/** The shortest window that a rollup totals, in seconds. */
const WINDOW_SECONDS_MIN = 60;
const WINDOW_SECONDS_MAX = 31 * 86_400;
const WINDOW_SECONDS_DEFAULT = 3_600;
