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
/** The state of a session: the present one, or the way it ended. */
export type SessionState = (typeof SESSION_STATES)[number];

/** The state after an event of a type, whatever the state was before. */
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
 * Returns the state after an event, by arrival. An event whose type tells no state means PLAYING if
 * it has watched time. Heartbeats of a paused player, and errors, leave the state as it is.
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

/** Returns the state of a session after an event; undefined if the event alone does not tell it. */
export const stateIn = (event: PlaybackEvent): SessionState | undefined =>
  event.type === 'session_end' ? stateAtEnd(event.data.reason) : stateToldBy(event);
