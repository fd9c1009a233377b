import { Command } from '@nestjs/cqrs';
import type { PlayheadError } from '../domain/errors.js';
import type { CheckedReport, ReportIds } from '../domain/checked-report.js';
import type { SessionContext } from '../domain/session-context.js';

/** A checked report whose user ids have been turned into viewer ids. */
export interface IdentifiedReport extends Omit<CheckedReport, 'userId' | 'spelled'> {
  readonly viewerId?: string;
  readonly spelled?: IdentifiedIds;
  /** The context that the request tells in place of the player. */
  readonly filled?: SessionContext;
}

/** The ids of a report, its viewer already pseudonymous. */
interface IdentifiedIds extends Omit<ReportIds, 'userId'> {
  readonly viewerId?: string;
}

/** The outcome of one report. */
export type RecordingOutcome =
  | {
      readonly kind: 'recorded';
      readonly eventId: string;
      readonly sessionId: string;
      readonly isDuplicate: boolean;
      /** True for a duplicate by its id that says something else than the stored event. */
      readonly isConflicting: boolean;
      /** The position of the event; for a duplicate, no lower than the event's. */
      readonly position: number;
    }
  | { readonly kind: 'refused'; readonly error: PlayheadError };

/** Records reports of players; returns an outcome for each, in their order. */
export class RecordStreamingEventsCommand extends Command<readonly RecordingOutcome[]> {
  constructor(readonly reports: readonly IdentifiedReport[]) {
    super();
  }
}
