import { isWatched, type PlaybackEvent, type PlaybackState } from '../event.js';

/** The state that events of a type bring about, whatever was before. */
const STATE_AFTER: Partial<Record<PlaybackEvent['type'], PlaybackState>> = {
  play_requested: 'STARTING',
  session_start: 'PLAYING',
  resumed: 'PLAYING',
  rebuffer_start: 'STALLED',
  rebuffer_end: 'PLAYING',
  buffering: 'PLAYING',
  paused: 'PAUSED',
};

/**
 * Returns the state after an event, by arrival. An event of another type says that its player plays
 * if it was watched since the last one: the pulse of a paused player says nothing, nor does an
 * error.
 */
export function stateAfter(
  state: PlaybackState,
  { type, data: { durationMs = 0, state: stated } }: PlaybackEvent,
): PlaybackState {
  const hasPlayed = type !== 'playback_error' && isWatched(type) && durationMs > 0;
  return stated ?? STATE_AFTER[type] ?? (hasPlayed ? 'PLAYING' : state);
}
