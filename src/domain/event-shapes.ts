import {
  BUFFERING_EVENTS_MAX,
  BYTES_LOADED_MAX,
  DURATION_SECONDS_MAX,
  QUALITY_LABEL_LENGTH_MAX,
  SESSION_END_REASONS,
} from './checked-report.js';
import type { EventType, SessionEndReason } from './event.js';
import { HTTP_URL, MEDIA_SECONDS_MAX, TITLE_LENGTH_MAX, URL_LENGTH_MAX } from './media-limits.js';
import { STREAM_QUALITIES } from './quality.js';
import { SESSION_EVENTS_MAX, UNCOMPLETED_VIEWS_MAX } from './session-limits.js';
import { ID_LENGTH_MAX, isText } from './text.js';
import { DAY_MS, TIME_MAX_MS } from './time.js';
import { milliseconds } from './units.js';

/** An event's data as stored: a JSON object. */
export type StoredData = Readonly<Record<string, unknown>>;

/**
 * What happened lies at most so much after it was stored, by constants alone: the edge takes
 * nothing that is yet to come, and only a clock that was set back between makes a difference.
 */
const AHEAD_MS_MAX = DAY_MS;
/** A release knows a few dozen types, each in a few versions. */
const VOCABULARY_TYPES_MAX = 1_000;
const SCHEMA_VERSION_MAX = 1_000_000;

/** What a member of an event's data has to be; the kinds are told apart as fast as can be. */
interface Rule {
  readonly kind:
    'text' | 'whole' | 'name' | 'viewer' | 'url' | 'flag' | 'vocabulary' | 'times' | 'fingerprints';
  readonly max: number;
  readonly names: readonly string[];
  /** Completes "must be". */
  readonly text: string;
}
interface Member {
  readonly name: string;
  readonly rule: Rule;
  readonly isNeeded: boolean;
}

const rule = (kind: Rule['kind'], text: string, max = 0, names: readonly string[] = []): Rule => ({
  kind,
  max,
  names,
  text,
});
const textTo = (max: number): Rule =>
  rule(
    'text',
    `a text of 1 to ${String(max)} characters, trimmed, without control characters`,
    max,
  );
const wholeTo = (max: number): Rule =>
  rule('whole', `a whole number from 0 to ${String(max)}`, max);
const oneOf = (...names: readonly string[]): Rule =>
  rule('name', `one of ${names.join(', ')}`, 0, names);

const ID = textTo(ID_LENGTH_MAX);
const TIME = rule('whole', 'a time in whole milliseconds since 1970', TIME_MAX_MS);
/** A keyed hash: 16 bytes in base64url, which sketches of viewers take apart. */
const VIEWER_ID = rule('viewer', '22 characters of base64url');
const VIEWER_ID_FORM = /^[\w-]{22}$/;
const URL = rule('url', `an http or https URL of ${String(URL_LENGTH_MAX)} characters at most`);
const FLAG = rule('flag', 'true or false');
const VOCABULARY = rule(
  'vocabulary',
  `versions by type, of ${String(VOCABULARY_TYPES_MAX)} types at most`,
);

const TIMES = rule(
  'times',
  `a list of ${String(UNCOMPLETED_VIEWS_MAX)} times at most`,
  UNCOMPLETED_VIEWS_MAX,
);
const FINGERPRINTS = rule('fingerprints', 'packed fingerprints in base64');
const FINGERPRINTS_FORM = /^(?:[A-Za-z0-9+/]{12})*$/;

const needed = (name: string, rule: Rule): Member => ({ name, rule, isNeeded: true });
const optional = (name: string, rule: Rule): Member => ({ name, rule, isNeeded: false });

const END_REASONS = [...SESSION_END_REASONS, 'TIMEOUT'] satisfies readonly SessionEndReason[];

const OF_PLAYBACK = [
  needed('mediaId', ID),
  needed('sessionId', ID),
  optional('eventId', ID),
  needed('occurredAt', TIME),
  needed('quality', oneOf(...STREAM_QUALITIES)),
  optional('label', textTo(QUALITY_LABEL_LENGTH_MAX)),
  optional('viewerId', VIEWER_ID),
  optional('durationMs', wholeTo(milliseconds(DURATION_SECONDS_MAX))),
  optional('bytes', wholeTo(BYTES_LOADED_MAX)),
  needed('open', FLAG),
  optional('completesViewAt', TIME),
];
const OF_END = [...OF_PLAYBACK, needed('reason', oneOf(...END_REASONS))];
const OF_QUALITY = [...OF_PLAYBACK, needed('bufferingEvents', wholeTo(BUFFERING_EVENTS_MAX))];
const OF_MEDIA = [
  needed('mediaId', ID),
  needed('title', textTo(TITLE_LENGTH_MAX)),
  optional('thumbnail', URL),
  optional('durationMs', wholeTo(milliseconds(MEDIA_SECONDS_MAX))),
  needed('occurredAt', TIME),
];
const OF_LOG = [
  needed('storeId', ID),
  needed('secretFingerprint', ID),
  optional('vocabulary', VOCABULARY),
];
const OF_CHAPTER = [
  needed('mediaId', ID),
  needed('sessionId', ID),
  needed('chapter', wholeTo(SESSION_EVENTS_MAX)),
  needed('phase', oneOf('new', 'open', 'ended', 'timed-out')),
  needed('viewCount', wholeTo(SESSION_EVENTS_MAX)),
  needed('uncompletedViews', TIMES),
  needed('earlyEnds', wholeTo(SESSION_EVENTS_MAX)),
  needed('quality', oneOf(...STREAM_QUALITIES)),
  needed('lastOccurredAt', TIME),
  needed('lastRecordedAt', TIME),
  needed('fingerprints', FINGERPRINTS),
];
const OF_COPY = [needed('storeId', ID)];
const OF_VOCABULARY = [needed('vocabulary', VOCABULARY)];

const SHAPES: Readonly<Record<EventType, readonly Member[]>> = {
  session_start: OF_PLAYBACK,
  session_end: OF_END,
  rebuffer_start: OF_PLAYBACK,
  rebuffer_end: OF_PLAYBACK,
  buffering: OF_PLAYBACK,
  quality_changed: OF_PLAYBACK,
  heartbeat: OF_PLAYBACK,
  playback_error: OF_PLAYBACK,
  manifest_generated: OF_PLAYBACK,
  quality_reported: OF_QUALITY,
  media_registered: OF_MEDIA,
  log_created: OF_LOG,
  vocabulary_extended: OF_VOCABULARY,
  copy_begun: OF_COPY,
  copy_completed: OF_COPY,
  chapter_closed: OF_CHAPTER,
};

/**
 * What is wrong with the data of an event of a type, in its current schema version, if anything:
 * it completes "a stored heartbeat". Members that this code does not know are a later release's.
 */
export function faultOf(type: EventType, data: StoredData, recordedAt: number): string | undefined {
  for (const { name, rule, isNeeded } of SHAPES[type]) {
    const value = data[name];
    if (value === undefined) {
      if (isNeeded) return `has no ${name}`;
    } else if (!isKept(rule, value)) {
      return `has a bad ${name}: it must be ${rule.text}, and is ${kindOf(value)}`;
    }
  }
  return faultInTimes(data, recordedAt);
}

/** The members by themselves are as they must be. */
function faultInTimes(data: StoredData, recordedAt: number): string | undefined {
  const { occurredAt } = data as { readonly occurredAt?: number };
  if (occurredAt === undefined) return undefined;
  // A timeout is as late as the last event of its session, which was stored before it, perhaps by
  // a clock that was far ahead. So is the start of a view that an event completes.
  if (occurredAt > recordedAt + AHEAD_MS_MAX && data.reason !== 'TIMEOUT') {
    return 'has a bad occurredAt: it lies more than a day after it was stored';
  }
  // Nothing reaches back further than a day.
  if (occurredAt < DAY_MS && data.bytes !== undefined && Number(data.durationMs) > occurredAt) {
    return 'has a bad durationMs: it reaches back to before 1970';
  }
  return undefined;
}

function isKept({ kind, max, names }: Rule, value: unknown): boolean {
  switch (kind) {
    case 'text':
      return isText(value, max);
    case 'whole':
      return isWhole(value, 0, max);
    case 'name':
      return typeof value === 'string' && names.includes(value);
    case 'viewer':
      return typeof value === 'string' && VIEWER_ID_FORM.test(value);
    case 'url':
      return isText(value, URL_LENGTH_MAX) && HTTP_URL.test(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'vocabulary':
      return isVocabulary(value);
    case 'times':
      return isListOfTimes(value, max);
    case 'fingerprints':
      return typeof value === 'string' && FINGERPRINTS_FORM.test(value);
  }
}

const isWhole = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

const isListOfTimes = (value: unknown, max: number): boolean =>
  Array.isArray(value) &&
  value.length <= max &&
  value.every((time) => isWhole(time, 0, TIME_MAX_MS));

function isVocabulary(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= VOCABULARY_TYPES_MAX &&
    entries.every(
      ([type, version]) => isText(type, ID_LENGTH_MAX) && isWhole(version, 1, SCHEMA_VERSION_MAX),
    )
  );
}

/** What a value is, in a few words: what it holds is nobody's to read in a log. */
function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `a text of length ${String(value.length)}`;
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}
