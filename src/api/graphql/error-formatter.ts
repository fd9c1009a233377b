import { Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { MercuriusOptions } from 'mercurius';
import { PlayheadError, type ErrorCode } from '../../domain/errors.js';

type ErrorFormatter = NonNullable<MercuriusOptions['errorFormatter']>;

const HTTP_OK = 200;
/** An input stands in a message at so many characters at most. */
const QUOTE_LENGTH_MAX = 100;
const MESSAGE_LENGTH_MAX = 500;

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
function statusOf({ originalError }: GraphQLError): number | undefined {
  if (originalError === undefined || originalError instanceof PlayheadError) return undefined;
  const { statusCode, errors } = originalError as MercuriusError;
  const isAboutDocument = errors?.some((error) => error instanceof GraphQLError) === true;
  return isAboutDocument ? undefined : statusCode;
}

/** What mercurius and fastify throw before anything is executed. */
interface MercuriusError extends Error {
  readonly statusCode?: number;
  readonly errors?: readonly (GraphQLError | Error)[];
}

function formatOne(error: GraphQLError): GraphQLFormattedError[] {
  const { originalError } = error;
  const inner = (originalError as MercuriusError | undefined)?.errors;
  if (inner !== undefined) return inner.map(formatBeforeExecution);
  if (error.path === undefined && !(originalError instanceof PlayheadError)) {
    return [formatBeforeExecution(error)];
  }
  if (originalError instanceof PlayheadError && originalError.code !== 'INTERNAL') {
    const { code, details, message } = originalError;
    return [
      withPlace(error, isVariable(error) ? variableFault(error.message) : message, code, details),
    ];
  }
  return [internal(error)];
}

/** An error in the body, the document or the variables. */
function formatBeforeExecution(error: GraphQLError | Error): GraphQLFormattedError {
  if (isVariable(error)) {
    return withPlace(error, variableFault(error.message), 'BAD_USER_INPUT');
  }
  const cause = (error as GraphQLError).originalError as MercuriusError | undefined;
  const isBody = cause?.statusCode !== undefined || 'validation' in error;
  if (isBody) return withPlace(error, error.message, 'BAD_USER_INPUT');
  if (!(error instanceof GraphQLError)) return internal(error);
  if (cause !== undefined && !(cause instanceof GraphQLError || cause instanceof PlayheadError)) {
    return internal(error);
  }
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

const isVariable = ({ message }: Error): boolean => message.startsWith('Variable "$');

/** Names the variable and the fault, but not the value, which may be of any length. */
function variableFault(message: string): string {
  const name = /^Variable "\$(\w+)"/.exec(message)?.[1] ?? '';
  const place = / at "([^"]{1,200})"; /.exec(message)?.[1] ?? name;
  const fault = message.slice(message.lastIndexOf('; ') + 1).trim();
  return `${place}: ${fault}`;
}

/** Cuts what is quoted from the input, and takes away guesses at what was meant. */
function clip(message: string): string {
  const withoutGuess = message.replace(/ Did you mean .*$/s, '');
  const quoted = withoutGuess.replace(
    /(["'])((?:(?!\1).)+)\1/gs,
    (whole: string, mark: string, text: string) =>
      text.length > QUOTE_LENGTH_MAX ? `${mark}${text.slice(0, QUOTE_LENGTH_MAX)}…${mark}` : whole,
  );
  return quoted.length > MESSAGE_LENGTH_MAX ? `${quoted.slice(0, MESSAGE_LENGTH_MAX)}…` : quoted;
}
