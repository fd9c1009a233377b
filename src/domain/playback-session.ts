import type { Decider } from './decider.js';
import { assertRemembered, cdnViewAfter, withoutCdnView } from './cdn-view.js';
import { badInput, PlayheadError } from './errors.js';
import type { KnownContext, PlaybackEvent, Recorded } from './event.js';
import { markFor, type FingerprintSet } from './fingerprint-set.js';
import { knownAfter, NOTHING_KNOWN } from './known-context.js';
import type { StreamQuality } from './quality.js';
import { contentsOf, eventsFor, knownBefore, type PlaybackReport } from './session-events.js';
import { OPEN_VIEWS_MAX, SESSION_EVENTS_MAX } from './session-limits.js';
import { hasReports, isHeardOf, NEW_SESSION, type PlaybackSession } from './session-state.js';
import { evolveViews, isOfEarlierView, isUnderWay, nextPhase } from './session-views.js';
import { inNfc } from './text.js';

/** A player's summary; it forms a stream of its own, apart from every session's. */
export interface QualityReport {
  readonly mediaId: string;
  readonly reportId: string;
  readonly occurredAt: number;
  readonly quality: StreamQuality;
  readonly bufferingEvents: number;
  readonly watchMs: number;
}

export type PlaybackCommand =
  | { readonly kind: 'record'; readonly report: PlaybackReport }
  | { readonly kind: 'report-quality'; readonly report: QualityReport }
  /** Ends the session if nothing was recorded in it since that time. */
  | {
      readonly kind: 'time-out';
      readonly mediaId: string;
      readonly sessionId: string;
      readonly idleSince: number;
    };

function evolve(session: PlaybackSession, event: Recorded<PlaybackEvent>): PlaybackSession {
  if (isOfEarlierView(session, event)) return withoutOpenView(session, event);
  if (event.type === 'delivered') return afterDelivery(session, event);
  if (event.type === 'view_withdrawn') return afterWithdrawal(session, event);
  const { occurredAt, quality } = event.data;
  const { chapter } = session;
  return {
    ...evolveViews(session, event),
    eventIds: idsAfter(session, event),
    phase: nextPhase(session, event),
    view: event.data.view ?? 0,
    known: knownOf(session, event),
    ...cdnNotesOf(session, event),
    quality,
    lastOccurredAt: Math.max(session.lastOccurredAt, occurredAt),
    lastRecordedAt: event.recordedAt,
    chapter: { ...chapter, events: chapter.events + 1 },
  };
}

function idsAfter({ eventIds }: PlaybackSession, event: PlaybackEvent): FingerprintSet {
  const { eventId } = event.data;
  return eventId === undefined
    ? eventIds
    : eventIds.with(inNfc(eventId), markFor(contentsOf(event)));
}

/**
 * Returns the session after a delivery. Bytes tell neither the player's state nor when it was last
 * heard of.
 */
function afterDelivery(session: PlaybackSession, event: PlaybackEvent): PlaybackSession {
  const { chapter } = session;
  return {
    ...session,
    eventIds: idsAfter(session, event),
    ...cdnNotesOf(session, event),
    chapter: { ...chapter, events: chapter.events + 1 },
  };
}

function afterWithdrawal(
  session: PlaybackSession,
  { recordedAt: lastRecordedAt }: Recorded<PlaybackEvent>,
): PlaybackSession {
  const { chapter, ...before } = withoutCdnView(session);
  return { ...before, lastRecordedAt, chapter: { ...chapter, events: chapter.events + 1 } };
}

/** Returns the number of events from a CDN's log, and the first source of bytes, after an event. */
function cdnNotesOf(
  session: PlaybackSession,
  event: PlaybackEvent,
): Pick<PlaybackSession, 'cdnEvents' | 'bytesFrom' | 'cdnView'> {
  const { cdnEvents, bytesFrom } = session;
  const { type, data } = event;
  const isFromCdn = type === 'delivered' || data.fromCdn === true;
  const player = data.bytesEstimated === true ? 'estimate' : 'player';
  const teller = type === 'delivered' ? 'cdn' : player;
  const source = (data.bytes ?? 0) > 0 ? teller : undefined;
  return {
    cdnEvents: isFromCdn ? (cdnEvents ?? 0) + 1 : cdnEvents,
    bytesFrom: bytesFrom ?? source,
    cdnView: cdnViewAfter(session, event),
  };
}

/**
 * Removes an earlier view that has timed out. Nothing else changes, as the session goes on in its
 * latest view.
 */
function withoutOpenView(session: PlaybackSession, { data }: PlaybackEvent): PlaybackSession {
  const { chapter, openViews } = session;
  return {
    ...session,
    openViews: openViews.filter((view) => view !== (data.view ?? 0)),
    chapter: { ...chapter, events: chapter.events + 1 },
  };
}

/** Returns the known context of the present view; undefined if nothing is known. */
function knownOf(session: PlaybackSession, event: PlaybackEvent): KnownContext | undefined {
  const known = knownAfter(knownBefore(session, event.type, event.data.view), event);
  return known === NOTHING_KNOWN ? undefined : known;
}

interface SessionIds {
  readonly mediaId: string;
  readonly sessionId: string;
}

/** Returns the session that a command is for. */
export function sessionOf(command: PlaybackCommand | SessionIds): SessionIds {
  if (!('report' in command)) return command;
  if (command.kind === 'record') return command.report;
  return { mediaId: command.report.mediaId, sessionId: command.report.reportId };
}

/** Says whether a report has the id of another report with other contents. */
export function isConflicting(
  session: PlaybackSession,
  command: PlaybackCommand | { readonly kind: 'cmcd' },
): boolean {
  if (command.kind !== 'record') return false;
  const { report } = command;
  const mark = session.eventIds.markOf(report.eventId);
  const [event] = mark === undefined ? [] : eventsFor(session, report);
  return event !== undefined && mark !== markFor(contentsOf(event));
}

function decide(session: PlaybackSession, command: PlaybackCommand): readonly PlaybackEvent[] {
  switch (command.kind) {
    case 'record':
      return decideReport(session, command.report);
    case 'report-quality':
      return decideQualityReport(session, command.report);
    case 'time-out':
      return decideTimeout(session, command);
  }
}

function decideReport(session: PlaybackSession, report: PlaybackReport): readonly PlaybackEvent[] {
  if (session.eventIds.has(report.eventId)) return [];
  if (report.type === 'delivered') assertBytesAreFree(session);
  else if (report.isFromCdn === true) return decideShown(session, report);
  else if (session.cdnView !== undefined) {
    const rest = decideReport(withoutCdnView(session), report);
    return [withdrawalOf(session, report), ...rest];
  }
  return decideTold(session, report);
}

/** What a player tells itself is not told by a log as well. */
function decideShown(session: PlaybackSession, report: PlaybackReport): readonly PlaybackEvent[] {
  if (hasReports(session)) return [];
  const events = decideTold(session, report);
  for (const event of events) assertRemembered(session, event);
  return events;
}

/** The view that a log showed counts no more, from the first event of the player on. */
export function withdrawalOf(
  { cdnView: withdrawn = { parts: [] } }: PlaybackSession,
  { mediaId, sessionId, occurredAt }: SessionIds & { readonly occurredAt: number },
): PlaybackEvent {
  const facts = { mediaId, sessionId, occurredAt, quality: NEW_SESSION.quality, open: false };
  return { type: 'view_withdrawn', data: { ...facts, withdrawn } };
}

function decideTold(session: PlaybackSession, report: PlaybackReport): readonly PlaybackEvent[] {
  const isSecondStart = report.type === 'session_start' && session.viewCount > 0;
  if (isSecondStart && !report.isImplicit) return [];
  if (session.eventIds.size >= SESSION_EVENTS_MAX) {
    throw new PlayheadError(
      'BAD_USER_INPUT',
      `sessionId: a session takes ${String(SESSION_EVENTS_MAX)} events at most`,
    );
  }
  const isFull = report.type === 'session_start' && session.openViews.length >= OPEN_VIEWS_MAX;
  const oldest = isFull ? session.openViews.slice(0, 1) : [];
  return [...oldest.map((view) => timeoutOf(session, report, view)), ...eventsFor(session, report)];
}

/**
 * Refuses a CDN's bytes (BAD_USER_INPUT) if the player or an estimate has told the session's bytes:
 * these are folded into minutes already, and cannot be replaced.
 */
function assertBytesAreFree({ bytesFrom }: PlaybackSession): void {
  if (bytesFrom === undefined || bytesFrom === 'cdn') return;
  const rule =
    bytesFrom === 'estimate'
      ? 'the session holds estimated ones: set CMCD_BYTES=off on the server before players report'
      : 'the player has told the bytes of the session itself';
  throw badInput('bytesLoaded', rule);
}

function decideQualityReport(
  session: PlaybackSession,
  report: QualityReport,
): readonly PlaybackEvent[] {
  const { mediaId, reportId, occurredAt, quality, bufferingEvents, watchMs } = report;
  if (session.eventIds.has(reportId)) return [];
  const facts = { mediaId, sessionId: reportId, eventId: reportId, occurredAt, quality };
  const data = { ...facts, durationMs: watchMs, bufferingEvents, open: false };
  return [{ type: 'quality_reported', data }];
}

/** Ends every view of an idle session that is not over. */
function decideTimeout(
  session: PlaybackSession,
  command: Extract<PlaybackCommand, { kind: 'time-out' }>,
): readonly PlaybackEvent[] {
  const { phase, openViews, view } = session;
  if (!isIdle(session, command.idleSince)) return [];
  const ended = isUnderWay(phase) ? [...openViews, view] : openViews;
  return ended.map((one) => timeoutOf(session, command, one));
}

/** Says whether anything but bytes was recorded in a session, and nothing since a time. */
const isIdle = (session: PlaybackSession, since: number): boolean =>
  isHeardOf(session) && session.lastRecordedAt <= since;

function timeoutOf(
  { lastOccurredAt: occurredAt, quality }: PlaybackSession,
  { mediaId, sessionId }: { readonly mediaId: string; readonly sessionId: string },
  view: number,
): PlaybackEvent {
  const facts = { mediaId, sessionId, occurredAt, quality, ...(view > 0 && { view }) };
  return { type: 'session_end', data: { ...facts, open: false, reason: 'TIMEOUT' } };
}

/** The decider of one playback session, which its player reports event by event. */
export const playbackSession: Decider<PlaybackSession, PlaybackCommand, PlaybackEvent> = {
  initialState: NEW_SESSION,
  decide,
  evolve,
};
