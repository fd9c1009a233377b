import { fromBase64 } from './base64.js';
import type { Decider } from './decider.js';
import { PlayheadError } from './errors.js';
import type {
  ChapterClosed,
  PlainPlaybackType,
  PlaybackEvent,
  PlaybackFacts,
  Recorded,
  SessionEndReason,
  SessionPhase,
} from './event.js';
import { markFor } from './fingerprint-set.js';
import { parseQuality, type StreamQuality } from './quality.js';
import { inNextChapter } from './session-chapters.js';
import { SESSION_EVENTS_MAX, UNCOMPLETED_VIEWS_MAX } from './session-limits.js';
import { NEW_SESSION, type PlaybackSession } from './session-state.js';
import { inNfc } from './text.js';

/** What a player reported, checked, its viewer already pseudonymous. */
export interface PlaybackReport {
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
    return inNextChapter({ ...event.data, eventIds: ids });
  }
  const { eventId, occurredAt, quality } = event.data;
  const { eventIds, chapter } = session;
  return {
    ...evolveViews(session, event),
    eventIds:
      eventId === undefined ? eventIds : eventIds.with(inNfc(eventId), markFor(contentsOf(event))),
    phase: nextPhase(session, event),
    quality,
    lastOccurredAt: Math.max(session.lastOccurredAt, occurredAt),
    lastRecordedAt: event.recordedAt,
    chapter: { ...chapter, events: chapter.events + 1 },
  };
}

/** What a report says beside its id and its time, by which a repetition is told from another. */
function contentsOf(event: PlaybackEvent): string {
  const { viewerId, durationMs, bytes, label } = event.data;
  const reason = event.type === 'session_end' ? event.data.reason : undefined;
  return JSON.stringify([event.type, viewerId, durationMs, bytes, label, reason]);
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

function evolveViews(session: PlaybackSession, event: PlaybackEvent): PlaybackSession {
  const { occurredAt, completesViewAt } = event.data;
  const isCompleting = completesViewAt !== undefined;
  if (event.type === 'session_start') {
    const viewCount = session.viewCount + 1;
    return isCompleting
      ? { ...session, viewCount, earlyEnds: Math.max(0, session.earlyEnds - 1) }
      : {
          ...session,
          viewCount,
          uncompletedViews: withLatest(session.uncompletedViews, occurredAt),
        };
  }
  if (event.type !== 'session_end' || event.data.reason !== 'ENDED') return session;
  return isCompleting
    ? { ...session, uncompletedViews: session.uncompletedViews.slice(0, -1) }
    : { ...session, earlyEnds: session.earlyEnds + 1 };
}

const withLatest = (views: readonly number[], startedAt: number): readonly number[] =>
  [...views, startedAt].slice(-UNCOMPLETED_VIEWS_MAX);

function nextPhase(session: PlaybackSession, event: PlaybackStep): SessionPhase {
  if (event.type === 'session_end') {
    return event.data.reason === 'TIMEOUT' ? 'timed-out' : 'ended';
  }
  if (event.type === 'session_start') {
    const isFirst = session.viewCount === 0;
    const endCameFirst = session.earlyEnds > 0 || (isFirst && session.phase === 'ended');
    return endCameFirst ? 'ended' : 'open';
  }
  return session.phase === 'timed-out' ? 'open' : session.phase;
}

/** What decides about the phase: an event's type, and the reason of an end. */
type PlaybackStep =
  | { readonly type: 'session_end'; readonly data: { readonly reason: SessionEndReason } }
  | { readonly type: Exclude<PlaybackEvent['type'], 'session_end'> };

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
  return eventsFor(session, report);
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
  const completesViewAt = completedView(session, report, step);
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
    open: nextPhase(session, step) === 'open',
    ...(completesViewAt !== undefined && { completesViewAt }),
  };
}

/**
 * The start of the view that a report completes: an end with reason ENDED completes the latest view
 * not completed; where there is none, the next view to start is complete from the outset.
 */
function completedView(
  session: PlaybackSession,
  report: PlaybackReport,
  step: PlaybackStep,
): number | undefined {
  if (step.type === 'session_start') {
    return session.earlyEnds > 0 ? report.occurredAt : undefined;
  }
  const isEnded = step.type === 'session_end' && step.data.reason === 'ENDED';
  return isEnded ? session.uncompletedViews.at(-1) : undefined;
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

function decideTimeout(
  session: PlaybackSession,
  { mediaId, sessionId, idleSince }: Extract<PlaybackCommand, { kind: 'time-out' }>,
): readonly PlaybackEvent[] {
  if (session.phase !== 'open' || session.lastRecordedAt > idleSince) return [];
  const { lastOccurredAt: occurredAt, quality } = session;
  const reason = 'TIMEOUT';
  return [
    {
      type: 'session_end',
      data: { mediaId, sessionId, occurredAt, quality, open: false, reason },
    },
  ];
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
