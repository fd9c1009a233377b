import {
  BUFFERING_EVENTS_MAX,
  BYTES_LOADED_MAX,
  DURATION_MS_MAX,
  ERROR_CODE_LENGTH_MAX,
  QUALITY_LABEL_LENGTH_MAX,
  SESSION_END_REASONS,
  STARTUP_MS_MAX,
} from './checked-report.js';
import { isTrack } from './cmcd/cmcd-track.js';
import { BYTES_SOURCES, PLAYBACK_STATES, type EventType, type SessionEndReason } from './event.js';
import { MEDIA_MS_MAX, POSITION_MS_MAX, TITLE_LENGTH_MAX } from './media-limits.js';
import {
  CDN_VIEW,
  CONTEXT,
  FINGERPRINTS,
  FLAG,
  formOf,
  ID,
  isKept,
  kindOf,
  KNOWN,
  oneOf,
  textTo,
  TIME,
  TIMES,
  URL,
  VIEWER_ID,
  VOCABULARY,
  wholeTo,
  type Rule,
} from './member-rules.js';
import { type StoredData } from './stored-data.js';
import { STREAM_QUALITIES } from './quality.js';
import { SESSION_EVENTS_MAX } from './session-limits.js';
import { DAY_MS } from './time.js';

/**
 * Returns the fault in the data of an event of a type, in its current schema version; undefined if
 * there is none. The text completes "a stored heartbeat". Members that this code does not know are
 * a later release's, and no fault.
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

/**
 * The most by which an event time may lie after its storing. It is a constant, as the edge takes no
 * future times: only a clock that was set back in between makes a difference.
 */
const AHEAD_MS_MAX = DAY_MS;
interface Member {
  readonly name: string;
  readonly rule: Rule;
  readonly isNeeded: boolean;
}

const needed = (name: string, rule: Rule): Member => ({ name, rule, isNeeded: true });
const optional = (name: string, rule: Rule): Member => ({ name, rule, isNeeded: false });

/** The rule for the knowledge of a CMCD session. */
const TRACK = formOf('a track of CMCD reports', isTrack);
const END_REASONS = [...SESSION_END_REASONS, 'TIMEOUT'] satisfies readonly SessionEndReason[];

const OF_PLAYBACK = [
  needed('mediaId', ID),
  needed('sessionId', ID),
  optional('eventId', ID),
  needed('occurredAt', TIME),
  needed('quality', oneOf(...STREAM_QUALITIES)),
  optional('label', textTo(QUALITY_LABEL_LENGTH_MAX)),
  optional('viewerId', VIEWER_ID),
  optional('durationMs', wholeTo(DURATION_MS_MAX)),
  optional('bytes', wholeTo(BYTES_LOADED_MAX)),
  optional('context', CONTEXT),
  optional('filled', CONTEXT),
  optional('mediaDurationMs', wholeTo(MEDIA_MS_MAX)),
  optional('startupMs', wholeTo(STARTUP_MS_MAX)),
  optional('errorCode', textTo(ERROR_CODE_LENGTH_MAX)),
  optional('playedFromMs', wholeTo(POSITION_MS_MAX)),
  optional('playedToMs', wholeTo(POSITION_MS_MAX)),
  optional('state', oneOf(...PLAYBACK_STATES)),
  optional('bytesEstimated', FLAG),
  optional('fromCdn', FLAG),
  optional('stateless', FLAG),
  optional('cmcd', TRACK),
  optional('view', wholeTo(SESSION_EVENTS_MAX)),
  needed('open', FLAG),
  optional('completesViewAt', TIME),
];
const OF_END = [...OF_PLAYBACK, needed('reason', oneOf(...END_REASONS))];
const OF_QUALITY = [...OF_PLAYBACK, needed('bufferingEvents', wholeTo(BUFFERING_EVENTS_MAX))];
const OF_WITHDRAWAL = [...OF_PLAYBACK, needed('withdrawn', CDN_VIEW)];
const OF_MEDIA = [
  needed('mediaId', ID),
  needed('title', textTo(TITLE_LENGTH_MAX)),
  optional('thumbnail', URL),
  optional('durationMs', wholeTo(MEDIA_MS_MAX)),
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
  optional('view', wholeTo(SESSION_EVENTS_MAX)),
  optional('openViews', TIMES),
  needed('uncompletedViews', TIMES),
  needed('earlyEnds', wholeTo(SESSION_EVENTS_MAX)),
  needed('quality', oneOf(...STREAM_QUALITIES)),
  needed('lastOccurredAt', TIME),
  needed('lastRecordedAt', TIME),
  optional('known', KNOWN),
  optional('cmcd', TRACK),
  optional('cdnEvents', wholeTo(SESSION_EVENTS_MAX)),
  optional('cdnView', CDN_VIEW),
  optional('bytesFrom', oneOf(...BYTES_SOURCES)),
  needed('fingerprints', FINGERPRINTS),
];
const OF_CMCD = [needed('mediaId', ID), needed('sessionId', ID), needed('cmcd', TRACK)];
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
  play_requested: OF_PLAYBACK,
  paused: OF_PLAYBACK,
  resumed: OF_PLAYBACK,
  seeked: OF_PLAYBACK,
  delivered: OF_PLAYBACK,
  view_withdrawn: OF_WITHDRAWAL,
  quality_reported: OF_QUALITY,
  media_registered: OF_MEDIA,
  log_created: OF_LOG,
  vocabulary_extended: OF_VOCABULARY,
  copy_begun: OF_COPY,
  copy_completed: OF_COPY,
  chapter_closed: OF_CHAPTER,
  cmcd_reported: OF_CMCD,
};

/** Returns the fault in the times of an event whose members are right by themselves. */
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
