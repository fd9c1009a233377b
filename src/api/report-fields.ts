import { badInput, PlayheadError } from '../domain/errors.js';
import {
  BYTES_LOADED_MAX,
  DURATION_MS_MAX,
  QUALITY_LABEL_LENGTH_MAX,
  type CheckedReport,
  type ReportIds,
  type SESSION_END_REASONS,
} from '../domain/checked-report.js';
import { checkDetails, isSet, type DetailFields } from './report-details.js';
import { checkId, checkRange, checkText } from '../domain/checked-values.js';
import { DAY_MS, MINUTE_MS } from '../domain/time.js';
import { milliseconds, seconds } from '../domain/units.js';
import { STREAMING_EVENT_TYPES, type StreamingEventType } from './streaming-event-types.js';

/**
 * A report as a player sends it, with members of the right types; in seconds and epoch
 * milliseconds.
 */
export interface ReportFields extends DetailFields {
  readonly mediaId: string;
  readonly eventType: StreamingEventType;
  readonly eventId?: string | null | undefined;
  readonly sessionId?: string | null | undefined;
  readonly userId?: string | null | undefined;
  readonly endReason?: (typeof SESSION_END_REASONS)[number] | null | undefined;
  readonly quality?: string | null | undefined;
  readonly duration?: number | null | undefined;
  readonly bytesLoaded?: number | null | undefined;
  readonly occurredAt?: number | null | undefined;
  readonly sentAt?: number | null | undefined;
  /** Only in an import: the id of the line, which replaces the eventId if there is none. */
  readonly lineId?: string | null | undefined;
  /** Only in an import: says that a CDN's log and no player reported the event. */
  readonly fromCdn?: boolean | null | undefined;
}

/**
 * The origin of a report: `live`, as things happen, or `past`, from records. Records must state all
 * times, by a clock that nobody corrects, and may be of any age.
 */
export type ReportOrigin = 'live' | 'past';

/** Checks a report against every rule of the API; BAD_USER_INPUT for the first that it breaks. */
export function checkReport(
  fields: ReportFields,
  now: number,
  origin: ReportOrigin = 'live',
): CheckedReport {
  const { endReason, quality, duration, bytesLoaded } = fields;
  if (isSet(endReason) && fields.eventType !== 'SESSION_END') {
    throw badInput('endReason', 'belongs to a SESSION_END only');
  }
  if (isSet(duration) && fields.eventType === 'PLAY_REQUESTED') {
    throw badInput('duration', 'has no place in a PLAY_REQUESTED');
  }
  if (fields.eventType === 'DELIVERED') assertDelivery(fields, origin);
  if (fields.fromCdn === true) assertFromCdn(fields);
  const ids = idsOf(fields, origin, checkId);
  const spelled = idsOf(fields, origin, (_, id) => id.trim());
  return {
    type: STREAMING_EVENT_TYPES[fields.eventType],
    ...ids,
    ...(ID_FIELDS.some((name) => ids[name] !== spelled[name]) && { spelled }),
    ...(isSet(endReason) && { endReason }),
    ...(isSet(quality) && { label: checkText('quality', quality, QUALITY_LABEL_LENGTH_MAX) }),
    ...(isSet(duration) && {
      durationMs: milliseconds(checkRange('duration', duration, 0, seconds(DURATION_MS_MAX))),
    }),
    ...(isSet(bytesLoaded) && {
      bytes: checkRange('bytesLoaded', bytesLoaded, 0, BYTES_LOADED_MAX),
    }),
    ...checkDetails(fields),
    occurredAt: origin === 'past' ? pastOccurrenceOf(fields, now) : occurrenceOf(fields, now),
    statedAt: fields.occurredAt ?? now,
    ...(fields.fromCdn === true && { isFromCdn: true }),
  };
}

const IMPORT_ONLY = 'DELIVERED belongs to an import';
/** The members that an event of delivered bytes may have, beside its ids and its time. */
const OF_DELIVERY_FIELDS = [
  ...(['mediaId', 'eventType', 'eventId', 'lineId', 'sessionId'] as const),
  ...(['quality', 'bytesLoaded', 'occurredAt', 'sentAt'] as const),
] satisfies readonly (keyof ReportFields)[];
const OF_DELIVERY: ReadonlySet<string> = new Set<keyof ReportFields>(OF_DELIVERY_FIELDS);
/** The event types that a CDN's log can show. */
const OF_CDN: ReadonlySet<StreamingEventType> = new Set<StreamingEventType>([
  ...(['SESSION_START', 'HEARTBEAT', 'BUFFERING', 'PLAYBACK_ERROR', 'DELIVERED'] as const),
]);

/** What an event of such a view may state: a log knows neither viewer nor circumstances. */
const OF_SHOWN: ReadonlySet<string> = new Set<keyof ReportFields>([
  ...OF_DELIVERY_FIELDS,
  ...(['fromCdn', 'duration', 'errorCode', 'endReason'] as const),
]);

function assertDelivery(fields: ReportFields, origin: ReportOrigin): void {
  if (origin !== 'past') throw badInput('eventType', IMPORT_ONLY);
  if (!isSet(fields.sessionId)) throw badInput('sessionId', 'is required in a DELIVERED');
  if (!isSet(fields.bytesLoaded)) throw badInput('bytesLoaded', 'is required in a DELIVERED');
  const more = Object.entries(fields).find(
    ([name, value]) => isSet<unknown>(value) && name !== 'fromCdn' && !OF_DELIVERY.has(name),
  );
  if (more !== undefined) throw badInput(more[0], 'has no place in a DELIVERED');
}

function assertFromCdn(fields: ReportFields): void {
  const { eventType, sessionId, bytesLoaded } = fields;
  if (!OF_CDN.has(eventType)) {
    throw badInput('fromCdn', `belongs to ${[...OF_CDN].join(', ')}`);
  }
  if (!isSet(sessionId)) throw badInput('sessionId', 'is required beside fromCdn');
  const [misplaced] = Object.keys(misplacedIn(fields));
  if (misplaced !== undefined) throw badInput(misplaced, 'has no place beside fromCdn');
  if (eventType !== 'DELIVERED' && isSet(bytesLoaded)) {
    throw badInput('bytesLoaded', 'belongs to a DELIVERED where a CDN tells it');
  }
}

const misplacedIn = (fields: Partial<ReportFields>): Partial<ReportFields> =>
  Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => isSet<unknown>(value) && !OF_SHOWN.has(name)),
  );

const ID_FIELDS = ['mediaId', 'eventId', 'sessionId', 'userId'] as const;

function idsOf(
  { mediaId, eventId, sessionId, userId }: ReportFields,
  origin: ReportOrigin,
  read: (field: string, id: string) => string,
): ReportIds {
  return {
    mediaId: read('mediaId', mediaId),
    ...(isSet(eventId) && { eventId: read('eventId', eventId) }),
    ...(isSet(sessionId) && { sessionId: read('sessionId', sessionId) }),
    ...(isUser(userId, origin) && { userId: read('userId', userId) }),
  };
}

/** The fields that are checked one by one. */
const LONE_FIELDS = [
  ...ID_FIELDS,
  'endReason',
  'quality',
  'duration',
  'bytesLoaded',
  'context',
  'mediaDuration',
  'startupTime',
] as const satisfies readonly (keyof ReportFields)[];

/**
 * Finds every fault of a report, at most one for each field; `checkReport` throws the first. A
 * field that is present but undefined has a fault already, and is not checked again.
 */
export function faultsOf(
  fields: Partial<ReportFields>,
  now: number,
  origin: ReportOrigin = 'live',
): readonly PlayheadError[] {
  const { eventType = 'SESSION_END', occurredAt, sentAt, sessionId, bytesLoaded } = fields;
  if (eventType === 'DELIVERED' && origin !== 'past') {
    const others = faultsOf({ ...fields, eventType: 'HEARTBEAT' }, now, origin);
    return [badInput('eventType', IMPORT_ONLY), ...others];
  }
  const isDelivery = eventType === 'DELIVERED';
  const sound: ReportFields = {
    ...{ mediaId: 'sound', eventType, occurredAt: now, sessionId: 'sound' },
    ...(isDelivery && { bytesLoaded: 0 }),
  };
  const times = origin === 'past' ? [{ occurredAt }, { sentAt }] : [{ occurredAt, sentAt }];
  const { errorCode, playedFrom, playedTo } = fields;
  const endReason = eventType === 'SESSION_END' ? fields.endReason : undefined;
  const parts = [
    ...LONE_FIELDS.map((name) => ({ [name]: fields[name] })),
    ...(fields.fromCdn === true
      ? [{ ...misplacedIn(fields), fromCdn: true, sessionId, bytesLoaded }]
      : []),
    ...(endReason === undefined ? [{ errorCode }] : [{ errorCode, endReason }]),
    { playedFrom, playedTo },
    ...times,
  ];
  return parts.flatMap((part: Partial<ReportFields>) => {
    const names = Object.keys(part) as (keyof ReportFields)[];
    if (names.some((name) => name in fields && fields[name] === undefined)) return [];
    return faultIn({ ...sound, ...part }, now, origin);
  });
}

function faultIn(fields: ReportFields, now: number, origin: ReportOrigin): PlayheadError[] {
  try {
    checkReport(fields, now, origin);
    return [];
  } catch (error) {
    if (!(error instanceof PlayheadError)) throw error;
    return [error];
  }
}

/** Says whether a user id names a user: records of the past often have an empty text for nobody. */
const isUser = (userId: string | null | undefined, origin: ReportOrigin): userId is string =>
  isSet(userId) && !(origin === 'past' && userId.trim() === '');

const BEHIND_MS_MAX = 31 * DAY_MS;

/** Returns the time of an event by the server's clock, within the limits. */
function occurrenceOf({ occurredAt, sentAt }: ReportFields, now: number): number {
  if (!isSet(occurredAt)) return now;
  // However much that is: a television that was never told the time is in 1970.
  const corrected = isSet(sentAt) ? occurredAt + (now - sentAt) : occurredAt;
  assertNotAhead(corrected, now);
  if (corrected < Math.max(0, now - BEHIND_MS_MAX)) {
    throw badInput('occurredAt', 'must not lie more than 31 days behind');
  }
  return Math.min(corrected, now);
}

/**
 * The earliest time of an event: buckets are numbered from the epoch, and an event reaches back a
 * day at most.
 */
const EARLIEST_MS = DAY_MS;

function pastOccurrenceOf({ occurredAt, sentAt }: ReportFields, now: number): number {
  if (!isSet(occurredAt)) throw badInput('occurredAt', 'is required in an import');
  if (isSet(sentAt)) throw badInput('sentAt', 'has no place in an import: occurredAt is final');
  assertNotAhead(occurredAt, now);
  if (occurredAt < EARLIEST_MS) throw badInput('occurredAt', 'must not lie before 1970-01-02');
  return Math.min(occurredAt, now);
}

const AHEAD_MS_MAX = 5 * MINUTE_MS;

function assertNotAhead(occurredAt: number, now: number): void {
  if (occurredAt > now + AHEAD_MS_MAX) {
    throw badInput('occurredAt', 'must not lie more than 5 minutes ahead');
  }
}
