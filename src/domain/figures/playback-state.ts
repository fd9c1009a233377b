import {
  isWatched,
  PLAYBACK_STATES,
  type PlaybackEvent,
  type PlaybackState,
  type SessionEndReason,
} from '../event.js';

export const SESSION_STATES = [
  ...PLAYBACK_STATES,
  ...(['ENDED', 'QUIT', 'FAILED', 'TIMED_OUT'] as const),
] as const;
/** What a session does, or how it ended. */
export type SessionState = (typeof SESSION_STATES)[number];

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
export const stateAfter = (state: PlaybackState, event: PlaybackEvent): PlaybackState =>
  stateToldBy(event) ?? state;

function stateToldBy({
  type,
  data: { durationMs = 0, state: stated },
}: PlaybackEvent): PlaybackState | undefined {
  const hasPlayed = type !== 'playback_error' && isWatched(type) && durationMs > 0;
  return stated ?? STATE_AFTER[type] ?? (hasPlayed ? 'PLAYING' : undefined);
}

/** Returns the state of a session that is over. */
export const stateAtEnd = (reason: SessionEndReason): SessionState =>
  reason === 'TIMEOUT' ? 'TIMED_OUT' : reason;

/** Returns what a session does after an event, as far as the event tells by itself. */
export const stateIn = (event: PlaybackEvent): SessionState | undefined =>
  event.type === 'session_end' ? stateAtEnd(event.data.reason) : stateToldBy(event);
