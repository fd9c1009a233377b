import { AccessDeniedError, NotLeaderError, UnknownError } from '@eventstore/db-client';
import { PlayheadError } from '../../../domain/errors.js';
import { UnreadablePlace } from '../../../ports/log-past.js';

/** Makes callers' error of the client's; its cause says what is wrong, for the log. */
export function unavailable(error: unknown, address: string): PlayheadError {
  const cause = new Error(reasonAt(error, address), { cause: error });
  const message = 'the event store cannot be reached';
  const failure = isAnswer(error)
    ? new UnreadablePlace(message)
    : new PlayheadError('STORE_UNAVAILABLE', message);
  return Object.assign(failure, { cause });
}

/** Explains texts of gRPC, Node or the server, and says what to do; the first match counts. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /UNAUTHENTICATED/,
    'does not accept the user or the password: correct them in EVENTSTORE_URL (they are sent ' +
      'over TLS only)',
  ],
  [
    /access.?denied|PERMISSION_DENIED/i,
    'denies access: the user in EVENTSTORE_URL must be allowed to write, and to read $all',
  ],
  [/ECONNREFUSED/, 'cannot be reached, nothing listens there: start it, or correct EVENTSTORE_URL'],
  [
    /Name resolution failed|ENOTFOUND|EAI_AGAIN/,
    'cannot be found, its host name is not known: correct EVENTSTORE_URL',
  ],
  [
    /certificate|altnames/i,
    'shows a certificate that is not trusted: name its authority with tlsCAFile in EVENTSTORE_URL',
  ],
  [
    /SSL routines|wrong version number|EPROTO/,
    'does not speak TLS: add tls=false to EVENTSTORE_URL if that is meant',
  ],
  [
    /Failed to connect|ECONNRESET/,
    'ends every connection: it may want TLS, so leave tls=false out of EVENTSTORE_URL',
  ],
  [
    /Failed to discover/,
    'is no cluster that can be reached: see that a node runs, and that names and TLS are right',
  ],
  [
    /event_store\.client\.Timeout/,
    'stores nothing now, too few of its nodes confirm it: see that most of them run',
  ],
  [/UNIMPLEMENTED/, 'is too old, or no EventStoreDB: version 22.6 is the first that will do'],
  [/DEADLINE_EXCEEDED|no reply within|nothing came for/, 'does not answer'],
  [/UNAVAILABLE|CANCELLED/, 'is not available'],
];

/** For reasons with these words the settings are to blame, not the server. */
const DENIED = /does not accept the user|denies access/;

/** Explains a failure to an operator in a line: what is wrong, and what to do. */
function reasonAt(error: unknown, address: string): string {
  return `EventStoreDB at ${address} ${whatIsWrong(error)}`;
}

function whatIsWrong(error: unknown): string {
  if (error instanceof NotLeaderError) {
    const { address, port } = error.leader;
    return `is not the leader, ${address}:${String(port)} is; the next call goes there`;
  }
  const text = error instanceof Error ? error.message : String(error);
  const [, reason] = REASONS.find(([pattern]) => pattern.test(text)) ?? [];
  if (reason !== undefined) return reason;
  if (error instanceof AccessDeniedError) return 'denies access';
  return `failed: ${text.split('\n')[0] ?? ''}`;
}

/** The server refuses the user of EVENTSTORE_URL, or something that a node has to do. */
class EventStoreDenied extends Error {
  constructor(reason: string, options: ErrorOptions) {
    super(reason, options);
    this.name = 'EventStoreDenied';
  }
}

/** Makes the error of a failed first contact: wrong settings, or a server out of reach. */
export function whyNotOpened(cause: unknown, address: string): Error {
  const reason = reasonAt(cause, address);
  if (DENIED.test(reason)) return new EventStoreDenied(reason, { cause });
  return Object.assign(new PlayheadError('STORE_UNAVAILABLE', reason), { cause });
}

/**
 * The codes of a server that cannot read what was asked for: UNKNOWN and INVALID_ARGUMENT, by
 * release. A connection that breaks, or an answer that is late, has others.
 */
const ANSWERS: ReadonlySet<unknown> = new Set([2, 3]);

const isAnswer = (error: unknown): boolean =>
  error instanceof UnknownError && ANSWERS.has(error.code);
