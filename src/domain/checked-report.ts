import type { PlainPlaybackType, SessionEndReason } from './event.js';
import type { SessionContext } from './session-context.js';
import { DAY_MS, MINUTE_MS } from './time.js';

/** A report that keeps every rule, its ids in NFC; null counts as absent. */
export interface CheckedReport extends ReportIds, ReportDetails {
  readonly type: PlainPlaybackType | 'session_end';
  /** The ids as they were sent, if NFC changes one: a session may have begun under them. */
  readonly spelled?: ReportIds;
  readonly endReason?: SessionEndReason;
  readonly label?: string;
  readonly durationMs?: number;
  readonly bytes?: number;
  /** Corrected by the player's clock error, and never later than now. */
  readonly occurredAt: number;
  /**
   * The time that names the day of an implicit session, as the player stated it. So the same
   * request sent again meets the same session, even if the player's clock error is another then.
   */
  readonly statedAt: number;
  /** The report comes from a CDN's log, not from a player. */
  readonly isFromCdn?: true;
}

/** The reasons for which a player ends a session; only the server sets TIMEOUT. */
export const SESSION_END_REASONS = [
  'ENDED',
  'QUIT',
  'FAILED',
] as const satisfies readonly SessionEndReason[];

/** The limits of a report, times in milliseconds. They hold for every way in. */
export const QUALITY_LABEL_LENGTH_MAX = 40;
export const DURATION_MS_MAX = DAY_MS;
export const BYTES_LOADED_MAX = 2 ** 40;
/** The longest time from the wish to play to the first frame. */
export const STARTUP_MS_MAX = 10 * MINUTE_MS;
export const ERROR_CODE_LENGTH_MAX = 64;
/** The most stalls that one quality report may state. */
export const BUFFERING_EVENTS_MAX = 10_000;
/** The ids of a report; null counts as absent. */
export interface ReportIds {
  readonly mediaId: string;
  readonly eventId?: string;
  readonly sessionId?: string;
  readonly userId?: string;
}

/** The details that a player states beyond its event; null counts as absent. */
export interface ReportDetails {
  readonly context?: SessionContext;
  readonly mediaDurationMs?: number;
  readonly startupMs?: number;
  readonly errorCode?: string;
  readonly playedFromMs?: number;
  readonly playedToMs?: number;
}
