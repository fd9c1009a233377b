import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import { isPlaybackEvent, type PlaybackEvent, type Recorded } from '../domain/event.js';
import { DEFAULT_QUALITY } from '../domain/quality.js';
import { SECOND_MS } from '../domain/time.js';
import type { EventLog, StoredEvent } from '../ports/event-store.js';
import type { SessionLog, SessionLogEntry } from '../ports/session-log.js';
import type { StreamNames } from './stream-names.js';

/** Reads the streams of sessions. */
export class StoredSessionLog implements SessionLog {
  constructor(
    private readonly log: EventLog,
    private readonly names: StreamNames,
  ) {}

  async entries(
    mediaId: string,
    sessionId: string,
    view: number,
  ): Promise<readonly SessionLogEntry[]> {
    const entries: SessionLogEntry[] = [];
    for (let chapter = 0; ; chapter += 1) {
      const stored = await this.log.readStream(this.names.playback(mediaId, sessionId, chapter));
      // A session ends in the last of its streams.
      if (stored.length === 0) return entries;
      for (const one of stored) {
        const entry = entryOf(one, view, entries.at(-1));
        if (entry !== undefined) entries.push(entry);
      }
    }
  }
}

/** Returns the entry of an event; undefined where it is of another view, or says nothing of any. */
function entryOf(
  stored: StoredEvent,
  view: number,
  before: SessionLogEntry | undefined,
): SessionLogEntry | undefined {
  try {
    const event = decodeEvent(stored);
    if (!isPlaybackEvent(event) || (event.data.view ?? 0) !== view) return undefined;
    return shown(event);
  } catch (error) {
    if (!(error instanceof UndecodableEvent)) throw error;
    // Of which view it is nobody knows: it is shown in each.
    const { recordedAt } = stored;
    const quality = before?.quality ?? DEFAULT_QUALITY;
    return {
      occurredAt: recordedAt,
      recordedAt,
      type: 'UNREADABLE',
      quality,
      detail: error.message,
    };
  }
}

function shown(event: Recorded<PlaybackEvent>): SessionLogEntry {
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
