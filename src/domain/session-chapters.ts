import { toBase64 } from './base64.js';
import type { CarriedSession, ChapterClosed } from './event.js';
import type { PlaybackSession } from './session-state.js';

/** Returns a session whose present stream has no event yet. */
export function inNextChapter(
  session: CarriedSession & Pick<PlaybackSession, 'eventIds'>,
): PlaybackSession {
  const { eventIds } = session;
  return { ...carriedOf(session), eventIds, chapter: { events: 0, idsBefore: eventIds.size } };
}

function carriedOf(session: CarriedSession): CarriedSession {
  const { phase, viewCount, view, openViews, uncompletedViews, earlyEnds } = session;
  const { quality, lastOccurredAt, lastRecordedAt, known, cmcd } = session;
  const { cdnEvents, cdnView, bytesFrom } = session;
  return {
    ...{ phase, viewCount, view, openViews, uncompletedViews, earlyEnds },
    ...{ quality, lastOccurredAt, lastRecordedAt },
    ...(known !== undefined && { known }),
    ...(cmcd !== undefined && { cmcd }),
    ...(cdnEvents !== undefined && { cdnEvents }),
    ...(cdnView !== undefined && { cdnView }),
    ...(bytesFrom !== undefined && { bytesFrom }),
  };
}

/** The events at which a session's stream is closed; the session goes on in another stream. */
const CHAPTER_EVENTS = 5_000;
/** The most events of a stream that has CHAPTER_EVENTS_MIN, with those that come at once. */
const CHAPTER_EVENTS_MAX = 9_000;
const CHAPTER_EVENTS_MIN = 500;

/** The chapters of a session: its streams, of which all but the last are closed. */
export const sessionChapters = {
  /** Says whether the present stream is to be closed before a number of commands is decided on. */
  isFull({ chapter: { events } }: PlaybackSession, commands: number): boolean {
    const isMuch = events >= CHAPTER_EVENTS_MIN && events + commands > CHAPTER_EVENTS_MAX;
    return events >= CHAPTER_EVENTS || isMuch;
  },

  /** Returns the event that closes the present stream, and the session in the next stream. */
  close(
    session: PlaybackSession,
    { mediaId, sessionId }: { readonly mediaId: string; readonly sessionId: string },
    chapter: number,
  ): { readonly event: ChapterClosed; readonly state: PlaybackSession } {
    const fingerprints = toBase64(session.eventIds.packed(session.chapter.idsBefore));
    const data = { mediaId, sessionId, chapter, ...carriedOf(session), fingerprints };
    return { event: { type: 'chapter_closed', data }, state: inNextChapter(session) };
  },
};
