import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CmcdCommand } from '../domain/streamed-session.js';
import { KEY_SEPARATOR } from '../domain/text.js';
import { CLOCK, type Clock } from '../ports/clock.js';
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
    const outcomes: CmcdOutcome[] = [];
    const sessions = new Map<string, { indexes: number[]; commands: CmcdCommand[] }>();
    reports.forEach(({ sender, report }, index) => {
      const key = `${sender.mediaId}${KEY_SEPARATOR}${sender.sessionId}`;
      const session = sessions.get(key) ?? { indexes: [], commands: [] };
      session.indexes.push(index);
      const input = { kind: 'report', report, now, clockErrorMs } as const;
      session.commands.push({ kind: 'cmcd', ...sender, input });
      sessions.set(key, session);
    });
    await Promise.all(
      [...sessions.values()].map(async ({ indexes, commands }) => {
        const taken = await this.take(commands);
        indexes.forEach((index, i) => {
          const outcome = taken[i];
          if (outcome !== undefined) outcomes[index] = outcome;
        });
      }),
    );
    return outcomes;
  }

  /** Takes the reports of one session. */
  private async take(commands: readonly CmcdCommand[]): Promise<readonly CmcdOutcome[]> {
    const [first] = commands;
    if (first === undefined) return [];
    const { mediaId, sessionId } = first;
    const outcomes = await this.streams.execute(mediaId, sessionId, commands);
    const last = outcomes.findLast((outcome) => outcome.kind === 'done');
    if (last !== undefined) this.settlements.plan(first, last.state);
    return outcomes.map((outcome) =>
      outcome.kind === 'done' ? { kind: 'taken', position: outcome.position } : outcome,
    );
  }
}
