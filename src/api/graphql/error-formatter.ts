import { Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { MercuriusOptions } from 'mercurius';
import { PlayheadError, type ErrorCode } from '../../domain/errors.js';

type ErrorFormatter = NonNullable<MercuriusOptions['errorFormatter']>;

const HTTP_OK = 200;
const MESSAGE_LENGTH_MAX = 300;

/** An input stands in a message at 100 characters at most: in quotes, or where a value ends it. */
const LONG_QUOTE = /(["'])((?:(?!\1).){100})(?:(?!\1).)+\1/gs;
const LONG_VALUE = /(found |value: )(.{100}).+$/s;

const log = new Logger('GraphQL');

/** What the client is told; nothing that is not meant for it leaves. */
export const formatErrors: ErrorFormatter = ({ data, errors }) => {
  const formatted = errors.flatMap(formatOne);
  const requestStatus = errors.map(statusOf).find((status) => status !== undefined);
  const statusCode = requestStatus ?? HTTP_OK;
  const body = { ...(data !== undefined && { data }), errors: formatted };
  // The declared type wants GraphQLErrors; what is sent is their formatted shape.
  return { statusCode, response: body };
};

/** The HTTP status of an error of the request as a whole: one that never became GraphQL. */
function statusOf(error: GraphQLError): number | undefined {
  const { originalError, path } = error;
  if (originalError === undefined || path !== undefined || isVariable(error)) return undefined;
  if (originalError instanceof PlayheadError) return HTTP_STATUS[originalError.code];
  const { statusCode, errors } = originalError as MercuriusError;
  const isAboutDocument = errors?.some((inner) => inner instanceof GraphQLError) === true;
  return isAboutDocument ? undefined : statusCode;
}

/** The statuses of what is refused before it becomes GraphQL. */
const HTTP_STATUS: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
};
const codeOfStatus = (status: number): ErrorCode =>
  status === HTTP_STATUS.PAYLOAD_TOO_LARGE
    ? 'PAYLOAD_TOO_LARGE'
    : status === HTTP_STATUS.UNSUPPORTED_MEDIA_TYPE
      ? 'UNSUPPORTED_MEDIA_TYPE'
      : 'BAD_USER_INPUT';

/** What mercurius and fastify throw before anything is executed. */
interface MercuriusError extends Error {
  readonly statusCode?: number;
  readonly errors?: readonly (GraphQLError | Error)[];
}

function formatOne(error: GraphQLError): GraphQLFormattedError[] {
  const { originalError } = error;
  const { errors: inner, statusCode } = (originalError ?? {}) as Partial<MercuriusError>;
  if (inner !== undefined) return inner.map((one) => formatBeforeExecution(one, statusCode));
  if (isVariable(error)) return [formatBeforeExecution(error)];
  if (originalError instanceof PlayheadError && originalError.code !== 'INTERNAL') {
    const { code, details, message } = originalError;
    return [withPlace(error, message, code, details)];
  }
  // A variable that is null where an argument takes none: found only when it is executed.
  const isArgument =
    (originalError === undefined || originalError instanceof GraphQLError) &&
    error.message.startsWith('Argument "');
  if (isArgument) return [withPlace(error, error.message, 'BAD_USER_INPUT')];
  return [error.path === undefined ? formatBeforeExecution(error) : internal(error)];
}

/** An error in the body, the document or the variables. */
function formatBeforeExecution(
  error: GraphQLError | Error,
  requestStatus?: number,
): GraphQLFormattedError {
  if (isVariable(error)) return withPlace(error, variableFault(error.message), 'BAD_USER_INPUT');
  const cause = ((error as GraphQLError).originalError ?? error) as MercuriusError;
  const status = cause.statusCode ?? (error instanceof GraphQLError ? undefined : requestStatus);
  if (status !== undefined) return withPlace(error, error.message, codeOfStatus(status));
  const isOurs = cause instanceof GraphQLError || cause instanceof PlayheadError;
  if (!(error instanceof GraphQLError) || !isOurs) return internal(error);
  const isSyntax = error.message.startsWith('Syntax Error');
  const code = isSyntax ? 'GRAPHQL_PARSE_FAILED' : 'GRAPHQL_VALIDATION_FAILED';
  return withPlace(error, error.message, code);
}

function internal(error: Error): GraphQLFormattedError {
  const { originalError } = error as GraphQLError;
  const cause = originalError?.cause ?? originalError ?? error;
  log.error(cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause));
  return withPlace(error, 'something failed that should not; the server log says what', 'INTERNAL');
}

function withPlace(
  error: Error,
  message: string,
  code: ErrorCode,
  details: Readonly<Record<string, unknown>> = {},
): GraphQLFormattedError {
  const { locations, path } = error as GraphQLError;
  return {
    message: clip(message),
    ...(locations !== undefined && { locations }),
    ...(path !== undefined && { path }),
    extensions: { code, ...details },
  };
}

/** Whether it is about the value of a variable; the others of this form are about the document. */
const isVariable = ({ message }: Error): boolean =>
  /^Variable "\$\w+" (got invalid value|of required type|of non-null type)/.test(message);

/** Names the variable and the fault, but not the value, which may be of any length. */
function variableFault(message: string): string {
  const name = /^Variable "\$(\w{1,100})/.exec(message)?.[1] ?? '';
  if (!message.includes(' got invalid value ')) return `${name}: is required`;
  const place = / at "([^"]{1,200})"; /.exec(message)?.[1] ?? name;
  const fault = message.slice(message.lastIndexOf('; ') + 1).trim();
  return `${place}: ${fault}`;
}

/** Cuts what is quoted from the input, and takes away guesses at what was meant. */
function clip(message: string): string {
  const clipped = message
    .replace(/ Did you mean .*$/s, '')
    .replace(LONG_QUOTE, '$1$2…$1')
    .replace(LONG_VALUE, '$1$2…');
  return clipped.length > MESSAGE_LENGTH_MAX ? `${clipped.slice(0, MESSAGE_LENGTH_MAX)}…` : clipped;
}
