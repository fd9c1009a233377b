/** The schema types of what players and administrators send. */

import { Field, ID, InputType, Int } from '@nestjs/graphql';
import type { DeviceType } from '../../domain/session-context.js';
import type { StreamQuality } from '../../domain/quality.js';
import type { ReportFields } from '../report-fields.js';
import type { StreamingEventType } from '../streaming-event-types.js';
import {
  DeviceTypeEnum,
  SessionEndReasonEnum,
  StreamingEventTypeEnum,
  StreamQualityEnum,
} from './enums.js';
import { Duration, SafeInt, Time } from './scalars.js';

@InputType({
  description:
    'The circumstances of a session, as its player knows them. Longer texts than 200 characters ' +
    'are cut, and what is none of its kind counts as not stated.',
})
export class SessionContextInput {
  @Field(() => DeviceTypeEnum, { nullable: true })
  device?: DeviceType | null;

  @Field(() => String, { nullable: true })
  os?: string | null;

  @Field(() => String, { nullable: true })
  browser?: string | null;

  @Field(() => String, { nullable: true, description: 'Such as hls.js 1.7.4.' })
  player?: string | null;

  @Field(() => String, { nullable: true, description: 'Such as MyApp 2.3.' })
  app?: string | null;

  @Field(() => String, { nullable: true })
  cdn?: string | null;

  @Field(() => String, { nullable: true, description: 'ISO 3166-1 alpha-2.' })
  country?: string | null;

  @Field(() => String, { nullable: true, description: 'The host that led to the page.' })
  referrer?: string | null;

  @Field(() => String, { nullable: true, description: 'Host and path of the page.' })
  page?: string | null;

  @Field(() => Boolean, { nullable: true })
  live?: boolean | null;

  @Field(() => String, { nullable: true })
  custom1?: string | null;

  @Field(() => String, { nullable: true })
  custom2?: string | null;

  @Field(() => String, { nullable: true })
  custom3?: string | null;
}

@InputType({ description: 'A report of a player about one moment of a session.' })
export class StreamingEventInput implements ReportFields {
  @Field(() => ID, { description: '1 to 200 characters.' })
  mediaId!: string;

  @Field(() => StreamingEventTypeEnum)
  eventType!: StreamingEventType;

  @Field(() => ID, {
    nullable: true,
    description: 'The idempotency key within the session; without one each send is a new event.',
  })
  eventId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Unset: the implicit session of media, viewer and UTC day; anonymous: one of its own.',
  })
  sessionId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Stored as a keyed hash only. Unset: anonymous, not among uniqueViewers.',
  })
  userId?: string | null;

  @Field(() => SessionEndReasonEnum, {
    nullable: true,
    description: 'Of a SESSION_END; unset: ENDED. QUIT and FAILED do not complete the view.',
  })
  endReason?: 'ENDED' | 'QUIT' | 'FAILED' | null;

  @Field(() => String, {
    nullable: true,
    description: 'A StreamQuality, or a label such as 720p, 1920x1080 or 4k; 1 to 40 characters.',
  })
  quality?: string | null;

  @Field(() => Duration, {
    nullable: true,
    description:
      "Watched since the session's last event (stalled: REBUFFER_END, BUFFERING). 0 to 86,400.",
  })
  duration?: number | null;

  @Field(() => SafeInt, {
    nullable: true,
    description: "Bytes loaded since the session's last event, 0 to 2^40.",
  })
  bytesLoaded?: number | null;

  @Field(() => Time, {
    nullable: true,
    description:
      "By the player's clock; unset: now. At most 5 minutes ahead (stored as now), 31 days behind.",
  })
  occurredAt?: number | null;

  @Field(() => Time, {
    nullable: true,
    description:
      "The player's clock when sending, anew at each try; occurredAt is shifted by what it is off.",
  })
  sentAt?: number | null;

  @Field(() => SessionContextInput, {
    nullable: true,
    description: 'Of each member, the first stated value holds for the session.',
  })
  context?: SessionContextInput | null;

  @Field(() => Duration, {
    nullable: true,
    description:
      "The title's length as the player knows it, at most 31 days; not live. The first one holds.",
  })
  mediaDuration?: number | null;

  @Field(() => Duration, {
    nullable: true,
    description: 'Of a SESSION_START: from the wish to play to the first frame, 0 to 600.',
  })
  startupTime?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of a PLAYBACK_ERROR, or a SESSION_END with FAILED; 1 to 64 characters.',
  })
  errorCode?: string | null;

  @Field(() => Duration, {
    nullable: true,
    description: "The stretch of the title shown since the session's last event; with playedTo.",
  })
  playedFrom?: number | null;

  @Field(() => Duration, { nullable: true, description: 'Its end, which is not part of it.' })
  playedTo?: number | null;
}

@InputType({ description: 'A summary of a view, in place of its events.' })
export class StreamingQualityInput {
  @Field(() => ID)
  mediaId!: string;

  @Field(() => StreamQualityEnum)
  quality!: StreamQuality;

  @Field(() => Int, { description: '0 to 10,000.' })
  bufferingEvents!: number;

  @Field(() => Int, { description: 'Seconds, 0 to 86,400.' })
  watchTime!: number;

  @Field(() => ID, {
    nullable: true,
    description: 'Repeated with it for the same media item it counts once; unset: it is a new one.',
  })
  reportId?: string | null;
}

@InputType({ description: 'The description of a media item.' })
export class MediaInput {
  @Field(() => ID)
  mediaId!: string;

  @Field(() => String, { description: '1 to 500 characters.' })
  title!: string;

  @Field(() => String, {
    nullable: true,
    description: 'An http(s) URL of at most 2,000 characters.',
  })
  thumbnail?: string | null;

  @Field(() => Duration, { nullable: true, description: 'At most 31 days.' })
  duration?: number | null;
}
