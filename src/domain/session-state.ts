import type { SessionPhase } from './event.js';
import { FingerprintSet } from './fingerprint-set.js';
import { DEFAULT_QUALITY, type StreamQuality } from './quality.js';

/** One playback session: which views it holds, whether one is under way, what it has seen. */
export interface PlaybackSession {
  readonly eventIds: FingerprintSet;
  readonly phase: SessionPhase;
  readonly viewCount: number;
  /** The starts of the latest views not completed, in order of arrival. */
  readonly uncompletedViews: readonly number[];
  /** Ends that came before the start of the view which they complete. */
  readonly earlyEnds: number;
  readonly quality: StreamQuality;
  readonly lastOccurredAt: number;
  readonly lastRecordedAt: number;
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
