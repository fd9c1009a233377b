import type { Binary, Collection, Db } from 'mongodb';
import type { FoldSettings, ProjectionName, Totals } from '../../../ports/projection.js';
import {
  NO_PROGRESS,
  type GenerationPlace,
  type GenerationProgress,
  type GenerationRecord,
  type GenerationState,
  type ProjectionVersion,
  type RebuildOutcome,
} from '../../../ports/read-model/generation.js';

/**
 * One generation: its progress, its owner, and whether queries read it. Nodes of release 0.1.0 read
 * and write the same records; fields that they do not know may be absent or older.
 */
export interface StoredGeneration {
  /** The id, also the name of the collection that holds its documents. */
  readonly _id: string;
  /** The projection and version. A unique index lets at most one generation of a model serve. */
  readonly model: string;
  readonly projection: ProjectionName;
  readonly version: number;
  readonly number: number;
  /** Unknown to 0.1.0. */
  readonly identity?: string | null;
  readonly storeId: string;
  /** Unknown to 0.1.0. */
  readonly settings?: FoldSettings;
  readonly checkpoint: number;
  /** Unknown to 0.1.0: the event at the checkpoint, if its position is the checkpoint. */
  readonly checkpointEvent?: { readonly position: number; readonly id?: string };
  readonly totals: Totals;
  readonly progress: GenerationProgress;
  readonly servesFrom: number;
  /** The owner of the claim, which lasts or lasted until `expiresAt`, by the server's clock. */
  readonly owner: string | null;
  readonly expiresAt: Date;
  /** The id of the session with the owner's transactions; null after a release. */
  readonly session: Binary | null;
  readonly fence: number;
  /** Queries read the generation; absent otherwise. */
  readonly serves?: true;
  /** The generation is built beside the serving one, since `startedAt`; absent otherwise. */
  readonly fills?: true;
  /** The generation is ready. */
  readonly isOffered?: boolean;
  readonly startedAt?: Date;
  /** Queries read the generation until then. */
  readonly replacedAt?: Date;
  /** The generation is removed; absent otherwise. */
  readonly isGoing?: true;
  /** Unknown to 0.1.0: the time at which the generation came into its state. */
  readonly since?: Date;
  readonly isRetryWanted?: boolean;
  /** Unknown to 0.1.0: the number of times that a retry was wanted. */
  readonly retries?: number;
  /** Documents that retired before this time may be gone, epoch milliseconds; absent: none. */
  readonly retiredBefore?: number;
  /** Unknown to 0.1.0. */
  readonly collections?: KnownPlace;
}

/** The collections of a generation at its making, or when a newer release first took it over. */
export interface KnownPlace {
  /** The UUIDs of the collections; null where there was none. */
  readonly documents: string | null;
  readonly parked: string | null;
  /** The names of the indexes of the documents. */
  readonly indexes: readonly string[];
}

/** The outcome of the last rebuild of a model. */
export interface OutcomeRecord extends RebuildOutcome {
  readonly _id: string;
}

/** Names a projection in one version, which queries ask for. */
export const modelOf = ({ projection, version }: ProjectionVersion): string =>
  `${projection}.v${String(version)}`;

export const idOf = (place: GenerationPlace): string =>
  `${modelOf(place)}.g${String(place.number)}`;

/** Reads the generation from the name of the collection of its documents. */
export function placeIn(name: string): GenerationPlace | undefined {
  const [, projection, version, number] = /^(.+)\.v(\d+)\.g(\d+)$/.exec(name) ?? [];
  if (projection === undefined) return undefined;
  const numbers = { version: Number(version), number: Number(number) };
  return { projection: projection as ProjectionName, ...numbers };
}

export const generationsIn = (database: Db): Collection<StoredGeneration> =>
  database.collection('generations');

export const outcomesIn = (database: Db): Collection<OutcomeRecord> =>
  database.collection('rebuilds');

/** Works out the state of a record on the server. */
export const STATE = {
  $switch: {
    branches: [
      { case: '$isGoing', then: 'removed' },
      { case: '$serves', then: 'serving' },
      { case: { $and: ['$fills', '$isOffered'] }, then: 'ready' },
      { case: '$fills', then: 'building' },
      { case: '$replacedAt', then: 'retired' },
    ],
    default: 'removed',
  },
};

/** A record as of one moment of the server's clock. */
export interface FoundGeneration extends StoredGeneration {
  readonly state: GenerationState;
  readonly now: Date;
}

/** Makes a record as one of the owners sees it. */
export function toRecord(
  found: FoundGeneration,
  { seenBy, fault }: { readonly seenBy: string; readonly fault: string | undefined },
): GenerationRecord {
  const { projection, version, number, storeId, checkpoint, totals, fence } = found;
  const {
    settings = {},
    checkpointEvent,
    progress,
    state,
    servesFrom,
    owner,
    isRetryWanted = false,
  } = found;
  const [now, expiresAt] = [found.now.getTime(), found.expiresAt.getTime()];
  // 0.1.0 writes only the last two; the latest time that is there was written last.
  const times = [found.since, found.startedAt, found.replacedAt];
  const since = Math.max(0, ...times.map((time) => time?.getTime() ?? 0));
  return {
    ...{ projection, version, number, storeId, settings, checkpoint, totals, fence },
    identity: found.identity ?? undefined,
    checkpointId: checkpointEvent?.position === checkpoint ? checkpointEvent.id : undefined,
    ...NO_PROGRESS,
    ...progress,
    ...{ state, since, ageMs: now - since, unusedMs: now - Math.max(expiresAt, since) },
    servesFrom,
    isTaken: owner !== seenBy && expiresAt > now,
    owner: owner ?? undefined,
    isRetryWanted,
    retriesWanted: found.retries ?? 0,
    fault,
  };
}
