import type { RecordingOutcome } from '../commands/record-streaming-events.command.js';
import type { ErrorCode, PlayheadError } from '../domain/errors.js';
import { LOG_START } from '../ports/event-store.js';

/** The faults of a batch that its error names. */
export const FAULTS_NAMED_MAX = 100;

/** A rule that a report of a batch breaks. */
export interface Fault {
  /** The place of the report in its batch. */
  readonly index: number;
  readonly code: string;
  readonly message: string;
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

/** Codes with which the same request may succeed later. */
const SEND_AGAIN: ReadonlySet<ErrorCode> = new Set(['STORE_UNAVAILABLE', 'CONFLICT', 'INTERNAL']);

/** `indexOf` tells which report of the batch an outcome is of, by its place. */
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
