import { ERROR_CATALOGUE, type ErrorCode } from '../../domain/errors.js';

/**
 * The HTTP status of each error code. GraphQL in plain JSON answers most errors with 200 instead
 * (graphql/answer-errors.ts).
 */
export const HTTP_STATUS = {
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  QUERY_TOO_COMPLEX: 400,
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  HEADERS_TOO_LARGE: 431,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  READ_MODEL_BEHIND: 503,
  STORE_UNAVAILABLE: 503,
  TIMEOUT: 503,
  INTERNAL: 500,
} as const satisfies Readonly<Record<ErrorCode, number>>;

/** The code of each status, for the errors of libraries, which have no code of ours. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  // The last code of a status counts, which is the most general in the catalogue's order.
  ...Object.fromEntries(
    (Object.keys(ERROR_CATALOGUE) as ErrorCode[]).map((code) => [HTTP_STATUS[code], code]),
  ),
  /** The request came too slowly. */
  408: 'TIMEOUT',
};

/** Returns the code for a library's status: the request is at fault, or the server is. */
export const codeOfStatus = (status: number): ErrorCode =>
  CODE_OF_STATUS[status] ?? (status < HTTP_STATUS.INTERNAL ? 'BAD_USER_INPUT' : 'INTERNAL');
