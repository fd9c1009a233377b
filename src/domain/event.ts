import type { StoredTrack } from './cmcd/cmcd-track.js';
import type { StreamQuality } from './quality.js';
import type { SessionContext } from './session-context.js';

/** Why a session ended; TIMEOUT is the server's own, the others a player's. */
export type SessionEndReason = 'ENDED' | 'QUIT' | 'FAILED' | 'TIMEOUT';

/** What a player does while its session is not over. */
export const PLAYBACK_STATES = ['STARTING', 'PLAYING', 'STALLED', 'PAUSED'] as const;
export type PlaybackState = (typeof PLAYBACK_STATES)[number];

/** What every event of a playback session states. Times are epoch milliseconds. */
export interface PlaybackFacts {
  readonly mediaId: string;
  readonly sessionId: string;
  /** The idempotency key within the session; a timeout has none. */
  readonly eventId?: string;
  /** When it happened, by the player's corrected clock. */
  readonly occurredAt: number;
  /** Resolved by the decider, so that no fold needs the session's past. */
  readonly quality: StreamQuality;
  /** The quality as the player named it. */
  readonly label?: string;
  /** Keyed hash of the user id; absent for an anonymous viewer. */
  readonly viewerId?: string;
  /** Watched since the session's last event; stalled, for `rebuffer_end` and `buffering`. */
  readonly durationMs?: number;
  /** Loaded since the session's last event. */
  readonly bytes?: number;
  /** Of what the player states about the session: what it had not stated before. */
  readonly context?: SessionContext;
  /** What the request told about the session in place of the player: what was not known before. */
  readonly filled?: SessionContext;
  /** The title's length as the player knows it; in the session's first event that states it. */
  readonly mediaDurationMs?: number;
  /** From the wish to play to the first frame; of a start. */
  readonly startupMs?: number;
  /** What the player gave up on; of an error, or of an end as FAILED. */
  readonly errorCode?: string;
  /** The stretch of the title shown since the session's last event, its end not part of it. */
  readonly playedFromMs?: number;
  readonly playedToMs?: number;
  /** What the player does after it, where the type does not say it. */
  readonly state?: PlaybackState;
  /** The bytes are an estimate, from the rate of what was shown. */
  readonly bytesEstimated?: true;
  /** What a CDN's log shows of a view that no player reported. */
  readonly fromCdn?: true;
  /** Of a start: the player reports no play states, so that nobody knows what becomes of it. */
  readonly stateless?: true;
  /** What is known of a session of CMCD reports from this event on. */
  readonly cmcd?: StoredTrack;
  /**
   * Which view of a session with several ones the event belongs to, by arrival; from 0, which is
   * left out.
   */
  readonly view?: number;
  /** Whether the session is not over after this event. */
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
  /** A CDN delivered bytes, as its log says; of the player nothing is known by that. */
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

/** What an administrator says of a media item. */
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

/** The first event of a log: its identity, and which secret its viewer ids were made with. */
export interface LogCreated {
  readonly type: 'log_created';
  readonly data: {
    readonly storeId: string;
    readonly secretFingerprint: string;
    /** What the release that began the log may write; absent for 0.1.0. */
    readonly vocabulary?: Vocabulary;
  };
}

/** Comes before the first event of a type or schema version that the log did not know so far. */
export interface VocabularyExtended {
  readonly type: 'vocabulary_extended';
  readonly data: { readonly vocabulary: Vocabulary };
}

/**
 * `new` until a view starts or a player ends the session, whichever comes first; `new` and `open`
 * are not over.
 */
export type SessionPhase = 'new' | 'open' | 'ended' | 'timed-out';

/** From here on the log is half a copy, made by `migrate`: nobody may work on it. */
export interface CopyBegun {
  readonly type: 'copy_begun';
  readonly data: { readonly storeId: string };
}

/** The copy that was begun is whole, and was compared with what it is of. */
export interface CopyCompleted {
  readonly type: 'copy_completed';
  readonly data: { readonly storeId: string };
}

/** What a session is from one of its streams to the next, beside its event ids. */
export interface CarriedSession {
  readonly phase: SessionPhase;
  readonly viewCount: number;
  /** Which view the last event belongs to, from 0. */
  readonly view: number;
  /** The views before it that are not over: nothing but their timeouts will come for them. */
  readonly openViews: readonly number[];
  /** The starts of the latest views not completed, in order of arrival. */
  readonly uncompletedViews: readonly number[];
  /** Ends that came before the start of the view which they complete. */
  readonly earlyEnds: number;
  readonly quality: StreamQuality;
  readonly lastOccurredAt: number;
  readonly lastRecordedAt: number;
  /** What of the present view's context is known; absent where nothing is. */
  readonly known?: KnownContext | undefined;
  /** What is known of its CMCD reports; absent where there are none. */
  readonly cmcd?: StoredTrack | undefined;
  /** How many of its events come from a CDN's log; absent for none. */
  readonly cdnEvents?: number | undefined;
  /** What a log showed of its view, as long as its player told of nothing; absent for nothing. */
  readonly cdnView?: CdnView | undefined;
  /** Who told its bytes first; absent where nobody did. */
  readonly bytesFrom?: BytesSource | undefined;
}

/** Who tells the bytes of a session: its player, who measured or estimated them, or a CDN's log. */
export const BYTES_SOURCES = ['player', 'estimate', 'cdn'] as const;
type BytesSource = (typeof BYTES_SOURCES)[number];

/** Which members of a context are known: a bit for each, in the order of `CONTEXT_MEMBERS`. */
export interface KnownContext {
  readonly stated: number;
  readonly filled: number;
  /** Whether the title's length is known. */
  readonly length: boolean;
}

/** Closes a session's stream that has grown long, with what the next one begins with. */
export interface ChapterClosed {
  readonly type: 'chapter_closed';
  readonly data: Omit<CarriedSession, 'view' | 'openViews'> & {
    /** Absent where an early build of 0.2 wrote it: then it is the latest of all views. */
    readonly view?: number;
    readonly openViews?: readonly number[];
    readonly mediaId: string;
    readonly sessionId: string;
    /** From 0. */
    readonly chapter: number;
    /** Of the chapter's own event ids, packed, in base64. */
    readonly fingerprints: string;
  };
}

/** What the side that writes keeps for itself: no read model folds it. */
export type LogEvent =
  LogCreated | VocabularyExtended | CopyBegun | CopyCompleted | ChapterClosed | CmcdReported;

export type DomainEvent = PlaybackEvent | MediaRegistered | LogEvent;
export type EventType = DomainEvent['type'];

/** An event as folds see it: with the time at which it was stored. */
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

/** CMCD reports came of which nothing follows yet, or nothing that a read model shows. */
export interface CmcdReported {
  readonly type: 'cmcd_reported';
  readonly data: {
    readonly mediaId: string;
    readonly sessionId: string;
    readonly cmcd: StoredTrack;
  };
}

/** What the stream of a session holds. */
export type SessionStreamEvent = PlaybackEvent | CmcdReported | ChapterClosed;

/** What is said of a media item, by players or by administrators. */
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

/** Whether an event's duration is time watched; else it is time stalled, sought or paused. */
export const isWatched = (type: EventType): boolean => !NOT_WATCHED.has(type);
