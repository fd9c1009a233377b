import { ID } from '@nestjs/graphql';
import type { SessionState } from '../../domain/figures/playback-state.js';
import type { TimelineEntry } from '../../queries/sessions/timeline.query.js';
import { SessionStateEnum, StreamQualityEnum } from './enums.js';
import { objectType } from './object-type.js';
import { Duration, SafeInt, Time } from './scalars.js';

/** An event of any session. */
export interface RecordedEvent {
  /** Opaque; no other event has it. */
  readonly position: string;
  readonly mediaId: string | null;
  readonly sessionId: string | null;
  /** The keyed hash of the user's id. */
  readonly viewer: string | null;
  readonly state: SessionState | null;
  readonly entry: TimelineEntry;
}

export const TimelineEntryType = objectType<TimelineEntry>('TimelineEntry', {
  at: [() => Time, { description: 'The time at which the event occurred.' }],
  recordedAt: [() => Time],
  type: [
    () => String,
    { description: 'A StreamingEventType; UNREADABLE where nobody can read the event.' },
  ],
  quality: [() => StreamQualityEnum],
  duration: [() => Duration, { nullable: true }],
  bytes: [() => SafeInt, { nullable: true }],
  detail: [
    () => String,
    { nullable: true, description: 'The rest of what the event says, as text for people.' },
  ],
});

export const RecordedEventType = objectType<RecordedEvent>('RecordedEvent', {
  position: [() => String, { description: 'Opaque; no other event has it.' }],
  mediaId: [() => ID, { nullable: true, description: 'Null where nobody can read the event.' }],
  sessionId: [() => ID, { nullable: true, description: 'For admins.' }],
  viewer: [() => ID, { nullable: true, description: "The user's keyed hash; for admins." }],
  state: [
    () => SessionStateEnum,
    {
      nullable: true,
      description: 'The state that the session is in from here on, where the event tells it.',
    },
  ],
  entry: [() => TimelineEntryType],
});
