import type { UndecodableEvent } from '../domain/event-codec.js';
import type { PlaybackEvent, Recorded } from '../domain/event.js';
import { DEFAULT_QUALITY, type StreamQuality } from '../domain/quality.js';
import { SECOND_MS } from '../domain/time.js';
import type { StoredEvent } from '../ports/event-store.js';
import type { SessionLogEntry } from '../ports/session-log.js';

/** Makes the entry that shows an event of the log to people. */
export function toLogEntry(event: Recorded<PlaybackEvent>): SessionLogEntry {
  const { type, data, recordedAt } = event;
  const { occurredAt, quality, durationMs, bytes } = data;
  const details = detailsOf(event);
  return {
    occurredAt,
    recordedAt,
    type: type.toUpperCase(),
    quality,
    ...(durationMs !== undefined && { durationMs }),
    ...(bytes !== undefined && { bytes }),
    ...(details.length > 0 && { detail: details.join(', ') }),
  };
}

/** Makes the entry for an event that cannot be read. */
export const toUnreadableEntry = (
  { recordedAt }: StoredEvent,
  { message: detail }: UndecodableEvent,
  quality: StreamQuality = DEFAULT_QUALITY,
): SessionLogEntry => ({ occurredAt: recordedAt, recordedAt, type: 'UNREADABLE', quality, detail });

/** Lists what an event says beside its members in the API. No id is among it. */
function detailsOf({ type, data }: PlaybackEvent): readonly string[] {
  const { label, errorCode, startupMs, playedFromMs, playedToMs, mediaDurationMs } = data;
  return [
    ...(type === 'session_end' ? [data.reason] : []),
    ...(errorCode === undefined ? [] : [errorCode]),
    ...(label === undefined ? [] : [`quality ${label}`]),
    ...(startupMs === undefined ? [] : [`started after ${inSeconds(startupMs)}`]),
    ...(playedFromMs === undefined || playedToMs === undefined
      ? []
      : [`showed ${inSeconds(playedFromMs)} to ${inSeconds(playedToMs)}`]),
    ...(mediaDurationMs === undefined ? [] : [`title of ${inSeconds(mediaDurationMs)}`]),
  ];
}

const inSeconds = (ms: number): string => `${String(ms / SECOND_MS)} s`;
