import { ArgsType, Field, Float, ID, Int } from '@nestjs/graphql';
import type { SessionContext } from '../../domain/session-context.js';
import type {
  Session,
  SessionConnection,
  SessionOrder,
} from '../../queries/sessions/sessions.query.js';
import { DeviceTypeEnum, SessionOrderEnum, SessionStateEnum, StreamQualityEnum } from './enums.js';
import { FilterInput, RangeInput } from './figure-inputs.js';
import { PageInfoType, StreamType } from './models.js';
import { objectType } from './object-type.js';
import { Cursor, Duration, SafeInt, Time } from './scalars.js';

/** The arguments of `sessions`. */
@ArgsType()
export class SessionsArgs {
  @Field(() => RangeInput)
  range!: RangeInput;

  @Field(() => [FilterInput], { nullable: true })
  filter?: readonly FilterInput[] | null;

  @Field(() => ID, { nullable: true, description: 'For admins.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'For admins.' })
  sessionId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Those that ended FAILED, or never became a view and had an error; or the others.',
  })
  failed?: boolean | null;

  @Field(() => Float, { nullable: true, description: '0 to 1; without watched time none has one.' })
  minRebufferRatio?: number | null;

  @Field(() => SessionOrderEnum, {
    defaultValue: 'STARTED',
    description: 'Descending, null last; equal ones by their start.',
  })
  orderBy!: SessionOrder;

  @Field(() => Int, { description: '1 to 100.' })
  first!: number;

  @Field(() => String, { nullable: true })
  after?: string | null;
}

const text = [() => String, { nullable: true }] as const;
const SessionContextType = objectType<SessionContext>('SessionContext', {
  device: [() => DeviceTypeEnum, { nullable: true }],
  os: text,
  browser: text,
  player: text,
  app: text,
  cdn: text,
  country: text,
  referrer: text,
  page: text,
  live: [() => Boolean, { nullable: true }],
  custom1: text,
  custom2: text,
  custom3: text,
});

export const SessionType = objectType<Session>('Session', {
  id: [() => ID, { description: 'Opaque; the same in every answer.' }],
  media: [() => StreamType],
  viewer: [() => ID, { nullable: true, description: "The user's keyed hash; for admins." }],
  sessionId: [() => ID, { nullable: true, description: 'For admins.' }],
  state: [() => SessionStateEnum],
  startedAt: [
    () => Time,
    { description: 'The time at which the first of its events to be stored occurred.' },
  ],
  lastAt: [
    () => Time,
    { description: 'The time at which the last of its events to be stored occurred.' },
  ],
  watchTime: [() => Duration, { nullable: true }],
  startupTime: [() => Duration, { nullable: true }],
  completed: [() => Boolean, { nullable: true, description: 'Null without a view.' }],
  stalls: [() => Int, { nullable: true }],
  stalledTime: [() => Duration, { nullable: true }],
  bytes: [() => SafeInt],
  quality: [() => StreamQualityEnum, { description: 'That of its start, else its first event.' }],
  errorCode: [() => String, { nullable: true, description: 'Of its failure, else its first.' }],
  context: [() => SessionContextType],
});

const SessionEdgeType = objectType<SessionConnection['edges'][number]>('SessionEdge', {
  node: [() => SessionType],
  cursor: [() => Cursor],
});

export const SessionConnectionType = objectType<SessionConnection>('SessionConnection', {
  edges: [() => [SessionEdgeType]],
  pageInfo: [() => PageInfoType],
});
