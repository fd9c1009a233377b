import { Float, Int } from '@nestjs/graphql';
import type { CountedEvents } from '../../telemetry/ingest-counts.js';
import type { Role } from '../access/key-ring.js';
import { objectType } from './object-type.js';
import { SafeInt, Time } from './scalars.js';

/** The facts about a server that clients need, as its operator set them. */
export interface ServerFacts {
  readonly version: string;
  readonly customDimensions: readonly string[];
  /** In USD. */
  readonly egressPricePerGib: number;
  readonly qualifiedViewSeconds: number;
  readonly liveWindowSeconds: number;
  /** Undefined if everything is kept. */
  readonly retentionDays: number | undefined;
}

export const SERVER_FACTS = Symbol('ServerFacts');

/** A server as one caller sees it. */
export interface Server extends ServerFacts {
  readonly role: Role;
  /** Epoch milliseconds; undefined before any event. */
  readonly firstEventAt: number | undefined;
}

export const ServerType = objectType<Server>('Server', {
  version: [() => String],
  role: [
    () => String,
    {
      description: 'The roles that your key has: ingest, read, or admin, which may do everything.',
    },
  ],
  customDimensions: [
    () => [String],
    { description: 'The names of custom1, custom2 and custom3, in this order.' },
  ],
  egressPricePerGib: [() => Float, { description: 'USD.' }],
  qualifiedViewSeconds: [() => Float],
  liveWindowSeconds: [() => Int],
  retentionDays: [() => Int, { nullable: true, description: 'Null: everything is kept.' }],
  firstEventAt: [
    () => Time,
    {
      nullable: true,
      description: 'The time of the earliest event of any title, or of its registration.',
    },
  ],
});

const RefusedCountType = objectType<CountedEvents['refused'][number]>('RefusedCount', {
  reason: [() => String, { description: 'invalid, batch, store or bot.' }],
  count: [() => SafeInt],
});

export const IngestCountsType = objectType<CountedEvents>('IngestCounts', {
  accepted: [() => SafeInt],
  duplicates: [() => SafeInt],
  refused: [() => [RefusedCountType], { description: 'By reason, those without any too.' }],
  perSecond: [() => Float, { description: 'Accepted, over the last minute.' }],
});
