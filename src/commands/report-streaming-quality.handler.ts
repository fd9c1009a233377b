import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CLOCK, type Clock } from '../ports/clock.js';
import { IDENTITY, type Identity } from '../ports/identity.js';
import { PlaybackStreams } from './playback-streams.js';
import {
  ReportStreamingQualityCommand,
  type ReportReceipt,
} from './report-streaming-quality.command.js';
import { doneOf } from './command-outcome.js';

@CommandHandler(ReportStreamingQualityCommand)
export class ReportStreamingQualityHandler implements ICommandHandler<ReportStreamingQualityCommand> {
  constructor(
    private readonly streams: PlaybackStreams,
    @Inject(IDENTITY) private readonly identity: Identity,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ report }: ReportStreamingQualityCommand): Promise<ReportReceipt> {
    const reportId = report.reportId ?? this.identity.uuidV4();
    const occurredAt = this.clock.now();
    const outcomes = await this.streams.reportQuality({ ...report, reportId, occurredAt });
    const { isDuplicate, position } = doneOf(outcomes);
    return { reportId, isDuplicate, position };
  }
}
