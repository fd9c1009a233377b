/**
 * Every error that Playhead answers with: its meaning and its remedy. `docs/errors.md` is checked
 * against this table; only `api` maps a code to a status.
 */
export const ERROR_CATALOGUE = {
  GRAPHQL_PARSE_FAILED: {
    cause: 'The GraphQL document is not well formed.',
    remedy: 'Correct the syntax at the given location.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    cause: 'The GraphQL document does not fit the schema, its literals included.',
    remedy: 'Compare the document with schema.gql.',
  },
  QUERY_TOO_COMPLEX: {
    cause: 'The GraphQL document asks for more than one request may.',
    remedy: 'Ask in several requests, or for shorter pages.',
  },
  BAD_USER_INPUT: {
    cause:
      'A variable or a value breaks a rule of the API. Nothing was stored, unless `failed` names ' +
      'the events of a batch that were not.',
    remedy: 'Correct the value that the message names, then send again.',
  },
  UNAUTHENTICATED: {
    cause: 'The request has no key, or one that is not known here.',
    remedy: 'Send a key of this server: `Authorization: Bearer KEY`.',
  },
  FORBIDDEN: {
    cause:
      'The key is not for this; or no key is set and the request does not come from this machine.',
    remedy: 'Use a key of the role that is named, or set keys.',
  },
  HEADERS_TOO_LARGE: {
    cause: 'The first line and the headers of the request are longer than the server takes.',
    remedy: 'Send fewer or shorter headers, and a long GraphQL document as a POST.',
  },
  PAYLOAD_TOO_LARGE: {
    cause:
      'The body of the request is larger than the server takes, as sent or unpacked, comes in ' +
      'too many chunks of a few bytes, or holds more of one session than the event store takes ' +
      'at a time (`failed` names its events).',
    remedy: 'Send the events in several requests.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    cause: 'The body is not of a type that this path takes.',
    remedy:
      'Send JSON with `content-type: application/json`; `/events` also takes NDJSON and gzip.',
  },
  NOT_FOUND: {
    cause: 'What was asked for does not exist.',
    remedy: 'Check the name or the path.',
  },
  METHOD_NOT_ALLOWED: {
    cause: 'The path is there, but not for this method.',
    remedy: 'Use a method that the header `allow` names.',
  },
  CONFLICT: {
    cause:
      'The same thing was changed at the same time, time and again; or a read model is in no ' +
      'state for it.',
    remedy: 'Send the same request again; of a read model, first do what the message says.',
  },
  RATE_LIMITED: {
    cause: 'The key and address sent more than the rate that is set allows.',
    remedy: 'Send again after the seconds that the header `retry-after` names.',
  },
  OVERLOADED: {
    cause:
      'More events wait to be stored or counted, or questions to be answered, than may at a ' +
      'time; nothing was stored. Or as many subscriptions are open as may be, or results of one ' +
      'are not taken.',
    remedy: 'Send again after the seconds that the header `retry-after` names.',
  },
  READ_MODEL_BEHIND: {
    cause: 'A read model has not yet reached the position asked for, or starts over.',
    remedy: 'Ask again shortly; `projections` shows how far each one is.',
  },
  STORE_UNAVAILABLE: {
    cause: 'A store did not answer, so it is not known whether everything was stored.',
    remedy: 'Send the same request again: events with an eventId are counted once.',
  },
  TIMEOUT: {
    cause: 'The request came too slowly, or took too long to answer. Events may have been stored.',
    remedy: 'Send the same request again: events with an eventId are counted once.',
  },
  INTERNAL: {
    cause: 'Something failed that should not; the log of the server says what.',
    remedy: 'Report it with the time at which it happened.',
  },
} as const satisfies Readonly<Record<string, { cause: string; remedy: string }>>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** An error with a code of the catalogue; its message and details may be shown to the client. */
export class PlayheadError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'PlayheadError';
  }
}

/** The most causes of an error that are told, each the cause of the one before. */
const CAUSES_MAX = 8;

/** Returns the messages of an error and of its causes, each once, in one line. */
export function messageWithCauses(error: unknown): string {
  const messages: string[] = [];
  let cause: unknown = error;
  for (let depth = 0; depth <= CAUSES_MAX && cause !== undefined && cause !== null; depth += 1) {
    const { message = cause, cause: next } = Object(cause) as Partial<Error>;
    const line = (typeof message === 'string' ? message : typeof message).replace(
      /\s*\n\s*/g,
      '; ',
    );
    if (line !== '' && !messages.some((before) => before.includes(line))) messages.push(line);
    cause = next;
  }
  return messages.join(': ');
}

/** Makes the error for a value that breaks a rule; its message begins with the field's name. */
export const badInput = (field: string, rule: string): PlayheadError =>
  new PlayheadError('BAD_USER_INPUT', `${field}: ${rule}`);
