import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  RecordStreamingEventsCommand,
  type IdentifiedReport,
  type RecordingOutcome,
} from '../commands/record-streaming-events.command.js';
import type { CheckedReport, ReportIds } from '../domain/checked-report.js';
import { badInput, PlayheadError } from '../domain/errors.js';
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

/** A batch as one of the API's ways takes it. */
export interface BatchForm<Item> {
  /** What messages call it. */
  readonly name: string;
  readonly lengthMax: number;
  /**
   * The fields of an item, their types right. What is not is thrown as BAD_USER_INPUT or, where
   * faults are taken notice of, told and left undefined.
   */
  readonly read: (item: Item, onFault?: OnFault) => ReportFields;
  /** Live where nothing else is said. */
  readonly origin?: ReportOrigin;
  /** Whether the good ones are stored although others are not good. */
  readonly isPartial?: boolean;
  /** What the request tells that brings them; nothing where it comes from elsewhere. */
  readonly findings?: EdgeFindings;
}

/** A batch, its reports checked. */
interface CheckedBatch {
  readonly good: readonly { readonly index: number; readonly report: IdentifiedReport }[];
  /** Of the reports that are not good, the first ones. */
  readonly faults: readonly Fault[];
}

/**
 * Takes in players' reports, whatever way they come: checks them against every rule, and turns user
 * ids into viewer ids, which is where raw user ids end.
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

  /** Records one report, or throws what it was refused with. */
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
   * Records a batch. If any report breaks a rule, nothing is stored and it throws, unless the form
   * allows a part. Where only some could be stored, the same batch sent again completes it.
   */
  async recordAll<Item>(batch: readonly Item[], form: BatchForm<Item>): Promise<BatchReceipt> {
    const { name, lengthMax } = form;
    if (batch.length < 1 || batch.length > lengthMax) {
      const rule = `must hold 1 to ${String(lengthMax)} events, got ${String(batch.length)}`;
      throw badInput(name, rule);
    }
    const { good, faults } = this.checkAll(batch, form);
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

  /** What identifies a line could tell whose it is: it ends here, as user ids do. */
  private named(fields: ReportFields): ReportFields {
    const { lineId } = fields;
    if (typeof lineId !== 'string') return fields;
    return { ...fields, eventId: this.identity.lineEventId(lineId) };
  }
}

/** A checked report with viewer ids in place of user ids. */
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

/** Adds what the request tells of the session, and removes what is not to be told. */
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

/** Every fault of a report of a batch: those of its types, then those of its values. */
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
