import type { FastifyReply } from 'fastify';
import type { FormattedExecutionResult, GraphQLError } from 'graphql';
import { PlayheadError, type ErrorCode } from '../../domain/errors.js';
import { addAnswerHeaders, plainAnswer } from '../http/answers.js';
import { HTTP_STATUS } from '../http/http-status.js';
import { codedError, formatErrors, type Answered } from './graphql-errors.js';
import { prefersEvents, prefersNegotiated } from './media-type.js';

/** Makes an answer with errors. Of an error, it holds only what is meant for the client. */
export function answerErrors(
  errors: readonly GraphQLError[],
  { reply, hasStored = false }: Answering,
  data?: FormattedExecutionResult['data'],
): ErrorAnswer {
  const answered = formatErrors(errors);
  const { accept } = reply.request.headers;
  // Without data there are no results to stream: then the status tells why.
  const isNegotiated = prefersNegotiated(accept) || prefersEvents(accept);
  const statusCode = hasStored ? HTTP_OK : statusOf(answered, data, isNegotiated);
  addAnswerHeaders(reply, statusCode, answered[0]?.extensions);
  return { statusCode, body: { ...(data !== undefined && { data }), errors: answered } };
}

/** Makes the answer to a request that failed before its document was executed. */
export function answerFailure(error: unknown, reply: FastifyReply): ErrorAnswer {
  const isOurs = error instanceof PlayheadError;
  if (isOurs && DOCUMENT_CODES.includes(error.code)) {
    return answerErrors([codedError(error)], { reply });
  }
  const { status, body } = plainAnswer(error);
  const { code, message, ...details } = body;
  addAnswerHeaders(reply, status, details);
  return { statusCode: status, body: { errors: [{ message, extensions: { code, ...details } }] } };
}

/** The reply to answer with, and whether anything was stored meanwhile. */
interface Answering {
  readonly reply: FastifyReply;
  readonly hasStored?: boolean;
}

/** An answer with errors and its status. */
interface ErrorAnswer {
  readonly statusCode: number;
  readonly body: FormattedExecutionResult;
}

/** Codes about the document: in plain JSON they are answers, and not failures of HTTP. */
const DOCUMENT_CODES: readonly ErrorCode[] = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'QUERY_TOO_COMPLEX',
];

const HTTP_OK = 200;

/** Codes that tell the client to come again later; HTTP has statuses for them. */
const LATER_CODES: readonly ErrorCode[] = ['RATE_LIMITED', 'OVERLOADED'];

/** Chooses the status of an answer. In GraphQL's own media type it tells of the document. */
function statusOf(errors: readonly Answered[], data: unknown, isNegotiated: boolean): number {
  const [first] = errors;
  if (first === undefined) return HTTP_OK;
  const { code } = first.extensions;
  const isLater = errors.every(({ extensions }) => LATER_CODES.includes(extensions.code));
  if (isLater && (data ?? null) === null) return HTTP_STATUS[code];
  return data === undefined && isNegotiated ? HTTP_STATUS[code] : HTTP_OK;
}
