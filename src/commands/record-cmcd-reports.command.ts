import { Command } from '@nestjs/cqrs';
import type { CmcdReport } from '../domain/cmcd/cmcd-report.js';
import type { PlayheadError } from '../domain/errors.js';
import type { CmcdSender } from '../domain/streamed-session.js';

/** A player's report, checked, its viewer already pseudonymous. */
export interface SentCmcdReport {
  readonly sender: CmcdSender;
  readonly report: CmcdReport;
}

/** The outcome of one report. */
export type CmcdOutcome =
  /** A report that says nothing new is taken as well; the position is that of its session then. */
  | { readonly kind: 'taken'; readonly position: number }
  | { readonly kind: 'refused'; readonly error: PlayheadError };

/** Takes CMCD reports of players; returns an outcome for each, in their order. */
export class RecordCmcdReportsCommand extends Command<readonly CmcdOutcome[]> {
  constructor(
    readonly reports: readonly SentCmcdReport[],
    /** The milliseconds that the player's clock is behind, by its newest report. */
    readonly clockErrorMs: number,
  ) {
    super();
  }
}
