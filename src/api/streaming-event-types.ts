import type { PlainPlaybackType } from '../domain/event.js';

/** The event types of the API, and the types that they are stored as. */
export const STREAMING_EVENT_TYPES = {
  SESSION_START: 'session_start',
  SESSION_END: 'session_end',
  REBUFFER_START: 'rebuffer_start',
  REBUFFER_END: 'rebuffer_end',
  BUFFERING: 'buffering',
  QUALITY_CHANGED: 'quality_changed',
  HEARTBEAT: 'heartbeat',
  PLAYBACK_ERROR: 'playback_error',
  MANIFEST_GENERATED: 'manifest_generated',
  PLAY_REQUESTED: 'play_requested',
  PAUSED: 'paused',
  RESUMED: 'resumed',
  SEEKED: 'seeked',
  DELIVERED: 'delivered',
} as const satisfies Readonly<Record<string, PlainPlaybackType | 'session_end'>>;
export type StreamingEventType = keyof typeof STREAMING_EVENT_TYPES;
