import type { StoredTrack } from './cmcd/cmcd-track.js';
import type { StreamQuality } from './quality.js';
import type { SessionContext } from './session-context.js';

/** The reasons for which a session ends. The server sets TIMEOUT, a player the others. */
export type SessionEndReason = 'ENDED' | 'QUIT' | 'FAILED' | 'TIMEOUT';

/** The states of a player while its session is not over. */
export const PLAYBACK_STATES = ['STARTING', 'PLAYING', 'STALLED', 'PAUSED'] as const;
export type PlaybackState = (typeof PLAYBACK_STATES)[number];

/** The members of every event of a playback session. Times are epoch milliseconds. */
export interface PlaybackFacts {
  readonly mediaId: string;
  readonly sessionId: string;
  /** The idempotency key within the session; a timeout has none. */
  readonly eventId?: string;
  /** The time of the event by the player's corrected clock. */
  readonly occurredAt: number;
  /** The quality, which the decider finds, so that no fold needs the session's past. */
  readonly quality: StreamQuality;
  /** The player's name for the quality. */
  readonly label?: string;
  /** Keyed hash of the user id; absent for an anonymous viewer. */
  readonly viewerId?: string;
  /**
   * The time watched since the session's last event; for `rebuffer_end` and `buffering` the time
   * stalled.
   */
  readonly durationMs?: number;
  /** The bytes loaded since the session's last event. */
  readonly bytes?: number;
  /** The members of the context that the player states for the first time. */
  readonly context?: SessionContext;
  /**
   * The members of the context that the request told in place of the player, for the first time.
   */
  readonly filled?: SessionContext;
  /** The title's length as the player knows it; in the session's first event that states it. */
  readonly mediaDurationMs?: number;
  /** For a start: the time from the wish to play to the first frame. */
  readonly startupMs?: number;
  /** For an error, or an end as FAILED: the player's error code. */
  readonly errorCode?: string;
  /** The stretch of the title shown since the session's last event; its end is excluded. */
  readonly playedFromMs?: number;
  readonly playedToMs?: number;
  /** The player's state after the event, if the type does not tell it. */
  readonly state?: PlaybackState;
  /** The bytes are an estimate, from the rate of what was shown. */
  readonly bytesEstimated?: true;
  /** The event comes from a CDN's log, of a view that no player reported. */
  readonly fromCdn?: true;
  /** For a start: the player reports no play states, so that nobody knows how the view goes on. */
  readonly stateless?: true;
  /** The knowledge of a session of CMCD reports from this event on. */
  readonly cmcd?: StoredTrack;
  /**
   * The view that the event belongs to, by arrival, in a session with several; from 0, which is
   * left out.
   */
  readonly view?: number;
  /** Says whether the session is not over after this event. */
  readonly open: boolean;
  /** The start of the view that this event completes. */
  readonly completesViewAt?: number;
}

/** Types that carry nothing beyond the common facts. */
export type PlainPlaybackType =
  | 'session_start'
  | 'rebuffer_start'
  | 'rebuffer_end'
  | 'buffering'
  | 'quality_changed'
  | 'heartbeat'
  | 'playback_error'
  | 'manifest_generated'
  | 'play_requested'
  | 'paused'
  | 'resumed'
  | 'seeked'
  /** A CDN delivered bytes, as its log says; that tells nothing about the player. */
  | 'delivered';

interface PlainPlaybackEvent {
  readonly type: PlainPlaybackType;
  readonly data: PlaybackFacts;
}

interface SessionEnded {
  readonly type: 'session_end';
  readonly data: PlaybackFacts & { readonly reason: SessionEndReason };
}

/** A summary that a player sends in place of events: no view, no bytes. */
export interface QualityReported {
  readonly type: 'quality_reported';
  readonly data: PlaybackFacts & { readonly bufferingEvents: number };
}

/** What a CDN's log shows of a view that no player reported. */
export interface CdnView {
  /** Absent where only its failures are known. */
  readonly start?: { readonly at: number; readonly quality: StreamQuality };
  readonly parts: readonly CdnViewPart[];
}

/** What was watched of it in one UTC hour at one quality. */
export interface CdnViewPart {
  readonly hour: number;
  readonly quality: StreamQuality;
  readonly watchedMs: number;
  readonly stalls: number;
}

/**
 * The player tells of a session of which a log had shown a view: that view counts no more. It comes
 * before the first event of the player.
 */
export interface ViewWithdrawn {
  readonly type: 'view_withdrawn';
  readonly data: PlaybackFacts & { readonly withdrawn: CdnView };
}

export type PlaybackEvent = PlainPlaybackEvent | SessionEnded | QualityReported | ViewWithdrawn;

/** An administrator's description of a media item. */
export interface MediaDescription {
  readonly title: string;
  readonly thumbnail?: string;
  readonly durationMs?: number;
}

export interface MediaRegistered {
  readonly type: 'media_registered';
  readonly data: MediaDescription & { readonly mediaId: string; readonly occurredAt: number };
}

/** The greatest schema version of each stored type, by type. */
export type Vocabulary = Readonly<Record<string, number>>;

/** The first event of a log: its identity, and a fingerprint of the secret of its viewer ids. */
export interface LogCreated {
  readonly type: 'log_created';
  readonly data: {
    readonly storeId: string;
    readonly secretFingerprint: string;
    /** The vocabulary of the release that began the log; absent for 0.1.0. */
    readonly vocabulary?: Vocabulary;
  };
}

/** Comes before the first event of a type or schema version that the log did not know so far. */
export interface VocabularyExtended {
  readonly type: 'vocabulary_extended';
  readonly data: { readonly vocabulary: Vocabulary };
}

/**
 * The phase of a session. It is `new` until a view starts or a player ends the session. A session
 * that is `new` or `open` is not over.
 */
export type SessionPhase = 'new' | 'open' | 'ended' | 'timed-out';

/** From here on the log is an incomplete copy, made by `migrate`; nobody may work on it. */
export interface CopyBegun {
  readonly type: 'copy_begun';
  readonly data: { readonly storeId: string };
}

/** The copy is complete, and was compared with its original. */
export interface CopyCompleted {
  readonly type: 'copy_completed';
  readonly data: { readonly storeId: string };
}

/** The part of a session's state, beside its event ids, that goes on from stream to stream. */
export interface CarriedSession {
  readonly phase: SessionPhase;
  readonly viewCount: number;
  /** The view that the last event belongs to, from 0. */
  readonly view: number;
  /** The earlier views that are not over: no events will come for them but timeouts. */
  readonly openViews: readonly number[];
  /** The starts of the latest views not completed, in order of arrival. */
  readonly uncompletedViews: readonly number[];
  /** Ends that came before the start of the view which they complete. */
  readonly earlyEnds: number;
  readonly quality: StreamQuality;
  readonly lastOccurredAt: number;
  readonly lastRecordedAt: number;
  /** The known members of the present view's context; absent if none are. */
  readonly known?: KnownContext | undefined;
  /** The knowledge of its CMCD reports; absent without such reports. */
  readonly cmcd?: StoredTrack | undefined;
  /** The number of its events from a CDN's log; absent for none. */
  readonly cdnEvents?: number | undefined;
  /** The view that a log showed, until the session's player reports; absent if there is none. */
  readonly cdnView?: CdnView | undefined;
  /** The first source of its bytes; absent if nobody told any. */
  readonly bytesFrom?: BytesSource | undefined;
}

/** The sources of a session's bytes: its player's measurement, an estimate or a CDN's log. */
export const BYTES_SOURCES = ['player', 'estimate', 'cdn'] as const;
type BytesSource = (typeof BYTES_SOURCES)[number];

/** The known members of a context: a bit for each, in the order of `CONTEXT_MEMBERS`. */
export interface KnownContext {
  readonly stated: number;
  readonly filled: number;
  /** Says whether the title's length is known. */
  readonly length: boolean;
}

/** Closes a session's long stream. It holds the state that the next stream begins with. */
export interface ChapterClosed {
  readonly type: 'chapter_closed';
  readonly data: Omit<CarriedSession, 'view' | 'openViews'> & {
    /** Absent if an early build of 0.2 wrote it: then it is the latest of all views. */
    readonly view?: number;
    readonly openViews?: readonly number[];
    readonly mediaId: string;
    readonly sessionId: string;
    /** From 0. */
    readonly chapter: number;
    /** The fingerprints of the chapter's own event ids, packed, in base64. */
    readonly fingerprints: string;
  };
}

/** The events that the write side keeps for itself; no read model folds them. */
export type LogEvent =
  LogCreated | VocabularyExtended | CopyBegun | CopyCompleted | ChapterClosed | CmcdReported;

export type DomainEvent = PlaybackEvent | MediaRegistered | LogEvent;
export type EventType = DomainEvent['type'];

/** An event with the time at which it was stored, as folds get it. */
export type Recorded<Event extends DomainEvent = DomainEvent> = Event & {
  readonly recordedAt: number;
};

const LOG_EVENTS: ReadonlySet<EventType> = new Set<LogEvent['type']>([
  'log_created',
  'vocabulary_extended',
  'copy_begun',
  'copy_completed',
  'chapter_closed',
  'cmcd_reported',
]);

export const isLogEvent = (event: DomainEvent): event is LogEvent => LOG_EVENTS.has(event.type);

/** Notes CMCD reports from which no other event follows yet, or none that a read model shows. */
export interface CmcdReported {
  readonly type: 'cmcd_reported';
  readonly data: {
    readonly mediaId: string;
    readonly sessionId: string;
    readonly cmcd: StoredTrack;
  };
}

/** The events of a session's stream. */
export type SessionStreamEvent = PlaybackEvent | CmcdReported | ChapterClosed;

/** The events about a media item, by players or administrators. */
export type MediaEvent = PlaybackEvent | MediaRegistered;

export const isMediaEvent = (event: DomainEvent): event is MediaEvent => !isLogEvent(event);

export const isPlaybackEvent = (event: DomainEvent): event is PlaybackEvent =>
  event.type !== 'media_registered' && !isLogEvent(event);

const NOT_WATCHED: ReadonlySet<EventType> = new Set<EventType>([
  'rebuffer_start',
  'rebuffer_end',
  'buffering',
  'seeked',
  'resumed',
]);

/** Says whether an event's duration is watched time; else it is time stalled, sought or paused. */
export const isWatched = (type: EventType): boolean => !NOT_WATCHED.has(type);
