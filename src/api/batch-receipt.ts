import type { RecordingOutcome } from '../commands/record-streaming-events.command.js';
import type { ErrorCode, PlayheadError } from '../domain/errors.js';
import { LOG_START } from '../ports/event-store.js';

/**
 * Sums up the outcomes of a batch. `indexOf` turns the place of an outcome into the report's place
 * in the batch.
 */
export function receiptOf(
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
  const refusals = outcomes.flatMap((outcome, place) =>
    outcome.kind === 'refused' ? [{ error: outcome.error, index: indexOf(place) }] : [],
  );
  // What is worth another try comes first: of the rest that try will tell.
  const refused = refusals.find(({ error }) => SEND_AGAIN.has(error.code)) ?? refusals[0];
  if (refused === undefined) return receipt;
  const failed = refusals.map(({ index }) => index);
  return { ...receipt, failure: { error: refused.error, failed, failures: byReason(refusals) } };
}

/**
 * Sums up the outcomes of a batch that may be stored in part. Reports that are refused for good
 * count as faults.
 */
export function partialReceipt(
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

/** A rule that a report of a batch breaks. */
export interface Fault {
  /** The place of the report in its batch. */
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** The result of recording a batch. */
export interface BatchReceipt {
  readonly accepted: number;
  readonly duplicates: number;
  /** The duplicates whose contents differ from what was stored. */
  readonly conflicting: number;
  /** The highest position among those of the reports. */
  readonly position: number;
  /** The faults of bad reports, if the batch may be stored in part. */
  readonly errors?: readonly Fault[];
  /** The reports that could not be stored, and the reasons; undefined if there are none. */
  readonly failure?: BatchFailure;
}

/** Reports that could not be stored: the error that the batch is answered with, and each reason. */
interface BatchFailure {
  readonly error: PlayheadError;
  readonly failed: readonly number[];
  readonly failures: readonly FailedReports[];
}

/** The reports of a batch that could not be stored for one and the same reason, by their places. */
interface FailedReports {
  readonly code: string;
  readonly message: string;
  readonly failed: readonly number[];
}

/** Codes with which the same request may succeed later. */
const SEND_AGAIN: ReadonlySet<ErrorCode> = new Set(['STORE_UNAVAILABLE', 'CONFLICT', 'INTERNAL']);

function byReason(
  refusals: readonly { readonly error: PlayheadError; readonly index: number }[],
): readonly FailedReports[] {
  const reasons = new Map<string, { code: string; message: string; failed: number[] }>();
  for (const {
    error: { code, message },
    index,
  } of refusals) {
    const reason = `${code} ${message}`;
    const known = reasons.get(reason) ?? { code, message, failed: [] };
    known.failed.push(index);
    reasons.set(reason, known);
  }
  return [...reasons.values()];
}

/** The most faults that an error of a batch names. */
export const FAULTS_NAMED_MAX = 100;
