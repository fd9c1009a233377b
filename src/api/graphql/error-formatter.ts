import { Logger } from '@nestjs/common';
import { GraphQLError, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import type { MercuriusOptions } from 'mercurius';
import { PlayheadError, type ErrorCode } from '../../domain/errors.js';
import { addAnswerHeaders, publicMessage } from '../http/answers.js';
import { codeOfStatus, HTTP_STATUS } from '../http/http-status.js';
import { noteStoreFailure } from '../http/store-failures.js';
import { clip } from './clip.js';
import { DEPTH_MAX, TOKENS_MAX, tooComplex } from './document-limits.js';
import { prefersNegotiated } from './media-type.js';
import type { RequestContext } from './request-context.js';

type ErrorFormatter = NonNullable<MercuriusOptions['errorFormatter']>;

const HTTP_OK = 200;
/** Characters of all errors of an answer, as JSON. */
const ERRORS_LENGTH_MAX = 2 ** 16;
/** A field that is selected time and again has as many places. */
const LOCATIONS_MAX = 5;

/** Codes about the document: an answer to it, and no failure of HTTP, where plain JSON is asked. */
const DOCUMENT_CODES: readonly ErrorCode[] = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'QUERY_TOO_COMPLEX',
];
/** Codes that tell the client to come again later, which HTTP has statuses for. */
const LATER_CODES: readonly ErrorCode[] = ['RATE_LIMITED', 'OVERLOADED'];

const log = new Logger('GraphQL');

/** An error as it is answered. */
interface Answered extends GraphQLFormattedError {
  readonly extensions: { readonly code: ErrorCode; readonly [detail: string]: unknown };
}

/** A request's context; before one is made there is the reply alone. */
type Answering = Pick<RequestContext, 'reply'> & Partial<Pick<RequestContext, 'hasStored'>>;

/** Errors of a request that never became GraphQL, as mercurius asks for them. */
export const formatErrors: ErrorFormatter = ({ data, errors }, context) => {
  const status = errors.map(requestStatusOf).find((one) => one !== undefined);
  const answering = context as unknown as Answering;
  const { statusCode, body } = answerErrors(errors, answering, data, status);
  // The declared type wants GraphQLErrors; what is sent is their formatted shape.
  return { statusCode, response: body };
};

/** An answer with errors and its status. */
interface ErrorAnswer {
  readonly statusCode: number;
  readonly body: FormattedExecutionResult;
}

/** What the client is told; nothing that is not meant for it leaves. */
export function answerErrors(
  errors: readonly GraphQLError[],
  { reply, hasStored = false }: Answering,
  data?: FormattedExecutionResult['data'],
  requestStatus?: number,
): ErrorAnswer {
  const answered = boundErrors(errors.flatMap(formatOne));
  const isNegotiated = prefersNegotiated(reply.request.headers.accept);
  const statusCode =
    requestStatus ?? (hasStored ? HTTP_OK : statusOf(answered, data, isNegotiated));
  addAnswerHeaders(reply, statusCode, answered[0]?.extensions);
  return { statusCode, body: { ...(data !== undefined && { data }), errors: answered } };
}

/** As many errors as may be answered, the first in any case, and how many are left out. */
function boundErrors(errors: readonly Answered[]): Answered[] {
  let bytes = 0;
  const cut = errors.findIndex((error, index) => {
    bytes += JSON.stringify(error).length;
    return index > 0 && bytes > ERRORS_LENGTH_MAX;
  });
  const next = errors[cut];
  if (next === undefined) return [...errors];
  const message = `${String(errors.length - cut)} more errors are not listed`;
  return [...errors.slice(0, cut), { message, extensions: { code: next.extensions.code } }];
}

/** The HTTP status of an error of the request as a whole: one that never became GraphQL. */
function requestStatusOf(error: GraphQLError): number | undefined {
  const { originalError, path } = error;
  if (originalError === undefined || path !== undefined || isVariable(error)) return undefined;
  if (originalError instanceof PlayheadError) {
    const { code } = originalError;
    return DOCUMENT_CODES.includes(code) ? undefined : HTTP_STATUS[code];
  }
  const { statusCode, errors } = originalError as LibraryError;
  return errors === undefined ? statusCode : undefined;
}

/** The status of an answer to a document; in GraphQL's own media type it tells of the document. */
function statusOf(errors: readonly Answered[], data: unknown, isNegotiated: boolean): number {
  const [first] = errors;
  if (first === undefined) return HTTP_OK;
  const { code } = first.extensions;
  const isLater = errors.every(({ extensions }) => LATER_CODES.includes(extensions.code));
  if (isLater && (data ?? null) === null) return HTTP_STATUS[code];
  return data === undefined && isNegotiated ? HTTP_STATUS[code] : HTTP_OK;
}

/** What mercurius and fastify throw before anything is executed. */
interface LibraryError extends Error {
  readonly statusCode?: number;
  readonly errors?: readonly (GraphQLError | Error)[];
}

function formatOne(error: GraphQLError): Answered[] {
  const { originalError } = error;
  const { errors: inner } = (originalError ?? {}) as Partial<LibraryError>;
  if (inner !== undefined) return inner.map(formatBeforeExecution);
  if (isVariable(error)) return [formatBeforeExecution(error)];
  if (originalError instanceof PlayheadError && originalError.code !== 'INTERNAL') {
    return [formatOurs(error, originalError)];
  }
  // A variable that is null where an argument takes none: found only when it is executed.
  const isArgument =
    (originalError === undefined || originalError instanceof GraphQLError) &&
    error.message.startsWith('Argument "');
  if (isArgument) return [withPlace(error, error.message, 'BAD_USER_INPUT')];
  return [error.path === undefined ? formatBeforeExecution(error) : internal(error)];
}

/** An error in the body, the document or the variables. */
function formatBeforeExecution(error: GraphQLError | Error): Answered {
  if (isVariable(error)) return withPlace(error, variableFault(error.message), 'BAD_USER_INPUT');
  if (error.message.startsWith(TOO_MANY_FAULTS)) {
    return withPlace(error, 'more variables are wrong than are named', 'BAD_USER_INPUT');
  }
  if (isTooLong(error)) return formatOurs(error, tooComplex('tokens', TOKENS_MAX));
  const cause = ((error as GraphQLError).originalError ?? error) as LibraryError;
  const { statusCode } = cause;
  if (statusCode !== undefined) {
    const code = codeOfStatus(statusCode);
    return withPlace(error, publicMessage(code, error.message), code);
  }
  // The parser follows a document's levels on the stack.
  if (cause instanceof RangeError) return formatOurs(error, tooComplex('levels', DEPTH_MAX));
  const isOurs = cause instanceof GraphQLError || cause instanceof PlayheadError;
  if (!(error instanceof GraphQLError) || !isOurs) return internal(error);
  const isSyntax = error.message.startsWith('Syntax Error');
  const code = isSyntax ? 'GRAPHQL_PARSE_FAILED' : 'GRAPHQL_VALIDATION_FAILED';
  return withPlace(error, error.message, code);
}

/** What graphql-js says in place of more than fifty faults of variables. */
const TOO_MANY_FAULTS = 'Too many errors processing variables';

const isTooLong = ({ message }: Error): boolean =>
  message.startsWith('Syntax Error: Document contains more tha');

function formatOurs(error: Error, ours: PlayheadError): Answered {
  noteStoreFailure(ours);
  const { message, code, details } = ours;
  return withPlace(error, message, code, details);
}

function internal(error: Error): Answered {
  const { originalError } = error as GraphQLError;
  const cause = originalError?.cause ?? originalError ?? error;
  log.error(cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause));
  return withPlace(error, publicMessage('INTERNAL', ''), 'INTERNAL');
}

function withPlace(
  error: Error,
  message: string,
  code: ErrorCode,
  details: Readonly<Record<string, unknown>> = {},
): Answered {
  const { locations, path } = error as GraphQLError;
  return {
    message: clip(message),
    ...(locations !== undefined && { locations: locations.slice(0, LOCATIONS_MAX) }),
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
  const place = / at "([^"]{1,100})"; /.exec(message)?.[1] ?? name;
  const fault = message.slice(message.lastIndexOf('; ') + 1).trim();
  // From the first quote to the last: what stands between may hold quotes itself.
  return `${place}: ${fault.replace(/"(.{100}).+"/s, '"$1…"')}`;
}
