import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  RecordStreamingEventsCommand,
  type IdentifiedReport,
  type RecordingOutcome,
} from '../commands/record-streaming-events.command.js';
import type { CheckedReport, ReportIds } from '../domain/checked-report.js';
import { badInput, PlayheadError } from '../domain/errors.js';
import { rememberingTexts } from '../domain/once-per-text.js';
import { parseQuality } from '../domain/quality.js';
import { withoutPrivate } from '../domain/session-context.js';
import { checkReport, faultsOf, type ReportFields, type ReportOrigin } from './report-fields.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { LOG_START } from '../ports/event-store.js';
import { IDENTITY, type Identity } from '../ports/identity.js';
import {
  FAULTS_NAMED_MAX,
  partialReceipt,
  receiptOf,
  type BatchReceipt,
  type Fault,
} from './batch-receipt.js';
import type { EdgeFindings } from './context/edge-context.js';
import type { OnFault } from './events/event-fields.js';
import { UnknownLabels } from './unknown-labels.js';
import { IngestTally, INVALID } from '../telemetry/ingest-tally.js';
import type { IngestOutcome } from '../telemetry/ingest-counts.js';
import { Telemetry } from '../telemetry/telemetry.js';

/**
 * Takes in players' reports, whatever way they come. It checks them against every rule and turns
 * user ids into viewer ids. No raw user id gets further.
 */
@Injectable()
export class ReportIntake {
  @Inject() private readonly unknownLabels!: UnknownLabels;

  constructor(
    private readonly commandBus: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(IDENTITY) private readonly identity: Identity,
    private readonly telemetry: Telemetry,
  ) {}

  /** Records one report; throws the error if it is refused. */
  async recordOne(
    fields: ReportFields,
    findings: EdgeFindings,
  ): Promise<Extract<RecordingOutcome, { kind: 'recorded' }>> {
    const report = withFindings(this.identifyOne(fields), findings);
    const [outcome] = await this.record([report]);
    if (outcome === undefined) throw new PlayheadError('INTERNAL', 'the report has no outcome');
    if (outcome.kind === 'refused') throw outcome.error;
    return outcome;
  }

  /**
   * Records a batch. If any report breaks a rule, it stores nothing and throws, unless the form
   * allows a part. If only some could be stored, the same batch sent again completes it.
   */
  async recordAll<Item>(batch: readonly Item[], form: BatchForm<Item>): Promise<BatchReceipt> {
    const { name, lengthMax } = form;
    if (batch.length < 1 || batch.length > lengthMax) {
      const rule = `must hold 1 to ${String(lengthMax)} events, got ${String(batch.length)}`;
      throw badInput(name, rule);
    }
    const { good, faults } = rememberingTexts(() => this.checkAll(batch, form));
    const { isPartial = false } = form;
    const [first] = faults;
    if (first !== undefined && !isPartial) {
      const tally = new IngestTally();
      for (const { report } of good) tally.add(report.type, 'batch');
      tally.tell(this.telemetry);
      const message = `event ${String(first.index)}: ${first.message}`;
      throw new PlayheadError('BAD_USER_INPUT', message, { errors: faults });
    }
    const reports = good.map(({ report }) => report);
    const isOfBot = form.findings?.isBot === true;
    const outcomes = isOfBot ? this.passOver(reports) : await this.record(reports);
    const indexOf = (place: number): number => good[place]?.index ?? place;
    return isPartial ? partialReceipt(outcomes, indexOf, faults) : receiptOf(outcomes, indexOf);
  }

  private async record(reports: readonly IdentifiedReport[]): Promise<readonly RecordingOutcome[]> {
    const outcomes = await this.commandBus.execute(new RecordStreamingEventsCommand(reports));
    const tally = new IngestTally();
    reports.forEach(({ type, label }, index) => {
      const outcome = ingestOutcomeOf(outcomes[index]);
      if (outcome === 'accepted') this.noteLabel(label);
      tally.add(type, outcome);
    });
    tally.tell(this.telemetry);
    return outcomes;
  }

  /** Answers a bot as if its reports were stored. */
  private passOver(reports: readonly IdentifiedReport[]): readonly RecordingOutcome[] {
    const tally = new IngestTally();
    for (const { type } of reports) tally.add(type, 'bot');
    tally.tell(this.telemetry);
    return reports.map(({ eventId = '', sessionId = '' }) => {
      const names = { kind: 'recorded', eventId, sessionId } as const;
      return { ...names, isDuplicate: false, isConflicting: false, position: LOG_START };
    });
  }

  private noteLabel(label: string | undefined): void {
    if (label !== undefined && parseQuality(label) === undefined) this.unknownLabels.note(label);
  }

  private identifyOne(fields: ReportFields): IdentifiedReport {
    try {
      return this.identify(fields, this.clock.now());
    } catch (error) {
      this.telemetry.ingested(INVALID, 'invalid');
      throw error;
    }
  }

  private checkAll<Item>(batch: readonly Item[], form: BatchForm<Item>): CheckedBatch {
    const { read, origin, findings } = form;
    const now = this.clock.now();
    const faults: Fault[] = [];
    const good = batch.flatMap((item, index) => {
      try {
        const report = this.identify(read(item), now, origin);
        return [{ index, report: withFindings(report, findings) }];
      } catch (error) {
        if (!(error instanceof PlayheadError)) throw error;
        // Most are good: only of one that is not, every fault is looked for.
        const room = FAULTS_NAMED_MAX - faults.length;
        for (const { code, message } of room > 0 ? allFaults(item, form, now).slice(0, room) : []) {
          faults.push({ index, code, message });
        }
        return [];
      }
    });
    const bad = batch.length - good.length;
    if (bad > 0) this.telemetry.ingested(INVALID, 'invalid', bad);
    return { good, faults };
  }

  private identify(fields: ReportFields, now: number, origin?: ReportOrigin): IdentifiedReport {
    return identify(checkReport(this.named(fields), now, origin), this.identity);
  }

  /** Makes a line's event id by a keyed hash: the line's id could tell whose line it is. */
  private named(fields: ReportFields): ReportFields {
    const { lineId } = fields;
    if (typeof lineId !== 'string') return fields;
    return { ...fields, eventId: this.identity.lineEventId(lineId) };
  }
}

/** The form of a batch in one of the API's endpoints. */
export interface BatchForm<Item> {
  /** The name of the list in messages. */
  readonly name: string;
  readonly lengthMax: number;
  /**
   * Reads the fields of an item, with the right types. A wrong type throws BAD_USER_INPUT or, with
   * `onFault`, is noted and leaves the field undefined.
   */
  readonly read: (item: Item, onFault?: OnFault) => ReportFields;
  /** The origin of all reports; `live` by default. */
  readonly origin?: ReportOrigin;
  /** Says whether good reports are stored although others are bad. */
  readonly isPartial?: boolean;
  /** The findings about the request's sender; undefined if the reports came without a request. */
  readonly findings?: EdgeFindings;
}

/** A batch with checked reports. */
interface CheckedBatch {
  readonly good: readonly { readonly index: number; readonly report: IdentifiedReport }[];
  /** The first faults of the bad reports. */
  readonly faults: readonly Fault[];
}

/** Returns a checked report with viewer ids in place of user ids. */
export function identify(report: CheckedReport, identity: Identity): IdentifiedReport {
  const { spelled, ...rest } = report;
  const pseudonymous = <Ids extends ReportIds>({ userId, ...ids }: Ids) => ({
    ...ids,
    ...(userId !== undefined && { viewerId: identity.viewerId(userId) }),
  });
  return {
    ...pseudonymous(rest),
    ...(spelled !== undefined && { spelled: pseudonymous(spelled) }),
  };
}

/** Adds the findings of the request to a session, and removes what is private. */
function withFindings(
  report: IdentifiedReport,
  findings: EdgeFindings | undefined,
): IdentifiedReport {
  if (findings === undefined) return report;
  const { isPrivate, filled } = findings;
  if (!isPrivate) return Object.keys(filled).length > 0 ? { ...report, filled } : report;
  const { context, ...rest } = report;
  const left = withoutPrivate(context ?? {});
  return Object.keys(left).length > 0 ? { ...rest, context: left } : rest;
}

/** Finds every fault of a report: those of its types, then those of its values. */
function allFaults<Item>(
  item: Item,
  { read, origin }: BatchForm<Item>,
  now: number,
): readonly PlayheadError[] {
  const faults: PlayheadError[] = [];
  const fields = read(item, (field, rule) => {
    if (faults.length < FAULTS_NAMED_MAX) faults.push(badInput(field, rule));
  });
  return [...faults, ...faultsOf(fields, now, origin)];
}

function ingestOutcomeOf(outcome: RecordingOutcome | undefined): IngestOutcome {
  if (outcome?.kind !== 'recorded') return 'store';
  if (!outcome.isDuplicate) return 'accepted';
  return outcome.isConflicting ? 'conflicting' : 'duplicate';
}
