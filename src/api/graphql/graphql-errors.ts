import { Logger } from '@nestjs/common';
import {
  GraphQLError,
  type ASTNode,
  type GraphQLFormattedError,
  type SourceLocation,
} from 'graphql';
import { PlayheadError, type ErrorCode } from '../../domain/errors.js';
import { publicMessage } from '../http/public-message.js';
import { noteStoreFailure } from '../http/store-failures.js';

/** Makes a GraphQL error from an error of ours; it may name its place in the document. */
export const codedError = (
  originalError: PlayheadError,
  nodes: readonly ASTNode[] | ASTNode | null = null,
): GraphQLError => new GraphQLError(originalError.message, { nodes, originalError });

/** Makes errors as they are told to a client: each with its code, as many as fit. */
export const formatErrors = (errors: readonly GraphQLError[]): readonly Answered[] =>
  boundErrors(errors.map(toAnswered));

/** An error in an answer. */
export interface Answered extends GraphQLFormattedError {
  readonly extensions: { readonly code: ErrorCode; readonly [detail: string]: unknown };
}

/** The most bytes of all errors in an answer, as JSON. */
const ERRORS_BYTES_MAX = 2 ** 16;

/** Keeps the first error and as many as fit, and says how many are left out. */
function boundErrors(errors: readonly Answered[]): Answered[] {
  let bytes = 0;
  const cut = errors.findIndex((error, index) => {
    bytes += Buffer.byteLength(JSON.stringify(error));
    return index > 0 && bytes > ERRORS_BYTES_MAX;
  });
  const next = errors[cut];
  if (next === undefined) return [...errors];
  const message = `${String(errors.length - cut)} more errors are not listed`;
  return [...errors.slice(0, cut), { message, extensions: { code: next.extensions.code } }];
}

const log = new Logger('GraphQL');

function toAnswered(error: GraphQLError): Answered {
  const { originalError } = error;
  if (originalError instanceof PlayheadError && originalError.code !== 'INTERNAL') {
    noteStoreFailure(originalError);
    const { message, code, details } = originalError;
    return withPlace(error, message, { code, ...details });
  }
  if (isAboutAnArgument(originalError)) {
    const rule = 'a variable that is null stands where no null may';
    return withPlace(error, rule, { code: 'BAD_USER_INPUT' });
  }
  const cause = originalError?.cause ?? originalError ?? error;
  log.error(cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause));
  return withPlace(error, publicMessage('INTERNAL', ''), { code: 'INTERNAL' });
}

/**
 * Says whether graphql-js could not make a field's arguments. Only at execution it finds that a
 * variable with a default is null. Of its errors at execution, only this one names a place.
 */
const isAboutAnArgument = (cause: Error | undefined): boolean =>
  cause instanceof GraphQLError && cause.nodes !== undefined;

function withPlace(
  error: GraphQLError,
  message: string,
  extensions: Answered['extensions'],
): Answered {
  const { path } = error;
  const locations = placesOf(error);
  return {
    message,
    ...(locations !== undefined && { locations }),
    ...(path !== undefined && { path }),
    extensions,
  };
}

/** The most places of an error. A field has as many places as selections. */
const LOCATIONS_MAX = 5;

/**
 * Returns the first places in the document that an error is about. Nodes know theirs by their
 * tokens; an error of the parser has no nodes, and knows its place itself.
 */
function placesOf({ nodes, locations }: GraphQLError): readonly SourceLocation[] | undefined {
  if (nodes === undefined) return locations;
  return nodes
    .slice(0, LOCATIONS_MAX)
    .flatMap(({ loc }) =>
      loc === undefined ? [] : [{ line: loc.startToken.line, column: loc.startToken.column }],
    );
}
