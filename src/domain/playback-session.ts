import type { Decider } from './decider.js';
import { PlayheadError } from './errors.js';
import type {
  PlainPlaybackType,
  PlaybackEvent,
  PlaybackFacts,
  Recorded,
  SessionEndReason,
} from './event.js';
import { FingerprintSet } from './fingerprint-set.js';
import { DEFAULT_QUALITY, parseQuality, type StreamQuality } from './quality.js';
import { inNfc } from './text.js';

/**
 * A broken player that sends one session id for everybody must hurt nobody else: a session takes no
 * more events than this, which is a heartbeat every 10 s for more than a day.
 */
export const SESSION_EVENTS_MAX = 10_000;

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

/** `new` until a view starts or a player ends the session, whichever comes first. */
type Phase = 'new' | 'open' | 'ended' | 'timed-out';

export interface PlaybackSession {
  readonly eventIds: FingerprintSet;
  readonly phase: Phase;
  readonly viewCount: number;
  /** The starts of the views not completed, in order of arrival. */
  readonly uncompletedViews: readonly number[];
  /** Ends that came before the start of the view which they complete. */
  readonly earlyEnds: number;
  readonly quality: StreamQuality;
  readonly lastOccurredAt: number;
  readonly lastRecordedAt: number;
}

const initialState: PlaybackSession = {
  eventIds: FingerprintSet.EMPTY,
  phase: 'new',
  viewCount: 0,
  uncompletedViews: [],
  earlyEnds: 0,
  quality: DEFAULT_QUALITY,
  lastOccurredAt: 0,
  lastRecordedAt: 0,
};

function evolve(session: PlaybackSession, event: Recorded<PlaybackEvent>): PlaybackSession {
  const { eventId, occurredAt, quality } = event.data;
  return {
    ...evolveViews(session, event),
    eventIds: eventId === undefined ? session.eventIds : session.eventIds.with(inNfc(eventId)),
    phase: nextPhase(session, event),
    quality,
    lastOccurredAt: Math.max(session.lastOccurredAt, occurredAt),
    lastRecordedAt: event.recordedAt,
  };
}

function evolveViews(session: PlaybackSession, event: PlaybackEvent): PlaybackSession {
  const { occurredAt, completesViewAt } = event.data;
  const isCompleting = completesViewAt !== undefined;
  if (event.type === 'session_start') {
    const viewCount = session.viewCount + 1;
    return isCompleting
      ? { ...session, viewCount, earlyEnds: session.earlyEnds - 1 }
      : { ...session, viewCount, uncompletedViews: [...session.uncompletedViews, occurredAt] };
  }
  if (event.type !== 'session_end' || event.data.reason !== 'ENDED') return session;
  return isCompleting
    ? { ...session, uncompletedViews: session.uncompletedViews.slice(0, -1) }
    : { ...session, earlyEnds: session.earlyEnds + 1 };
}

function nextPhase(session: PlaybackSession, event: PlaybackStep): Phase {
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

/** One playback session: which views it holds, whether one is under way, what it has seen. */
export const playbackSession: Decider<PlaybackSession, PlaybackCommand, PlaybackEvent> = {
  initialState,
  decide,
  evolve,
};
