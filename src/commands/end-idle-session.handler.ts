import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EndIdleSessionCommand } from './end-idle-session.command.js';
import { PlaybackStreams } from './playback-streams.js';
import { positionOf } from './stream-writer.js';

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
    const position = positionOf(outcomes);
    const isEnded = outcomes.some((outcome) => outcome.kind === 'done' && !outcome.isDuplicate);
    return { isEnded, position };
  }
}
