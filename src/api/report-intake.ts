import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  RecordStreamingEventsCommand,
  type IdentifiedReport,
  type RecordingOutcome,
} from '../commands/record-streaming-events.command.js';
import type { CheckedReport, ReportIds } from '../domain/checked-report.js';
import { badInput, PlayheadError, type ErrorCode } from '../domain/errors.js';
import { parseQuality } from '../domain/quality.js';
import { checkReport, faultsOf, type ReportFields, type ReportOrigin } from './report-fields.js';
import { CLOCK, type Clock } from '../ports/clock.js';
import { LOG_START } from '../ports/event-store.js';
import { IDENTITY, type Identity } from '../ports/identity.js';
import type { OnFault } from './events/event-fields.js';
import { UnknownLabels } from './unknown-labels.js';
import { IngestTally, INVALID } from '../telemetry/ingest-tally.js';
import { Telemetry, type IngestOutcome } from '../telemetry/telemetry.js';

/** The faults of a batch that its error names. */
const FAULTS_NAMED_MAX = 100;

/** A rule that a report of a batch breaks. */
interface Fault {
  /** The place of the report in its batch. */
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

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
}

/** A batch, its reports checked. */
interface CheckedBatch {
  readonly good: readonly { readonly index: number; readonly report: IdentifiedReport }[];
  /** Of the reports that are not good, the first ones. */
  readonly faults: readonly Fault[];
}

/** What became of a batch. */
export interface BatchReceipt {
  readonly accepted: number;
  readonly duplicates: number;
  /** Of the duplicates, those that say something else than what was stored. */
  readonly conflicting: number;
  /** The highest of all. */
  readonly position: number;
  /** What is wrong with the reports that are not good, of a batch that may be stored in part. */
  readonly errors?: readonly Fault[];
  /** If some could not be stored: which, by their place, and why. */
  readonly failure?: { readonly error: PlayheadError; readonly failed: readonly number[] };
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
  async recordOne(fields: ReportFields): Promise<Extract<RecordingOutcome, { kind: 'recorded' }>> {
    const [outcome] = await this.record([this.identifyOne(fields)]);
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
      for (const { report } of good) tally.add(report.type, 'refused');
      tally.tell(this.telemetry);
      const message = `event ${String(first.index)}: ${first.message}`;
      throw new PlayheadError('BAD_USER_INPUT', message, { errors: faults });
    }
    const outcomes = await this.record(good.map(({ report }) => report));
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

  private noteLabel(label: string | undefined): void {
    if (label !== undefined && parseQuality(label) === undefined) this.unknownLabels.note(label);
  }

  private identifyOne(fields: ReportFields): IdentifiedReport {
    try {
      return this.identify(fields, this.clock.now());
    } catch (error) {
      this.telemetry.ingested(INVALID, 'refused');
      throw error;
    }
  }

  private checkAll<Item>(batch: readonly Item[], form: BatchForm<Item>): CheckedBatch {
    const { read, origin } = form;
    const now = this.clock.now();
    const faults: Fault[] = [];
    const good = batch.flatMap((item, index) => {
      try {
        return [{ index, report: this.identify(read(item), now, origin) }];
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
    if (bad > 0) this.telemetry.ingested(INVALID, 'refused', bad);
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

/** Codes with which the same request may succeed later. */
const SEND_AGAIN: ReadonlySet<ErrorCode> = new Set(['STORE_UNAVAILABLE', 'CONFLICT', 'INTERNAL']);

function ingestOutcomeOf(outcome: RecordingOutcome | undefined): IngestOutcome {
  if (outcome?.kind !== 'recorded') return 'refused';
  if (!outcome.isDuplicate) return 'accepted';
  return outcome.isConflicting ? 'conflicting' : 'duplicate';
}

/** `indexOf` tells which report of the batch an outcome is of, by its place. */
function receiptOf(
  outcomes: readonly RecordingOutcome[],
  indexOf: (place: number) => number,
): BatchReceipt {
  const recorded = outcomes.filter((outcome) => outcome.kind === 'recorded');
  const receipt = {
    accepted: recorded.filter(({ isDuplicate }) => !isDuplicate).length,
    duplicates: recorded.filter(({ isDuplicate }) => isDuplicate).length,
    conflicting: recorded.filter(({ isConflicting }) => isConflicting).length,
    position: recorded.reduce((highest, { position }) => Math.max(highest, position), LOG_START),
  };
  const failed = outcomes.flatMap(({ kind }, place) =>
    kind === 'refused' ? [indexOf(place)] : [],
  );
  const refusals = outcomes.filter((outcome) => outcome.kind === 'refused');
  // What is worth another try comes first: of the rest that try will tell.
  const refused = refusals.find(({ error }) => SEND_AGAIN.has(error.code)) ?? refusals[0];
  return refused === undefined
    ? receipt
    : { ...receipt, failure: { error: refused.error, failed } };
}

/** Of a batch that may be stored in part, what is refused for good is bad like any other fault. */
function partialReceipt(
  outcomes: readonly RecordingOutcome[],
  indexOf: (place: number) => number,
  faults: readonly Fault[],
): BatchReceipt {
  const refused = outcomes.flatMap((outcome, place) => {
    if (outcome.kind !== 'refused' || SEND_AGAIN.has(outcome.error.code)) return [];
    const { code, message } = outcome.error;
    return [{ place, fault: { index: indexOf(place), code, message } }];
  });
  const places = new Set(refused.map(({ place }) => place));
  const left = outcomes.flatMap((outcome, place) =>
    places.has(place) ? [] : [{ outcome, place }],
  );
  const receipt = receiptOf(
    left.map(({ outcome }) => outcome),
    (at) => indexOf(left[at]?.place ?? at),
  );
  const errors = [...faults, ...refused.map(({ fault }) => fault)];
  const sorted = errors.sort((a, b) => a.index - b.index).slice(0, FAULTS_NAMED_MAX);
  return { ...receipt, errors: sorted };
}
