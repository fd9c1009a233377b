/** The schema types of read models: their progress, parked events and verifications. */

import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { Freshness as FreshnessNow } from '../../queries/freshness.query.js';
import type { PositionTokens } from '../position-tokens.js';
import { ProjectionStateEnum, RebuildOutcomeEnum } from './enums.js';
import { Duration, SafeInt, Time } from './scalars.js';

@ObjectType()
export class RebuildEnd {
  @Field(() => RebuildOutcomeEnum)
  outcome!: string;

  @Field(() => Time)
  at!: number;

  @Field(() => String, {
    description: 'The server says here how the totals changed, or why nothing did.',
  })
  detail!: string;
}

@ObjectType()
export class ProjectionStatus {
  @Field(() => String)
  name!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => ProjectionStateEnum)
  state!: string;

  @Field(() => String, { description: 'Everything up to here has been looked at.' })
  position!: string;

  @Field(() => Float, {
    description: 'The age of the oldest event not applied; 0 if there is none.',
  })
  lagSeconds!: number;

  @Field(() => SafeInt, { nullable: true, description: 'Null where the store cannot count.' })
  lagEvents?: number | undefined;

  @Field(() => Int, { description: 'Events that wait to be tried again.' })
  parkedEvents!: number;

  @Field(() => Float, { nullable: true, description: '0 to 1; null when none runs.' })
  rebuildProgress?: number | undefined;

  @Field(() => Float, { nullable: true, description: 'Since it began; null when none runs.' })
  rebuildEventsPerSecond?: number | undefined;

  @Field(() => Duration, {
    nullable: true,
    description: 'The time that the rebuild still takes at its rate so far; null when none runs.',
  })
  rebuildTimeLeft?: number | undefined;

  @Field(() => RebuildEnd, {
    nullable: true,
    description: 'The end that the last rebuild came to.',
  })
  lastRebuild?: RebuildEnd | undefined;

  @Field(() => Boolean, {
    description: 'True while the server keeps the read model before this one.',
  })
  canRollBack!: boolean;

  @Field(() => Int, { nullable: true, description: 'The number of the build that queries read.' })
  generation?: number | undefined;

  @Field(() => String, { nullable: true, description: 'The node that folds it, of several.' })
  owner?: string | undefined;

  @Field(() => Time, {
    nullable: true,
    description: 'The time at which the read model last took in an event.',
  })
  lastAppliedAt?: number | undefined;
}

@ObjectType()
export class Freshness {
  @Field(() => String, {
    description: 'Everything up to here has been looked at; for the header read-after of a query.',
  })
  position!: string;

  @Field(() => Time, { description: 'Every event that was recorded before is in the answers.' })
  asOf!: number;

  @Field(() => Float, {
    description: 'The age of the oldest event not applied; 0 if there is none.',
  })
  lagSeconds!: number;

  @Field(() => SafeInt, { nullable: true, description: 'Null where the store cannot count.' })
  lagEvents?: number | undefined;

  @Field(() => Int, { description: 'Events that wait to be tried again.' })
  parkedEvents!: number;

  @Field(() => [String], { description: 'The read models that no longer advance.' })
  stopped!: readonly string[];
}

/** Returns the freshness as clients are told of it. */
export const toldFreshness = (
  { position, ...rest }: FreshnessNow,
  tokens: PositionTokens,
): Freshness => ({ ...rest, position: tokens.encode(position) });

@ObjectType()
export class ParkedEvent {
  @Field(() => ID, { description: 'For skipParkedEvent.' })
  id!: string;

  @Field(() => String, { description: 'The place of the event in the log.' })
  position!: string;

  @Field(() => SafeInt, {
    description: 'The same as a number: so health, metrics, logs and extensions.parked name it.',
  })
  logPosition!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The document that could not take it; null if the event could not be read.',
  })
  document?: string | undefined;

  @Field(() => String)
  reason!: string;

  @Field(() => Time)
  parkedAt!: number;

  @Field(() => String, { nullable: true, description: 'Why it was given up; null if it waits.' })
  skipped?: string | undefined;
}

@ObjectType()
export class DocumentDifference {
  @Field(() => String)
  document!: string;

  @Field(() => String, {
    nullable: true,
    description: 'As the log says, in JSON, cut after 2,000 characters; null if there is none.',
  })
  expected?: string | undefined;

  @Field(() => String, { nullable: true, description: 'As it is, likewise.' })
  found?: string | undefined;

  @Field(() => [String], { description: 'The places of its events in the log: the first 100.' })
  positions!: string[];

  @Field(() => Boolean, { description: 'True if the document has more events than those.' })
  isCut!: boolean;
}

@ObjectType()
export class VerificationReport {
  @Field(() => String)
  name!: string;

  @Field(() => Int)
  version!: number;

  @Field(() => String, { description: 'Both were compared as they are at this place of the log.' })
  position!: string;

  @Field(() => SafeInt, { description: 'Compared.' })
  documents!: number;

  @Field(() => SafeInt, { description: 'Not as the log says, though nothing of theirs is parked.' })
  differing!: number;

  @Field(() => SafeInt, { description: 'Not as the log says, since events of theirs are parked.' })
  parked!: number;

  @Field(() => DocumentDifference, {
    nullable: true,
    description: 'The first document that differs, in the order of keys.',
  })
  first?: DocumentDifference | undefined;
}
