import type { PlainPlaybackType, SessionEndReason } from './event.js';
import type { SessionContext } from './session-context.js';

/** Why a player ends a session; a timeout is the server's. */
export const SESSION_END_REASONS = [
  'ENDED',
  'QUIT',
  'FAILED',
] as const satisfies readonly SessionEndReason[];

/** The limits of a report, each in its own unit; none may be passed from anywhere. */
export const QUALITY_LABEL_LENGTH_MAX = 40;
export const DURATION_SECONDS_MAX = 86_400;
export const BYTES_LOADED_MAX = 2 ** 40;
/** From the wish to play to the first frame. */
export const STARTUP_SECONDS_MAX = 600;
export const ERROR_CODE_LENGTH_MAX = 64;
/** Stalls that one quality report may state. */
export const BUFFERING_EVENTS_MAX = 10_000;
/** The ids of a report; what was null is absent. */
export interface ReportIds {
  readonly mediaId: string;
  readonly eventId?: string;
  readonly sessionId?: string;
  readonly userId?: string;
}

/** The details that a player states beyond its event; what was null is absent. */
export interface ReportDetails {
  readonly context?: SessionContext;
  readonly mediaDurationMs?: number;
  readonly startupMs?: number;
  readonly errorCode?: string;
  readonly playedFromMs?: number;
  readonly playedToMs?: number;
}

/** A report that keeps every rule, its ids in NFC; what was null is absent. */
export interface CheckedReport extends ReportIds, ReportDetails {
  readonly type: PlainPlaybackType | 'session_end';
  /** The ids as they were sent, where NFC changes any: a session may have begun under them. */
  readonly spelled?: ReportIds;
  readonly endReason?: SessionEndReason;
  readonly label?: string;
  readonly durationMs?: number;
  readonly bytes?: number;
  /** Corrected by the player's clock error, and never later than now. */
  readonly occurredAt: number;
  /**
   * The time that names the day of an implicit session: as the player stated it, so that the same
   * request sent again later meets the same session, whatever the correction is by then.
   */
  readonly statedAt: number;
  /** A CDN's log tells it, and no player. */
  readonly isFromCdn?: true;
}
