import { CommandBus } from '@nestjs/cqrs';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import { ReportStreamingQualityCommand } from '../../commands/report-streaming-quality.command.js';
import { PlayheadError } from '../../domain/errors.js';
import { BUFFERING_EVENTS_MAX, DURATION_MS_MAX } from '../../domain/checked-report.js';
import { checkId, checkRange } from '../../domain/checked-values.js';
import { milliseconds, seconds } from '../../domain/units.js';
import { Telemetry } from '../../telemetry/telemetry.js';
import { Requires } from '../access/requires.decorator.js';
import { Admission } from '../limits/admission.js';
import { ReportIntake } from '../report-intake.js';
import { StreamingEventInput, StreamingQualityInput } from './inputs.js';
import {
  StreamingEventBatchReceipt,
  StreamingEventReceipt,
  StreamingQualityReport,
} from './models.js';
import type { RequestContext } from './request-context.js';

/** Mutations for players. */
@Requires('ingest')
@Resolver()
export class IngestResolver {
  constructor(
    private readonly commandBus: CommandBus,
    private readonly intake: ReportIntake,
    private readonly admission: Admission,
    private readonly telemetry: Telemetry,
  ) {}

  @Mutation(() => StreamingEventReceipt, { description: 'Records one event, durably.' })
  async recordStreamingEvent(
    @Args('input', { type: () => StreamingEventInput }) input: StreamingEventInput,
    @Context() context: RequestContext,
  ): Promise<StreamingEventReceipt> {
    const recorded = await this.admit(context, 1, () =>
      this.intake.recordOne(input, context.findings),
    );
    const { eventId, sessionId, isDuplicate, position } = recorded;
    const token = context.notePosition(position);
    return { eventId, sessionId, position: token, duplicate: isDuplicate };
  }

  @Mutation(() => StreamingEventBatchReceipt, {
    description: 'Records 1 to 1,000 events, durably; if any breaks a rule, none of them.',
  })
  async recordStreamingEvents(
    @Args('inputs', { type: () => [StreamingEventInput] }) inputs: StreamingEventInput[],
    @Context() context: RequestContext,
  ): Promise<StreamingEventBatchReceipt> {
    const { position, failure, ...counts } = await this.admit(context, inputs.length, () =>
      this.intake.recordAll(inputs, { ...INPUT_BATCH, findings: context.findings }),
    );
    const receipt = { ...counts, position: context.notePosition(position) };
    if (failure === undefined) return receipt;
    const { error, failed, failures } = failure;
    const details = { ...receipt, failed, failures };
    throw Object.assign(new PlayheadError(error.code, error.message, details), {
      cause: error.cause,
    });
  }

  @Mutation(() => StreamingQualityReport, {
    description: 'Records a summary of a view: no view, no bytes.',
  })
  async reportStreamingQuality(
    @Args('input', { type: () => StreamingQualityInput }) input: StreamingQualityInput,
    @Context() context: RequestContext,
  ): Promise<StreamingQualityReport> {
    const { quality, bufferingEvents, watchTime, reportId: givenId } = input;
    const mediaId = checkId('mediaId', input.mediaId);
    const report = {
      mediaId,
      quality,
      bufferingEvents: checkRange('bufferingEvents', bufferingEvents, 0, BUFFERING_EVENTS_MAX),
      watchMs: milliseconds(checkRange('watchTime', watchTime, 0, seconds(DURATION_MS_MAX))),
      ...(typeof givenId === 'string' && { reportId: checkId('reportId', givenId) }),
    };
    const command = new ReportStreamingQualityCommand(report);
    const { reportId, isDuplicate, position } = await this.admit(context, 1, () =>
      this.commandBus.execute(command),
    );
    this.telemetry.ingested('quality_reported', isDuplicate ? 'duplicate' : 'accepted');
    context.notePosition(position);
    return { success: true, mediaId, quality, reportId };
  }

  /** Lets events wait to be stored, if the client and the server's waiting room allow it. */
  private admit<T>(context: RequestContext, events: number, work: () => Promise<T>): Promise<T> {
    return this.admission.within(context.client, (place) => {
      place.addBytes(context.bytes);
      place.addEvents(events);
      return work();
    });
  }
}

/** Events that one mutation may hold. */
const BATCH_LENGTH_MAX = 1_000;
const INPUT_BATCH = {
  name: 'inputs',
  lengthMax: BATCH_LENGTH_MAX,
  read: (input: StreamingEventInput) => input,
};
