import { parseQuality, type StreamQuality } from '../../../src/domain/quality.js';
import type { SessionContext } from '../../../src/domain/session-context.js';
import { cleanContext, type StatedContext } from '../../../src/domain/stated-context.js';
import { inNfc } from '../../../src/domain/text.js';
import { DAY_MS } from '../../../src/domain/time.js';

/**
 * What players sent, and what of it is stored. This folder works the figures out anew from the
 * words of their definitions alone, as slowly as they read. It shares no decision and no fold with
 * what it judges, and takes nothing from the server but when it recorded a report.
 */

export const EVENT_TYPES = [
  'PLAY_REQUESTED',
  'SESSION_START',
  'SESSION_END',
  'REBUFFER_START',
  'REBUFFER_END',
  'BUFFERING',
  'QUALITY_CHANGED',
  'HEARTBEAT',
  'PLAYBACK_ERROR',
  'MANIFEST_GENERATED',
  'PAUSED',
  'RESUMED',
  'SEEKED',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];
type StatedReason = 'ENDED' | 'QUIT' | 'FAILED';

/** A report as a player sends it: the members of StreamingEventInput, durations in seconds. */
export interface SentReport {
  readonly mediaId: string;
  readonly eventType: EventType;
  readonly eventId?: string;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly endReason?: StatedReason;
  readonly quality?: string;
  readonly duration?: number;
  readonly bytesLoaded?: number;
  /** Epoch milliseconds, as is `recordedAt`, the server's clock. */
  readonly occurredAt: number;
  readonly context?: StatedContext;
  readonly mediaDuration?: number;
  readonly startupTime?: number;
  readonly errorCode?: string;
  readonly playedFrom?: number;
  readonly playedTo?: number;
  readonly recordedAt: number;
}

/** An end that the rollup recorded; `session` is the name that `sessionNameOf` gives. */
export interface RecordedTimeout {
  readonly mediaId: string;
  readonly session: string;
  readonly recordedAt: number;
}

export type LogEntry = SentReport | RecordedTimeout;

export const isTimeout = (entry: LogEntry): entry is RecordedTimeout => 'session' in entry;

/** A stretch of a title that was shown; its end is not part of it. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A report as it is stored. */
export interface StoredEvent {
  readonly type: EventType;
  readonly at: number;
  readonly recordedAt: number;
  readonly viewer: string | undefined;
  readonly quality: StreamQuality;
  readonly durationMs: number;
  readonly bytes: number;
  /** Of a SESSION_END. */
  readonly endReason: StatedReason;
  readonly context: SessionContext;
  readonly mediaDurationMs: number | undefined;
  readonly startupMs: number | undefined;
  readonly errorCode: string | undefined;
  readonly played: Stretch | undefined;
}

export const TIMEOUT = 'TIMEOUT';

/** What was stored of a session that a report belongs to, in that order. */
export interface StoredSession {
  readonly mediaId: string;
  readonly name: string;
  readonly isImplicit: boolean;
  readonly events: (StoredEvent | typeof TIMEOUT)[];
  readonly eventIds: string[];
}

/** "ids are compared in Unicode NFC", "after trimming" */
export const idOf = (id: string): string => inNfc(id.trim());

/** "ahead by less [than 5 minutes] is stored as now" */
const eventTimeOf = ({ occurredAt, recordedAt }: SentReport): number =>
  Math.min(occurredAt, recordedAt);

/**
 * "sessionId unset: the implicit session of media, viewer and UTC day; anonymous: one of its own
 * (by its eventId, if any)". `place`: that of the report in its log, where it has no id at all.
 */
export function sessionNameOf(report: SentReport, place: number): string {
  const { sessionId, userId, eventId } = report;
  if (sessionId !== undefined) return `session ${idOf(sessionId)}`;
  const day = String(Math.floor(eventTimeOf(report) / DAY_MS));
  if (userId !== undefined) return `day ${day} of ${idOf(userId)}`;
  return eventId === undefined ? `report at ${String(place)}` : `report ${idOf(eventId)}`;
}

/** "Duration: seconds [...] kept to the millisecond" */
const msOf = (durationSeconds: number): number => Math.round(1_000 * durationSeconds);
const statedMs = (durationSeconds: number | undefined): number | undefined =>
  durationSeconds === undefined ? undefined : msOf(durationSeconds);

/**
 * "[a label that is] unknown or unset -> the session's last quality (by arrival), else MEDIUM".
 * What the session has is what was stored of it: a duplicate names no quality.
 */
function qualityOf(label: string | undefined, session: StoredSession): StreamQuality {
  const named = label === undefined ? undefined : parseQuality(label);
  if (named !== undefined) return named;
  const before = session.events.flatMap((event) => (event === TIMEOUT ? [] : [event]));
  return before.at(-1)?.quality ?? 'MEDIUM';
}

/**
 * "eventId: idempotency key within its session"; "An explicit [session] has at most one view; a
 * second SESSION_START is a duplicate." Nothing follows from a duplicate, so its id is not kept.
 */
function isDuplicate({ eventId, eventType }: SentReport, session: StoredSession): boolean {
  if (eventId !== undefined && session.eventIds.includes(idOf(eventId))) return true;
  const hasStart = session.events.some((one) => one !== TIMEOUT && one.type === 'SESSION_START');
  return eventType === 'SESSION_START' && !session.isImplicit && hasStart;
}

function storedEventOf(report: SentReport, session: StoredSession): StoredEvent {
  const { playedFrom, playedTo, eventType, userId } = report;
  const hasStretch = playedFrom !== undefined && playedTo !== undefined;
  return {
    type: eventType,
    at: eventTimeOf(report),
    recordedAt: report.recordedAt,
    viewer: userId === undefined ? undefined : idOf(userId),
    quality: qualityOf(report.quality, session),
    durationMs: msOf(report.duration ?? 0),
    bytes: report.bytesLoaded ?? 0,
    endReason: report.endReason ?? 'ENDED',
    context: cleanContext(report.context ?? {}),
    mediaDurationMs: statedMs(report.mediaDuration),
    startupMs: statedMs(report.startupTime),
    errorCode: report.errorCode,
    played: hasStretch ? { fromMs: msOf(playedFrom), toMs: msOf(playedTo) } : undefined,
  };
}

/** What is stored of a log, by session, in the order of their first events. */
export function storedSessionsOf(log: readonly LogEntry[]): readonly StoredSession[] {
  const sessions: StoredSession[] = [];
  log.forEach((entry, place) => {
    const mediaId = idOf(entry.mediaId);
    const name = isTimeout(entry) ? entry.session : sessionNameOf(entry, place);
    let session = sessions.find((one) => one.mediaId === mediaId && one.name === name);
    if (isTimeout(entry)) {
      if (session === undefined) throw new Error(`a timeout of nothing: ${mediaId}, ${name}`);
      session.events.push(TIMEOUT);
      return;
    }
    if (session === undefined) {
      const isImplicit = entry.sessionId === undefined;
      session = { mediaId, name, isImplicit, events: [], eventIds: [] };
      sessions.push(session);
    }
    if (isDuplicate(entry, session)) return;
    session.events.push(storedEventOf(entry, session));
    if (entry.eventId !== undefined) session.eventIds.push(idOf(entry.eventId));
  });
  return sessions;
}
