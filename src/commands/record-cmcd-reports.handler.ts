import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PlayheadError } from '../domain/errors.js';
import type { CmcdCommand } from '../domain/streamed-session.js';
import { KEY_SEPARATOR } from '../domain/text.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { CmcdSettlements } from './cmcd-settlements.js';
import { PlaybackStreams } from './playback-streams.js';
import {
  RecordCmcdReportsCommand,
  type CmcdOutcome,
  type SentCmcdReport,
} from './record-cmcd-reports.command.js';

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
    const outcomes: CmcdOutcome[] = [];
    const sessions = new Map<string, { indexes: number[]; sent: SentCmcdReport[] }>();
    reports.forEach((sent, index) => {
      const { mediaId, sessionId } = sent.sender;
      const key = `${mediaId}${KEY_SEPARATOR}${sessionId}`;
      const session = sessions.get(key) ?? { indexes: [], sent: [] };
      session.indexes.push(index);
      session.sent.push(sent);
      sessions.set(key, session);
    });
    await Promise.all(
      [...sessions.values()].map(async ({ indexes, sent: [first, ...rest] }) => {
        if (first === undefined) return;
        const inputs = [first, ...rest].map(
          ({ report }) => ({ kind: 'report', report, now, clockErrorMs }) as const,
        );
        const outcome = await this.take({ kind: 'cmcd', ...first.sender, inputs });
        for (const index of indexes) outcomes[index] = outcome;
      }),
    );
    return outcomes;
  }

  /** Takes the reports of one session, all of them or none. */
  private async take(command: CmcdCommand): Promise<CmcdOutcome> {
    const { mediaId, sessionId } = command;
    const [outcome] = await this.streams.execute(mediaId, sessionId, [command]);
    if (outcome === undefined) throw new PlayheadError('INTERNAL', 'the reports have no outcome');
    if (outcome.kind === 'refused') return outcome;
    this.settlements.plan(command, outcome.state);
    // No read model knows of a session that only waits, so that nobody would find it after a crash:
    // its player is answered once something has come of it, and sends it again otherwise.
    if (outcome.state.eventIds.size === 0) await this.settlements.settled(command);
    return { kind: 'taken', position: outcome.position };
  }
}
