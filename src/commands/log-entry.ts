import type { UndecodableEvent } from '../domain/event-codec.js';
import type { CdnView, PlaybackEvent, Recorded } from '../domain/event.js';
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

/** The type of the entry at which what a CDN's log had shown of the view gives way. */
const WITHDRAWAL = 'VIEW_WITHDRAWN';

/** The type of the entry for an event that cannot be read. */
const UNREADABLE = 'UNREADABLE';

/** The types that stay: bytes are the log's on, and what nobody can read may be anything. */
const STAYING: ReadonlySet<string> = new Set(['DELIVERED', UNREADABLE]);

/**
 * Adds an entry to those of its view. Before a withdrawal there is nothing of a player: all but
 * what was delivered was the log's, the timeout of its view included.
 */
export function withEntry(entries: SessionLogEntry[], entry: SessionLogEntry): void {
  if (entry.type === WITHDRAWAL) {
    for (const [i, before] of entries.entries()) {
      if (!STAYING.has(before.type)) entries[i] = { ...before, isWithdrawn: true };
    }
  }
  entries.push(entry);
}

/** Makes the entry for an event that cannot be read. */
export const toUnreadableEntry = (
  { recordedAt }: StoredEvent,
  { message: detail }: UndecodableEvent,
  quality: StreamQuality = DEFAULT_QUALITY,
): SessionLogEntry => ({ occurredAt: recordedAt, recordedAt, type: UNREADABLE, quality, detail });

/** Lists what an event says beside its members in the API. No id is among it. */
function detailsOf(event: PlaybackEvent): readonly string[] {
  const { data } = event;
  const { label, errorCode, startupMs, playedFromMs, playedToMs, mediaDurationMs } = data;
  return [
    ...(event.type === 'session_end' ? [event.data.reason] : []),
    ...(event.type === 'view_withdrawn' ? [withdrawnIn(event.data.withdrawn)] : []),
    ...(errorCode === undefined ? [] : [errorCode]),
    ...(label === undefined ? [] : [`quality ${label}`]),
    ...(startupMs === undefined ? [] : [`started after ${inSeconds(startupMs)}`]),
    ...(playedFromMs === undefined || playedToMs === undefined
      ? []
      : [`showed ${inSeconds(playedFromMs)} to ${inSeconds(playedToMs)}`]),
    ...(mediaDurationMs === undefined ? [] : [`title of ${inSeconds(mediaDurationMs)}`]),
  ];
}

/** Says what gives way to the player. */
function withdrawnIn({ start, parts }: CdnView): string {
  const watchedMs = parts.reduce((sum, part) => sum + part.watchedMs, 0);
  const stalls = parts.reduce((sum, part) => sum + part.stalls, 0);
  const what = start === undefined ? 'what a log of a CDN showed' : 'a view in a log of a CDN';
  return `${what}, ${inSeconds(watchedMs)} watched, stalls: ${String(stalls)}`;
}

const inSeconds = (ms: number): string => `${String(ms / SECOND_MS)} s`;
