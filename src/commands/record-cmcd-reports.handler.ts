import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PlayheadError } from '../domain/errors.js';
import { isHeardOf } from '../domain/session-state.js';
import type { CmcdCommand } from '../domain/streamed-session.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { bySession } from './by-session.js';
import { CmcdSettlements } from './cmcd-settlements.js';
import { PlaybackStreams } from './playback-streams.js';
import { RecordCmcdReportsCommand, type CmcdOutcome } from './record-cmcd-reports.command.js';

@CommandHandler(RecordCmcdReportsCommand)
export class RecordCmcdReportsHandler implements ICommandHandler<RecordCmcdReportsCommand> {
  constructor(
    private readonly streams: PlaybackStreams,
    private readonly settlements: CmcdSettlements,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({
    reports,
    clockErrorMs,
  }: RecordCmcdReportsCommand): Promise<readonly CmcdOutcome[]> {
    const now = this.clock.now();
    return bySession(
      reports,
      ({ sender }) => sender,
      async (_, sent) => {
        const [first] = sent;
        if (first === undefined) return [];
        const inputs = sent.map(
          ({ report }) => ({ kind: 'report', report, now, clockErrorMs }) as const,
        );
        const outcome = await this.take({ kind: 'cmcd', ...first.sender, inputs });
        return sent.map(() => outcome);
      },
    );
  }

  /** Takes the reports of one session, all of them or none. */
  private async take(command: CmcdCommand): Promise<CmcdOutcome> {
    const { mediaId, sessionId } = command;
    const [outcome] = await this.streams.execute(mediaId, sessionId, [command]);
    if (outcome === undefined) throw new PlayheadError('INTERNAL', 'the reports have no outcome');
    if (outcome.kind === 'refused') return outcome;
    this.settlements.follow(command, outcome);
    // No read model knows of a session that only waits, so that nobody would find it after a crash:
    // its player is answered once something has come of it, and sends it again otherwise.
    if (!isHeardOf(outcome.state)) await this.settlements.settled(command);
    return { kind: 'taken', position: outcome.position };
  }
}
