import type { CarriedSession } from './event.js';
import { FingerprintSet } from './fingerprint-set.js';
import { DEFAULT_QUALITY } from './quality.js';

/** One playback session: which views it holds, whether one is under way, what it has seen. */
export interface PlaybackSession extends CarriedSession {
  readonly eventIds: FingerprintSet;
  /** How many events its present stream holds, and event ids all those before. */
  readonly chapter: { readonly events: number; readonly idsBefore: number };
}

export const NEW_SESSION: PlaybackSession = {
  eventIds: FingerprintSet.EMPTY,
  phase: 'new',
  viewCount: 0,
  uncompletedViews: [],
  earlyEnds: 0,
  quality: DEFAULT_QUALITY,
  lastOccurredAt: 0,
  lastRecordedAt: 0,
  chapter: { events: 0, idsBefore: 0 },
};
