import { STREAM_QUALITIES, type StreamQuality } from '../../../src/domain/quality.js';
import type { SessionContext } from '../../../src/domain/session-context.js';
import { MINUTE_MS } from '../../../src/domain/time.js';
import {
  storedSessionsOf,
  TIMEOUT,
  type LogEntry,
  type StoredEvent,
  type StoredSession,
  type Stretch,
} from './reports.js';

/** What the events of one quality add up to. */
export interface QualityPart {
  readonly quality: StreamQuality;
  readonly watchedMs: number;
  readonly stalls: number;
  readonly bytes: number;
}

/** A session that figures count. Times are epoch milliseconds. */
export interface Session {
  readonly mediaId: string;
  /** That of `sessionNameOf`: the views of an implicit session share one. */
  readonly name: string;
  readonly startedAt: number;
  readonly isOver: boolean;
  /** '' while the session is not over. */
  readonly endReason: '' | 'ENDED' | 'QUIT' | 'FAILED' | 'TIMEOUT';
  readonly hasView: boolean;
  readonly isCompleted: boolean;
  readonly isAttempt: boolean;
  readonly isStartFailure: boolean;
  readonly isExitBeforeStart: boolean;
  readonly isPlaybackFailure: boolean;
  readonly watchedMs: number;
  readonly stalledMs: number;
  readonly stalls: number;
  readonly bytes: number;
  /** A part for each quality, in the order of STREAM_QUALITIES. */
  readonly byQuality: readonly QualityPart[];
  readonly startupMs: number | undefined;
  readonly mediaDurationMs: number | undefined;
  readonly viewer: string | undefined;
  readonly context: SessionContext;
  /** The minutes with watched or stalled time, numbered from the epoch, ascending. */
  readonly minutes: readonly number[];
  readonly played: readonly Stretch[];
  readonly errorCode: string | undefined;
  readonly quality: StreamQuality;
  /** In the order in which they were stored. */
  readonly events: readonly StoredEvent[];
}

type Entry = StoredEvent | typeof TIMEOUT;
type Events = readonly StoredEvent[];

/**
 * "Session here: an explicit session; of an implicit one [...] each view with what follows it by
 * arrival; a SESSION_START joins what came before it if that has no view."
 */
export const sessionsOf = (log: readonly LogEntry[]): readonly Session[] =>
  storedSessionsOf(log).flatMap((stored) =>
    partsOf(stored).map((entries) => sessionOf(stored, entries)),
  );

/**
 * An explicit session has one part, for it has one view at most. "The rollup times out whatever is
 * not over": also a view after which another one has begun.
 */
function partsOf({ events }: StoredSession): readonly (readonly Entry[])[] {
  const parts: Entry[][] = [];
  for (const event of events) {
    const current = parts.at(-1);
    const isNextView = isStart(event) && current?.some(isStart) === true;
    if (event === TIMEOUT) for (const part of parts) part.push(event);
    else if (current === undefined || isNextView) parts.push([event]);
    else current.push(event);
  }
  return parts;
}

const isStart = (entry: Entry): boolean => entry !== TIMEOUT && entry.type === 'SESSION_START';

function sessionOf({ mediaId, name }: StoredSession, entries: readonly Entry[]): Session {
  const events = entries.flatMap((entry) => (entry === TIMEOUT ? [] : [entry]));
  const first = events[0];
  if (first === undefined) throw new Error(`a session of nothing: ${mediaId}, ${name}`);
  const start = events.find(isStart);
  return {
    mediaId,
    name,
    // "the event time of the first of its events to be stored, and never moves"
    startedAt: first.at,
    ...fateOf(entries, events),
    ...amountsOf(events),
    byQuality: STREAM_QUALITIES.map((quality) => ({
      quality,
      ...amountsOf(events.filter((event) => event.quality === quality)),
    })),
    // "startupTime: of a SESSION_START"
    startupMs: start?.startupMs,
    // "the session's first one holds"
    mediaDurationMs: firstOf(events, ({ mediaDurationMs }) => mediaDurationMs),
    // "A view's viewer is the userId on its SESSION_START."
    viewer: start?.viewer,
    // "each member: the first stated value, by arrival, holds for the session"
    context: events.reduce<SessionContext>((known, { context }) => ({ ...context, ...known }), {}),
    minutes: minutesOf(events),
    played: events.flatMap(({ played }) => played ?? []),
    errorCode: errorCodeOf(events),
    // "QUALITY of a session: that of its SESSION_START, else of its first event."
    quality: (start ?? first).quality,
    events,
  };
}

function firstOf<T>(events: Events, of: (event: StoredEvent) => T | undefined): T | undefined {
  return events.map(of).find((value) => value !== undefined);
}

/** Whether a session is over, how it ended, and what that makes of it. */
function fateOf(entries: readonly Entry[], events: Events) {
  const isOver = isOverAfter(entries);
  const reasons = events.filter(isEnd).map((end) => end.endReason);
  const endReason = isOver ? endReasonOf(reasons) : '';
  const hasView = events.some(isStart);
  // "attempt: a session with a PLAY_REQUESTED or a view"
  const isAttempt = hasView || events.some(({ type }) => type === 'PLAY_REQUESTED');
  const hasError = events.some(({ type }) => type === 'PLAYBACK_ERROR');
  // "start failure: an attempt without a view that has a PLAYBACK_ERROR or ended FAILED"
  const isStartFailure = isAttempt && !hasView && (hasError || endReason === 'FAILED');
  return {
    isOver,
    endReason,
    hasView,
    // "ENDED if any end says so (a view is then completed)", for good
    isCompleted: hasView && reasons.includes('ENDED'),
    isAttempt,
    isStartFailure,
    // "exit before start: an attempt without a view that is over otherwise"
    isExitBeforeStart: isAttempt && !hasView && isOver && !isStartFailure,
    // "playback failure: a view that ended FAILED"
    isPlaybackFailure: hasView && endReason === 'FAILED',
  } as const;
}

const isEnd = ({ type }: StoredEvent): boolean => type === 'SESSION_END';

/**
 * "A session is over after a SESSION_END, until RESUMED or PLAY_REQUESTED reopens it (after
 * TIMEOUT: any event); a late event of another kind does not." A timeout of what is over already
 * changes nothing.
 */
function isOverAfter(entries: readonly Entry[]): boolean {
  let state: 'under way' | 'ended' | 'timed out' = 'under way';
  for (const entry of entries) {
    if (entry === TIMEOUT) {
      if (state === 'under way') state = 'timed out';
    } else if (isEnd(entry)) {
      state = 'ended';
    } else if (state === 'timed out' || ['RESUMED', 'PLAY_REQUESTED'].includes(entry.type)) {
      state = 'under way';
    }
  }
  return state !== 'under way';
}

/** "ENDED if any end says so [...], else the last that is not TIMEOUT, else TIMEOUT" */
const endReasonOf = (
  reasons: readonly ('ENDED' | 'QUIT' | 'FAILED')[],
): 'ENDED' | 'QUIT' | 'FAILED' | 'TIMEOUT' =>
  reasons.includes('ENDED') ? 'ENDED' : (reasons.at(-1) ?? 'TIMEOUT');

/**
 * "ERROR_CODE: that of the end with FAILED, else the first." Of several such ends it is the last
 * that says one, as it is with end reasons.
 */
function errorCodeOf(events: Events): string | undefined {
  const failures = events.filter((event) => isEnd(event) && event.endReason === 'FAILED');
  const ofEnds = failures.flatMap(({ errorCode }) => errorCode ?? []);
  return ofEnds.at(-1) ?? firstOf(events, ({ errorCode }) => errorCode);
}

/**
 * "all watched seconds (durations of events other than REBUFFER_START, REBUFFER_END, BUFFERING,
 * SEEKED and RESUMED [...])"; "PLAY_REQUESTED: [...] no duration"
 */
const UNWATCHED = [
  'REBUFFER_START',
  'REBUFFER_END',
  'BUFFERING',
  'SEEKED',
  'RESUMED',
  'PLAY_REQUESTED',
];
const watchedMsOf = ({ type, durationMs }: StoredEvent): number =>
  UNWATCHED.includes(type) ? 0 : durationMs;

/** "stalled time: REBUFFER_END + BUFFERING durations" */
const stalledMsOf = ({ type, durationMs }: StoredEvent): number =>
  ['REBUFFER_END', 'BUFFERING'].includes(type) ? durationMs : 0;

/** "stalls: REBUFFER_START + BUFFERING" */
const stallsOf = ({ type }: StoredEvent): number =>
  ['REBUFFER_START', 'BUFFERING'].includes(type) ? 1 : 0;

function amountsOf(events: Events) {
  const sumOf = (amountOf: (event: StoredEvent) => number): number =>
    events.reduce((sum, event) => sum + amountOf(event), 0);
  return {
    watchedMs: sumOf(watchedMsOf),
    stalledMs: sumOf(stalledMsOf),
    stalls: sumOf(stallsOf),
    bytes: sumOf(({ bytes }) => bytes),
  };
}

/**
 * "sessions with watched or stalled time in it (a stretch's last moment not part of it)": an event
 * covers `occurredAt - duration` to `occurredAt`.
 */
function minutesOf(events: Events): readonly number[] {
  const minutes = new Set<number>();
  for (const event of events) {
    const coveredMs = watchedMsOf(event) + stalledMsOf(event);
    if (coveredMs === 0) continue;
    const first = Math.floor((event.at - coveredMs) / MINUTE_MS);
    for (let minute = first; minute * MINUTE_MS < event.at; minute += 1) minutes.add(minute);
  }
  return [...minutes].sort((a, b) => a - b);
}
