import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  RecordStreamingEventsCommand,
  type IdentifiedReport,
  type RecordingOutcome,
} from '../commands/record-streaming-events.command.js';
import { PlayheadError } from '../domain/errors.js';
import { checkReport, type ReportFields } from '../domain/report-fields.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { LOG_START } from '../ports/event-store.js';
import { IDENTITY, type Identity } from '../ports/identity.js';

/** The faults of a batch that its error names. */
const FAULTS_NAMED_MAX = 100;

/** A report of a batch that breaks a rule. */
interface Fault {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** What became of a batch. */
export interface BatchReceipt {
  readonly accepted: number;
  readonly duplicates: number;
  /** The highest of all. */
  readonly position: number;
  /** If some could not be stored: which, by their place, and why. */
  readonly failure?: { readonly error: PlayheadError; readonly failed: readonly number[] };
}

/**
 * Takes in players' reports, whatever way they come: checks them against every rule, and turns user
 * ids into viewer ids, which is where raw user ids end.
 */
@Injectable()
export class ReportIntake {
  constructor(
    private readonly commandBus: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  /** Records one report, or throws what it was refused with. */
  async recordOne(fields: ReportFields): Promise<Extract<RecordingOutcome, { kind: 'recorded' }>> {
    const report = this.identify(fields, this.clock.now());
    const [outcome] = await this.commandBus.execute(new RecordStreamingEventsCommand([report]));
    if (outcome === undefined) throw new PlayheadError('INTERNAL', 'the report has no outcome');
    if (outcome.kind === 'refused') throw outcome.error;
    return outcome;
  }

  /**
   * Records a batch. If any report breaks a rule, nothing is stored and it throws. Where only some
   * could be stored, the same batch sent again completes it.
   */
  async recordAll(batch: readonly ReportFields[], lengthMax: number): Promise<BatchReceipt> {
    if (batch.length < 1 || batch.length > lengthMax) {
      const rule = `must hold 1 to ${String(lengthMax)} events, got ${String(batch.length)}`;
      throw new PlayheadError('BAD_USER_INPUT', `inputs: ${rule}`);
    }
    const outcomes = await this.commandBus.execute(
      new RecordStreamingEventsCommand(this.identifyAll(batch)),
    );
    return receiptOf(outcomes);
  }

  private identifyAll(batch: readonly ReportFields[]): readonly IdentifiedReport[] {
    const now = this.clock.now();
    const faults: Fault[] = [];
    const reports = batch.flatMap((fields, index) => {
      try {
        return [this.identify(fields, now)];
      } catch (error) {
        if (!(error instanceof PlayheadError)) throw error;
        faults.push({ index, code: error.code, message: error.message });
        return [];
      }
    });
    const [first] = faults;
    if (first === undefined) return reports;
    throw new PlayheadError('BAD_USER_INPUT', `event ${String(first.index)}: ${first.message}`, {
      errors: faults.slice(0, FAULTS_NAMED_MAX),
    });
  }

  private identify(fields: ReportFields, now: number): IdentifiedReport {
    const { userId, ...report } = checkReport(fields, now);
    if (userId === undefined) return report;
    return { ...report, viewerId: this.identity.viewerId(userId) };
  }
}

function receiptOf(outcomes: readonly RecordingOutcome[]): BatchReceipt {
  const recorded = outcomes.filter((outcome) => outcome.kind === 'recorded');
  const receipt = {
    accepted: recorded.filter(({ isDuplicate }) => !isDuplicate).length,
    duplicates: recorded.filter(({ isDuplicate }) => isDuplicate).length,
    position: recorded.reduce((highest, { position }) => Math.max(highest, position), LOG_START),
  };
  const failed = outcomes.flatMap(({ kind }, index) => (kind === 'refused' ? [index] : []));
  const refused = outcomes.find((outcome) => outcome.kind === 'refused');
  return refused === undefined
    ? receipt
    : { ...receipt, failure: { error: refused.error, failed } };
}
