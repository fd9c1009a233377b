import { decodeEvent, UndecodableEvent } from '../domain/event-codec.js';
import { isPlaybackEvent } from '../domain/event.js';
import type { EventLog, StoredEvent } from '../ports/event-store.js';
import type { SessionLog, SessionLogEntry } from '../ports/session-log.js';
import { toLogEntry, toUnreadableEntry, withEntry } from './log-entry.js';
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
      for (const event of stored) {
        const entry = entryOf(event, view, entries.at(-1));
        if (entry !== undefined) withEntry(entries, entry);
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
    return toLogEntry(event);
  } catch (error) {
    if (!(error instanceof UndecodableEvent)) throw error;
    // Of which view it is nobody knows: it is shown in each.
    return toUnreadableEntry(stored, error, before?.quality);
  }
}
