import { fromBase64 } from './base64.js';
import type { Decider } from './decider.js';
import { PlayheadError } from './errors.js';
import type {
  ChapterClosed,
  KnownContext,
  PlainPlaybackType,
  PlaybackEvent,
  PlaybackFacts,
  Recorded,
  SessionEndReason,
} from './event.js';
import { markFor } from './fingerprint-set.js';
import { knownAfter, newsOf, NOTHING_KNOWN } from './known-context.js';
import { parseQuality, type StreamQuality } from './quality.js';
import { inNextChapter } from './session-chapters.js';
import type { SessionContext } from './session-context.js';
import type { ReportDetails } from './checked-report.js';
import { OPEN_VIEWS_MAX, SESSION_EVENTS_MAX } from './session-limits.js';
import { NEW_SESSION, type PlaybackSession } from './session-state.js';
import {
  completedView,
  evolveViews,
  isOfEarlierView,
  isUnderWay,
  nextPhase,
  viewOf,
  type PlaybackStep,
} from './session-views.js';
import { inNfc } from './text.js';

/** What a player reported, checked, its viewer already pseudonymous. */
export interface PlaybackReport extends ReportDetails {
  readonly type: PlainPlaybackType | 'session_end';
  readonly mediaId: string;
  readonly sessionId: string;
  /** Whether the session is the implicit one of a viewer's day, in which every start is a view. */
  readonly isImplicit: boolean;
  readonly eventId: string;
  readonly occurredAt: number;
  readonly label?: string;
  readonly viewerId?: string;
  readonly durationMs?: number;
  readonly bytes?: number;
  readonly endReason?: SessionEndReason;
  /** What the request tells of the session. */
  readonly filled?: SessionContext;
}

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

function evolve(
  session: PlaybackSession,
  event: Recorded<PlaybackEvent | ChapterClosed>,
): PlaybackSession {
  if (event.type === 'chapter_closed') {
    const ids = session.eventIds.withPacked(fromBase64(event.data.fingerprints));
    const { view = Math.max(0, event.data.viewCount - 1) } = event.data;
    return inNextChapter({ openViews: [], ...event.data, view, eventIds: ids });
  }
  if (isOfEarlierView(session, event)) return withoutOpenView(session, event);
  const { eventId, occurredAt, quality } = event.data;
  const { eventIds, chapter } = session;
  return {
    ...evolveViews(session, event),
    eventIds:
      eventId === undefined ? eventIds : eventIds.with(inNfc(eventId), markFor(contentsOf(event))),
    phase: nextPhase(session, event),
    view: event.data.view ?? 0,
    known: knownOf(session, event),
    quality,
    lastOccurredAt: Math.max(session.lastOccurredAt, occurredAt),
    lastRecordedAt: event.recordedAt,
    chapter: { ...chapter, events: chapter.events + 1 },
  };
}

/** Nothing else changes by the timeout of an earlier view: the session goes on in the latest. */
function withoutOpenView(session: PlaybackSession, { data }: PlaybackEvent): PlaybackSession {
  const { chapter, openViews } = session;
  return {
    ...session,
    openViews: openViews.filter((view) => view !== (data.view ?? 0)),
    chapter: { ...chapter, events: chapter.events + 1 },
  };
}

/** Returns the circumstances that are known of the present view, if any are. */
function knownOf(session: PlaybackSession, event: PlaybackEvent): KnownContext | undefined {
  const known = knownAfter(knownBefore(session, event.type), event);
  return known === NOTHING_KNOWN ? undefined : known;
}

/** Each view of an implicit session has its own circumstances; the first one's begin before it. */
function knownBefore(session: PlaybackSession, type: PlaybackEvent['type']): KnownContext {
  const isNextView = type === 'session_start' && session.viewCount > 0;
  return (isNextView ? undefined : session.known) ?? NOTHING_KNOWN;
}

/**
 * Returns what a report says beside its id and its time, to tell a repetition from another report.
 * The context is left out: how much of it is stored depends on the events before.
 */
function contentsOf(event: PlaybackEvent): string {
  const { viewerId, durationMs, bytes, label } = event.data;
  const { startupMs, errorCode, playedFromMs, playedToMs } = event.data;
  const reason = event.type === 'session_end' ? event.data.reason : undefined;
  const contents = [event.type, viewerId, durationMs, bytes, label, reason];
  const later = [startupMs, errorCode, playedFromMs, playedToMs];
  // A session may have been begun by a release that knew none of these.
  const isOld = later.every((value) => value === undefined);
  return JSON.stringify(isOld ? contents : [...contents, ...later]);
}

/** The session that a command is for. */
export function sessionOf(command: PlaybackCommand): {
  readonly mediaId: string;
  readonly sessionId: string;
} {
  if (command.kind === 'time-out') return command;
  if (command.kind === 'record') return command.report;
  return { mediaId: command.report.mediaId, sessionId: command.report.reportId };
}

/** Whether a report has the id of one that said something else. */
export function isConflicting(session: PlaybackSession, command: PlaybackCommand): boolean {
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

function eventsFor(session: PlaybackSession, report: PlaybackReport): readonly PlaybackEvent[] {
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
  const { mediaId, sessionId, eventId, occurredAt, label, viewerId, durationMs, bytes } = report;
  const { startupMs, errorCode, playedFromMs, playedToMs } = report;
  const completesViewAt = completedView(session, step, occurredAt);
  const view = viewOf(session, step.type);
  const quality = (label === undefined ? undefined : parseQuality(label)) ?? session.quality;
  return {
    mediaId,
    sessionId,
    eventId,
    occurredAt,
    quality,
    ...(label !== undefined && { label }),
    ...(viewerId !== undefined && { viewerId }),
    ...(durationMs !== undefined && { durationMs }),
    ...(bytes !== undefined && { bytes }),
    ...newsOf(knownBefore(session, step.type), report),
    ...(startupMs !== undefined && { startupMs }),
    ...(errorCode !== undefined && { errorCode }),
    ...(playedFromMs !== undefined && { playedFromMs }),
    ...(playedToMs !== undefined && { playedToMs }),
    ...(view > 0 && { view }),
    open: isUnderWay(nextPhase(session, step)),
    ...(completesViewAt !== undefined && { completesViewAt }),
  };
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
  const { phase, eventIds, lastRecordedAt, openViews, view } = session;
  if (eventIds.size === 0 || lastRecordedAt > command.idleSince) return [];
  const ended = isUnderWay(phase) ? [...openViews, view] : openViews;
  return ended.map((one) => timeoutOf(session, command, one));
}

function timeoutOf(
  { lastOccurredAt: occurredAt, quality }: PlaybackSession,
  { mediaId, sessionId }: { readonly mediaId: string; readonly sessionId: string },
  view: number,
): PlaybackEvent {
  const facts = { mediaId, sessionId, occurredAt, quality, ...(view > 0 && { view }) };
  return { type: 'session_end', data: { ...facts, open: false, reason: 'TIMEOUT' } };
}

/** One playback session, within one stream. */
export const playbackSession: Decider<PlaybackSession, PlaybackCommand, PlaybackEvent> = {
  initialState: NEW_SESSION,
  decide,
  evolve,
};

/** The same over all its streams, of which the closed ones end with what they carry over. */
export const chapteredSession: Decider<
  PlaybackSession,
  PlaybackCommand,
  PlaybackEvent,
  PlaybackEvent | ChapterClosed
> = { ...playbackSession, evolve };
