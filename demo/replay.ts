import type { Circumstances } from './circumstances.js';
import { isStall, type Recording, type StreamingEvent } from './recordings.js';

/** A viewer's session to come: a recording, played again by another viewer at another time. */
export interface PlannedSession {
  readonly recording: Recording;
  readonly mediaId: string;
  readonly sessionId: string;
  /** Undefined for an anonymous viewer. */
  readonly userId: string | undefined;
  readonly startMs: number;
  /** The ratio of the title's length to that of the recorded media. */
  readonly stretch: number;
  readonly context: Circumstances;
}

/** A session to come in which nothing is shown. */
export interface PlannedAttempt extends Omit<PlannedSession, 'recording' | 'stretch'> {
  /** How long the viewer waits. */
  readonly waitMs: number;
  /** Says whether the player fails; else the viewer leaves. */
  readonly hasFailed: boolean;
}

/**
 * Returns the session's events. Seconds watched and bytes loaded grow with the length of the title,
 * so that bitrates stay as recorded; stalls and pauses last as long as they did.
 */
export function replay(session: PlannedSession): StreamingEvent[] {
  const { recording, mediaId, sessionId, userId, stretch } = session;
  const bytesOf = createBytesStretcher(recording, stretch);
  let atMs = session.startMs;
  let recordedAtMs: number | undefined;
  return recording.events.map((event) => {
    const { eventId, eventType, quality, endReason, duration = 0 } = event;
    const nowMs = Date.parse(event.occurredAt);
    atMs += nowMs - (recordedAtMs ?? nowMs) + (stretch - 1) * watchedSeconds(event) * 1000;
    recordedAtMs = nowMs;
    return {
      mediaId,
      eventType,
      eventId,
      sessionId,
      ...(userId === undefined ? {} : { userId }),
      ...(quality === undefined ? {} : { quality }),
      duration: isStall(event) ? duration : Math.round(duration * stretch * 1000) / 1000,
      bytesLoaded: bytesOf(event),
      occurredAt: new Date(Math.round(atMs)).toISOString(),
      ...(endReason === undefined ? {} : { endReason }),
    };
  });
}

/**
 * Stretches the bytes of events. A longer title loads more while it is watched, not while it starts
 * or stalls: each quality's further bytes go to the events that watched it, by their seconds.
 */
function createBytesStretcher({ events }: Recording, stretch: number) {
  const bytes = new Map<string | undefined, number>();
  const seconds = new Map<string | undefined, number>();
  for (const event of events) {
    const { quality, bytesLoaded = 0 } = event;
    bytes.set(quality, (bytes.get(quality) ?? 0) + bytesLoaded);
    seconds.set(quality, (seconds.get(quality) ?? 0) + watchedSeconds(event));
  }
  return (event: StreamingEvent): number => {
    const { quality, bytesLoaded = 0 } = event;
    const watched = seconds.get(quality) ?? 0;
    const share =
      watched > 0 ? (watchedSeconds(event) / watched) * (bytes.get(quality) ?? 0) : bytesLoaded;
    return Math.round(bytesLoaded + (stretch - 1) * share);
  };
}

/** Returns the length of the replayed session, in milliseconds. */
export function replayMs({ events }: Recording, stretch: number): number {
  const first = Date.parse(events[0]?.occurredAt ?? '');
  const last = Date.parse(events.at(-1)?.occurredAt ?? '');
  const watched = events.reduce((all, event) => all + watchedSeconds(event), 0);
  return last - first + (stretch - 1) * watched * 1000;
}

const watchedSeconds = (event: StreamingEvent): number =>
  isStall(event) ? 0 : (event.duration ?? 0);
