import type { CarriedSession } from './event.js';
import { FingerprintSet } from './fingerprint-set.js';
import { DEFAULT_QUALITY } from './quality.js';

/** A playback session: its views, whether one is under way, and the event ids that it has seen. */
export interface PlaybackSession extends CarriedSession {
  readonly eventIds: FingerprintSet;
  /** The number of events in its present stream, and of event ids in all streams before. */
  readonly chapter: { readonly events: number; readonly idsBefore: number };
}

/** Says whether a player has reported anything; a CDN's log does not count. */
export const hasReports = ({ eventIds, cdnEvents = 0, cmcd }: PlaybackSession): boolean =>
  eventIds.size > cdnEvents || cmcd !== undefined;

/** Says whether anything but bytes was told of a session. */
export const isHeardOf = ({ lastOccurredAt }: PlaybackSession): boolean => lastOccurredAt > 0;

export const NEW_SESSION: PlaybackSession = {
  eventIds: FingerprintSet.EMPTY,
  phase: 'new',
  viewCount: 0,
  view: 0,
  openViews: [],
  uncompletedViews: [],
  earlyEnds: 0,
  quality: DEFAULT_QUALITY,
  lastOccurredAt: 0,
  lastRecordedAt: 0,
  chapter: { events: 0, idsBefore: 0 },
};
