import { catalogue } from './catalogue.js';
import { isUnwatched, type StreamingEvent } from './recordings.js';
import { replay, type PlannedAttempt, type PlannedSession } from './replay.js';

/** After which heartbeats the viewers of that recording jump, and how far into the title. */
const jumps: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  seeks: { 2: 20 / 60, 3: 26 / 60, 5: 48 / 60 },
};
const seekSeconds = 0.35;
const startError = 'manifestLoadError';
const playbackError = 'fragLoadError';

const lengths = new Map(
  catalogue.flatMap(({ mediaId, minutes, isLive = false }) =>
    isLive ? [] : [[mediaId, minutes * 60] as const],
  ),
);

/**
 * Returns the events of a session as a player of today tells them: the recordings were made by one
 * that told neither the wish to play nor the stretch of the title that was shown.
 */
export function tell(session: PlannedSession): StreamingEvent[] {
  const { context, mediaId, recording } = session;
  const mediaDuration = lengths.get(mediaId);
  const events = replay(session);
  const [first] = events;
  if (first === undefined) return [];
  const askedMs = Date.parse(first.occurredAt);
  const told: StreamingEvent[] = [request(first, context)];
  let heartbeats = 0;
  let at = 0;
  for (const event of events) {
    const { eventType, duration = 0, endReason } = event;
    const isStart = eventType === 'SESSION_START';
    const isFailure = eventType === 'PLAYBACK_ERROR' || endReason === 'FAILED';
    const shown = mediaDuration === undefined ? undefined : shownBy(event, at, mediaDuration);
    told.push({
      ...event,
      ...(isStart && { startupTime: inMs((Date.parse(event.occurredAt) - askedMs) / 1000) }),
      ...(isStart && mediaDuration !== undefined && { mediaDuration }),
      ...(isFailure && { errorCode: playbackError }),
      ...shown,
    });
    if (!isUnwatched(event)) at += duration;
    if (eventType !== 'HEARTBEAT') continue;
    heartbeats += 1;
    const jump = jumps[recording.name]?.[heartbeats];
    if (jump === undefined || mediaDuration === undefined) continue;
    at = jump * mediaDuration;
    told.push({
      ...{ mediaId, eventType: 'SEEKED', eventId: `seek-${String(heartbeats)}` },
      ...{ sessionId: event.sessionId, occurredAt: event.occurredAt, duration: seekSeconds },
      ...(event.userId !== undefined && { userId: event.userId }),
    });
  }
  return told;
}

/** Returns the events of an attempt that never became a view. */
export function tellAttempt(attempt: PlannedAttempt): StreamingEvent[] {
  const { mediaId, sessionId, userId, startMs, waitMs, hasFailed, context } = attempt;
  const whose = { mediaId, sessionId, ...(userId !== undefined && { userId }) };
  const occurredAt = timeOf(startMs);
  const end = { ...whose, eventId: '3', occurredAt: timeOf(startMs + waitMs) };
  const asked = { ...whose, eventId: '1', eventType: 'PLAY_REQUESTED', occurredAt, context };
  if (!hasFailed) return [asked, { ...end, eventType: 'SESSION_END', endReason: 'QUIT' }];
  const failure = { errorCode: startError };
  return [
    asked,
    { ...end, eventId: '2', eventType: 'PLAYBACK_ERROR', ...failure },
    { ...end, eventType: 'SESSION_END', endReason: 'FAILED', ...failure },
  ];
}

const request = (
  { mediaId, sessionId, userId, occurredAt }: StreamingEvent,
  context: PlannedSession['context'],
): StreamingEvent => ({
  ...{ mediaId, eventType: 'PLAY_REQUESTED', eventId: 'request', sessionId, occurredAt, context },
  ...(userId !== undefined && { userId }),
});

/** Returns the stretch that an event showed, from a second on; nothing beyond the end. */
function shownBy(event: StreamingEvent, from: number, mediaDuration: number) {
  const { duration = 0 } = event;
  const [playedFrom, playedTo] = [inMs(from), inMs(Math.min(from + duration, mediaDuration))];
  return isUnwatched(event) || playedTo <= playedFrom ? undefined : { playedFrom, playedTo };
}

const inMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;
const timeOf = (timeMs: number): string => new Date(Math.round(timeMs)).toISOString();
