import type { ReportDetails } from './checked-report.js';
import type {
  KnownContext,
  PlainPlaybackType,
  PlaybackEvent,
  PlaybackFacts,
  PlaybackState,
  SessionEndReason,
} from './event.js';
import { newsOf, NOTHING_KNOWN } from './known-context.js';
import { rateQualityOf } from './cmcd/rendition.js';
import { parseQuality, type StreamQuality } from './quality.js';
import type { SessionContext } from './session-context.js';
import { isHeardOf, type PlaybackSession } from './session-state.js';
import {
  beginsView,
  completedView,
  isUnderWay,
  nextPhase,
  viewOf,
  type PlaybackStep,
} from './session-views.js';

/** A checked report of a player, its viewer already pseudonymous. */
export interface PlaybackReport extends ReportDetails {
  readonly type: PlainPlaybackType | 'session_end';
  readonly mediaId: string;
  readonly sessionId: string;
  /**
   * Says whether the session is the implicit one of a viewer's day, in which every start is a view.
   */
  readonly isImplicit: boolean;
  readonly eventId: string;
  readonly occurredAt: number;
  readonly label?: string;
  readonly viewerId?: string;
  readonly durationMs?: number;
  readonly bytes?: number;
  readonly endReason?: SessionEndReason;
  /** The context that the request tells. */
  readonly filled?: SessionContext;
  /** The quality that the label stands for, if the label itself does not say it. */
  readonly quality?: StreamQuality;
  /** The player's state after the report, if the type does not tell it. */
  readonly state?: PlaybackState;
  /** The bytes are estimated from a rate. */
  readonly areBytesEstimated?: true;
  /** For a start: the player reports no play states. */
  readonly isStateless?: true;
  /** The report comes from a CDN's log, not from a player. */
  readonly isFromCdn?: true;
  /** The view that it belongs to, if the type does not tell it: the present one or the next. */
  readonly ofView?: 'same' | 'next';
}

/** Returns the events that follow from a report in any state of the session. */
export function eventsFor(
  session: PlaybackSession,
  report: PlaybackReport,
): readonly PlaybackEvent[] {
  const reason = report.endReason ?? 'ENDED';
  const { type } = report;
  if (type !== 'session_end') {
    return [{ type, data: factsOf(session, report, { type }) }];
  }
  const step = { type, data: { reason } };
  return [{ type, data: { ...factsOf(session, report, step), reason } }];
}

function factsOf(
  session: PlaybackSession,
  report: PlaybackReport,
  step: PlaybackStep,
): PlaybackFacts {
  const { type, mediaId, sessionId, eventId, occurredAt, label, viewerId, durationMs } = report;
  const { startupMs, errorCode, playedFromMs, playedToMs } = report;
  const completesViewAt = completedView(session, step, occurredAt);
  const view = viewOfReport(session, report);
  const bytes = bytesToCount(session, report);
  return {
    mediaId,
    sessionId,
    eventId,
    occurredAt,
    quality: qualityOf(session, report),
    ...(label !== undefined && { label }),
    ...(viewerId !== undefined && { viewerId }),
    ...(durationMs !== undefined && { durationMs }),
    ...(bytes !== undefined && { bytes }),
    ...newsOf(knownBefore(session, step.type, view > 0 ? view : undefined), report),
    ...(startupMs !== undefined && { startupMs }),
    ...(errorCode !== undefined && { errorCode }),
    ...(playedFromMs !== undefined && { playedFromMs }),
    ...(playedToMs !== undefined && { playedToMs }),
    ...(report.state !== undefined && { state: report.state }),
    ...(report.areBytesEstimated === true && bytes !== undefined && { bytesEstimated: true }),
    ...(isStateless(report) && { stateless: true }),
    ...(report.isFromCdn === true && { fromCdn: true }),
    ...(view > 0 && { view }),
    open: isUnderWay(nextPhase(session, step)) && (type !== 'delivered' || isHeardOf(session)),
    ...(completesViewAt !== undefined && { completesViewAt }),
  };
}

/** Says whether a start is of a view without play states; views from a CDN's log have none. */
const isStateless = ({ type, isStateless: isTold, isFromCdn }: PlaybackReport): boolean =>
  isTold === true || (isFromCdn === true && type === 'session_start');

/** Returns the bytes to count. If a CDN's log tells them, others would count twice. */
const bytesToCount = (
  { bytesFrom }: PlaybackSession,
  { type, bytes }: PlaybackReport,
): number | undefined => (type !== 'delivered' && bytesFrom === 'cdn' ? undefined : bytes);

/** Returns the quality of an event; that of delivered bytes depends on the rendition alone. */
function qualityOf(
  session: PlaybackSession,
  { type, label, quality, isFromCdn }: PlaybackReport,
): StreamQuality {
  const named = label === undefined ? undefined : parseQuality(label);
  if (type === 'delivered') return named ?? rateQualityOf(label) ?? 'AUTO';
  const guessed = isFromCdn === true ? rateQualityOf(label) : undefined;
  return quality ?? named ?? guessed ?? session.quality;
}

function viewOfReport(session: PlaybackSession, { type, ofView }: PlaybackReport): number {
  if (ofView === undefined) return viewOf(session, type);
  return ofView === 'same' ? session.view : session.view + 1;
}

/**
 * Returns the context known before a report. Each view of an implicit session has its own; that of
 * the first view begins before it.
 */
export const knownBefore = (
  session: PlaybackSession,
  type: PlaybackEvent['type'],
  view: number | undefined,
): KnownContext => (beginsView(session, type, view) ? undefined : session.known) ?? NOTHING_KNOWN;

/**
 * Returns the contents of a report without its id and its time, to tell a repetition from another
 * report. The context is left out: how much of it is stored depends on the events before. The label
 * of a log's line is left out too: it is read from a ladder, and the next import may have another.
 */
export function contentsOf(event: PlaybackEvent): string {
  const { viewerId, durationMs, bytes, fromCdn } = event.data;
  const isLogged = event.type === 'delivered' || fromCdn === true;
  const label = isLogged ? undefined : event.data.label;
  const { startupMs, errorCode, playedFromMs, playedToMs } = event.data;
  const reason = event.type === 'session_end' ? event.data.reason : undefined;
  const contents = [event.type, viewerId, durationMs, bytes, label, reason];
  const later = [startupMs, errorCode, playedFromMs, playedToMs];
  // A session may have been begun by a release that knew none of these.
  const isOld = later.every((value) => value === undefined);
  return JSON.stringify(isOld ? contents : [...contents, ...later]);
}
