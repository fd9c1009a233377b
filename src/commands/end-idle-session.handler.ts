import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EndIdleSessionCommand } from './end-idle-session.command.js';
import { PlaybackStreams } from './playback-streams.js';
import { doneOf } from './command-outcome.js';

@CommandHandler(EndIdleSessionCommand)
export class EndIdleSessionHandler implements ICommandHandler<EndIdleSessionCommand> {
  constructor(private readonly streams: PlaybackStreams) {}

  async execute({
    mediaId,
    sessionId,
    idleSince,
  }: EndIdleSessionCommand): Promise<{ isEnded: boolean; position: number }> {
    const command = { kind: 'time-out', mediaId, sessionId, idleSince } as const;
    const outcomes = await this.streams.execute(mediaId, sessionId, [command]);
    const { isDuplicate, position } = doneOf(outcomes);
    return { isEnded: !isDuplicate, position };
  }
}
