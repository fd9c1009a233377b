import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CLOCK, type Clock } from '../ports/clock.js';
import { IDENTITY, type Identity } from '../ports/identity.js';
import { PlaybackStreams } from './playback-streams.js';
import { ReportStreamingQualityCommand } from './report-streaming-quality.command.js';
import { positionOf } from './stream-writer.js';

@CommandHandler(ReportStreamingQualityCommand)
export class ReportStreamingQualityHandler implements ICommandHandler<ReportStreamingQualityCommand> {
  constructor(
    private readonly streams: PlaybackStreams,
    @Inject(IDENTITY) private readonly identity: Identity,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({
    report,
  }: ReportStreamingQualityCommand): Promise<{ reportId: string; position: number }> {
    const reportId = this.identity.uuidV4();
    const occurredAt = this.clock.now();
    const command = {
      kind: 'report-quality',
      report: { ...report, reportId, occurredAt },
    } as const;
    const outcomes = await this.streams.execute(report.mediaId, reportId, [command]);
    return { reportId, position: positionOf(outcomes) };
  }
}
