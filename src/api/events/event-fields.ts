import { SESSION_END_REASONS } from '../../domain/checked-report.js';
import { badInput } from '../../domain/errors.js';
import { isObject } from '../../domain/stored-data.js';
import { CONTEXT_MEMBERS } from '../../domain/session-context.js';
import type { ReportFields, ReportOrigin } from '../report-fields.js';
import { STREAMING_EVENT_TYPES } from '../streaming-event-types.js';
import { quote } from '../../domain/text.js';
import { parseTime } from '../../domain/time.js';

/**
 * Reads the fields of an event that came as JSON, with the types of GraphQL. If `onFault` notes
 * faults, a faulty field stays undefined.
 */
export function readFields(
  json: unknown,
  onFault: OnFault = refuse,
  origin: ReportOrigin = 'live',
): ReportFields {
  if (!isObject(json)) {
    return unreadable('event', 'must be an object', onFault);
  }
  const fields: Partial<Record<keyof ReportFields, unknown>> = {};
  for (const [name, value] of Object.entries(json)) {
    if (!isMember(name, origin)) onFault('event', `has an unknown member ${quote(name)}`);
    // Null means unset.
    else if (value !== null) fields[name] = readMember(name, value, onFault);
  }
  for (const name of REQUIRED) {
    if (name in fields) continue;
    onFault(name, 'is required');
    fields[name] = undefined;
  }
  if (fields.lineId !== undefined && fields.eventId !== undefined) {
    onFault('lineId', 'has no place beside an eventId');
  }
  return fields as unknown as ReportFields;
}

/** The rule for a member, and the value that it stands for; undefined if it breaks the rule. */
interface Member {
  readonly rule: string;
  readonly read: (value: unknown) => unknown;
}

const oneOf = (names: readonly string[]): Member => ({
  rule: `must be one of ${names.join(', ')}`,
  read: (value) => (typeof value === 'string' && names.includes(value) ? value : undefined),
});
const id: Member = {
  rule: 'must be a string',
  // As GraphQL's ID takes it.
  read: (value) => (Number.isSafeInteger(value) ? String(value) : text.read(value)),
};
const text: Member = {
  rule: 'must be a string',
  read: (value) => (typeof value === 'string' ? value : undefined),
};
const seconds: Member = {
  rule: 'must be a number of seconds',
  read: (value) => (Number.isFinite(value) ? value : undefined),
};
/** The context. Its members are cleaned later; a bad one does not cost the event. */
const context: Member = {
  rule: `must be an object of ${CONTEXT_MEMBERS.join(', ')}`,
  read: (value) => (isObject(value) && Object.keys(value).every(isOfContext) ? value : undefined),
};
const isOfContext = (name: string): boolean => CONTEXT_MEMBERS.some((member) => member === name);
const time: Member = {
  rule: 'must be a time such as 2026-01-31T12:00:00Z',
  read: (value) => (typeof value === 'string' ? parseTime(value) : undefined),
};

/** A digest in base64url and a number: see `lineIdOf`. */
const LINE_ID = /^[\w-]{43}-[1-9]\d{0,9}$/;

/**
 * The members of an event: the fields of the API's StreamingEventInput with their types, and those
 * that only an import may have.
 */
const MEMBERS: Readonly<Record<keyof ReportFields, Member>> = {
  mediaId: id,
  eventType: oneOf(Object.keys(STREAMING_EVENT_TYPES)),
  eventId: id,
  sessionId: id,
  userId: id,
  endReason: oneOf(SESSION_END_REASONS),
  quality: text,
  duration: seconds,
  bytesLoaded: {
    rule: 'must be a whole number of at most 2^53 - 1',
    read: (value) => (Number.isSafeInteger(value) ? value : undefined),
  },
  occurredAt: time,
  sentAt: time,
  context,
  mediaDuration: seconds,
  startupTime: seconds,
  errorCode: text,
  playedFrom: seconds,
  playedTo: seconds,
  fromCdn: {
    rule: 'must be true or false',
    read: (value) => (typeof value === 'boolean' ? value : undefined),
  },
  lineId: {
    rule: 'must be what the command line makes of a line',
    read: (value) => (typeof value === 'string' && LINE_ID.test(value) ? value : undefined),
  },
};

const REQUIRED = ['mediaId', 'eventType'] as const;

/** Notes a fault, or throws it. */
export type OnFault = (field: string, rule: string) => void;

const refuse: OnFault = (field, rule) => {
  throw badInput(field, rule);
};

/** The fields of an event of which nothing can be read. */
const UNREADABLE = Object.fromEntries(Object.keys(MEMBERS).map((name) => [name, undefined]));

/** Notes the fault of an event that cannot be read at all, and returns empty fields for it. */
export function unreadable(field: string, rule: string, onFault: OnFault = refuse): ReportFields {
  onFault(field, rule);
  return UNREADABLE as unknown as ReportFields;
}

/** The members that only an import may have. */
const OF_IMPORT: ReadonlySet<string> = new Set(['lineId', 'fromCdn']);

const isMember = (name: string, origin: ReportOrigin): name is keyof ReportFields =>
  Object.hasOwn(MEMBERS, name) && (!OF_IMPORT.has(name) || origin === 'past');

function readMember(name: keyof ReportFields, value: unknown, onFault: OnFault): unknown {
  const { rule, read } = MEMBERS[name];
  const result = read(value);
  if (result === undefined) onFault(name, rule);
  return result;
}
