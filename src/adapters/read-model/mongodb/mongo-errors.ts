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
import { explained, PlayheadError } from '../../../domain/errors.js';

/** The server's own words for: not now, not here, or not known whether. */
const LABELS = [
  'TransientTransactionError',
  'UnknownTransactionCommitResult',
  'RetryableWriteError',
] as const;

/**
 * Codes of an answer that another time or another member may not give: unreachable and timed out,
 * shutting down, stepping down, no longer primary, interrupted, a cursor or a snapshot that is
 * gone; a database or collection that is just being dropped; and credentials that are no longer
 * taken.
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
/** Unauthorized, and authentication failed. */
const DENIED: ReadonlySet<unknown> = new Set([13, 18]);
const SILENT = 'MongoDB is silent';
const NO_PRIMARY = 'MongoDB has no primary that can be reached';
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

/** Whether a collection is not there. */
export const isNamespaceMissing = (error: unknown): boolean =>
  error instanceof MongoError && error.code === NAMESPACE_NOT_FOUND;

/** Whether an index that was named is not there. */
export const isIndexMissing = (error: unknown): boolean =>
  error instanceof MongoError && error.code === BAD_VALUE && error.message.includes('hint');

/** Of a failed bulk of writes what it failed of: the driver wraps that. */
const causeOf = (error: unknown): unknown =>
  error instanceof MongoBulkWriteError && error.errorResponse instanceof MongoError
    ? error.errorResponse
    : error;

/** Whether we waited long enough for a connection: then the driver throws our signal's reason. */
const isGivenUp = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'TimeoutError';

/** Whether the server did not answer, or not as itself; then nothing is wrong with the command. */
export function isOutOfReach(error: unknown): boolean {
  const cause = causeOf(error);
  return (
    KINDS.some((kind) => cause instanceof kind) ||
    isGivenUp(cause) ||
    LABELS.some((label) => hasLabel(cause, label)) ||
    hasCode(cause, CODES)
  );
}

/** Whether the same reads may succeed in a new snapshot; waiting for a server was done already. */
export const mayReadAgain = (error: unknown): boolean =>
  isOutOfReach(error) && !(error instanceof MongoServerSelectionError);

/** Whether the user of the connection may not do what was asked, or is not known any more. */
export function isDenied(error: unknown): boolean {
  const cause = causeOf(error);
  // Who waited for a connection that could not be made gets that wrapped.
  return cause instanceof Error && (hasCode(cause, DENIED) || isDenied(cause.cause));
}

/** What clients are told of a server that is out of reach; the first that fits. */
const REASONS: readonly (readonly [(error: unknown) => boolean, string])[] = [
  [isDenied, 'MongoDB denies access'],
  [(error) => error instanceof MongoWriteConcernError, 'no majority of MongoDB confirms a write'],
  [(error) => /timed out|timeout/i.test(explained((error as Error).cause)), SILENT],
  [(error) => error instanceof MongoNetworkTimeoutError, SILENT],
  [(error) => error instanceof MongoServerSelectionError && error.cause === undefined, NO_PRIMARY],
];

/** The error that callers get; what is wrong, and where, is in its cause, for the log. */
export function outOfReach(error: unknown, place: string): PlayheadError {
  const [, message = 'MongoDB cannot be reached'] = REASONS.find(([fits]) => fits(error)) ?? [];
  return unavailable(message, new Error(place, { cause: error }));
}

/** The same of a first contact, with a line for the operator. */
export const notOpened = (cause: unknown, line: string): PlayheadError => unavailable(line, cause);

const unavailable = (message: string, cause: unknown): PlayheadError =>
  Object.assign(new PlayheadError('STORE_UNAVAILABLE', message), { cause });
