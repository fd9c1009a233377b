import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from 'mongodb';
import { messageWithCauses, PlayheadError } from '../../../domain/errors.js';

/** Makes callers' error of the driver's; its cause says what is wrong, and where, for the log. */
export function outOfReach(error: unknown, place: string): PlayheadError {
  const [, message = 'MongoDB cannot be reached'] = REASONS.find(([fits]) => fits(error)) ?? [];
  return unavailable(message, new Error(place, { cause: error }));
}

/** The server's labels for: not now, not here, or not known whether. */
const LABELS = [
  'TransientTransactionError',
  'UnknownTransactionCommitResult',
  'RetryableWriteError',
] as const;

/**
 * Codes of an answer that may differ at another time or from another member: unreachable and timed
 * out, shutting down, stepping down, no longer primary, interrupted; a cursor or a snapshot that is
 * gone; a database or collection that is just being dropped; credentials no longer accepted.
 */
const CODES: ReadonlySet<unknown> = new Set([
  6, 7, 13, 18, 26, 43, 50, 89, 91, 134, 189, 237, 239, 246, 262, 9001, 10107, 11600, 11601, 11602,
  13435, 13436, 175, 215, 276,
]);

const KINDS = [
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
];

const BAD_VALUE = 2;
/** The codes for unauthorized and for failed authentication. */
const DENIED: ReadonlySet<unknown> = new Set([13, 18]);
const SILENT = 'MongoDB is silent';
const NO_PRIMARY = 'MongoDB has no primary that can be reached';
const WRITE_CONFLICT = 112;
const DUPLICATE_KEY = 11_000;
const NAMESPACE_NOT_FOUND = 26;
const NAMESPACE_EXISTS = 48;

export const hasLabel = (error: unknown, label: string): boolean =>
  error instanceof MongoError && error.hasErrorLabel(label);

const hasCode = (error: unknown, codes: ReadonlySet<unknown>): boolean =>
  error instanceof MongoError && codes.has(error.code);

export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof MongoError && error.code === DUPLICATE_KEY;

export const isNamespaceExists = (error: unknown): boolean =>
  error instanceof MongoError && error.code === NAMESPACE_EXISTS;

/** Says whether a collection is not there. */
export const isNamespaceMissing = (error: unknown): boolean =>
  error instanceof MongoError && error.code === NAMESPACE_NOT_FOUND;

/** Says whether a named index is not there. */
export const isIndexMissing = (error: unknown): boolean =>
  error instanceof MongoError && error.code === BAD_VALUE && error.message.includes('hint');

/** Returns the cause of a failed bulk of writes, which the driver wraps. */
const causeOf = (error: unknown): unknown =>
  error instanceof MongoBulkWriteError && error.errorResponse instanceof MongoError
    ? error.errorResponse
    : error;

/** Says whether the wait for a connection was too long: the driver throws our signal's reason. */
const isGivenUp = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'TimeoutError';

/** Says whether another write was there first. */
export function isConflict(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof MongoError && cause.code === WRITE_CONFLICT;
}

/** Says whether the server did not answer, or not as itself: the command is not to blame. */
export function isOutOfReach(error: unknown): boolean {
  const cause = causeOf(error);
  return (
    KINDS.some((kind) => cause instanceof kind) ||
    isGivenUp(cause) ||
    LABELS.some((label) => hasLabel(cause, label)) ||
    hasCode(cause, CODES)
  );
}

/** Says whether the reads may succeed in a new snapshot; the wait for a server is over already. */
export const mayReadAgain = (error: unknown): boolean =>
  isOutOfReach(error) && !(error instanceof MongoServerSelectionError);

/** Says whether the user of the connection lacks a right, or is not known any more. */
export function isDenied(error: unknown): boolean {
  const cause = causeOf(error);
  // A failed connection's error reaches the commands that waited for it wrapped.
  return cause instanceof Error && (hasCode(cause, DENIED) || isDenied(cause.cause));
}

/** Messages to clients about a server that is out of reach; the first that fits. */
const REASONS: readonly (readonly [(error: unknown) => boolean, string])[] = [
  [isDenied, 'MongoDB denies access'],
  [(error) => error instanceof MongoWriteConcernError, 'no majority of MongoDB confirms a write'],
  [(error) => /timed out|timeout/i.test(messageWithCauses((error as Error).cause)), SILENT],
  [(error) => error instanceof MongoNetworkTimeoutError, SILENT],
  [(error) => error instanceof MongoServerSelectionError && error.cause === undefined, NO_PRIMARY],
];

/** Makes the error of a failed first contact, with a line for the operator. */
export const notOpened = (cause: unknown, line: string): PlayheadError => unavailable(line, cause);

const unavailable = (message: string, cause: unknown): PlayheadError =>
  Object.assign(new PlayheadError('STORE_UNAVAILABLE', message), { cause });
