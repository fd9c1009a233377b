import { LOG_START } from '../event-store.js';
import type { Projection, ProjectionName, Totals } from '../projection.js';

/** What a generation is made for. */
export interface GenerationSpec {
  readonly projection: ProjectionName;
  readonly version: number;
  readonly storeId: string;
  readonly indexes: readonly string[];
}

/** What a generation of a projection is made for, by the log that it is folded from. */
export const specOf = (
  { name, version, indexes }: Projection,
  storeId: string,
): GenerationSpec => ({ projection: name, version, storeId, indexes });

/** Which generation: its number rises with every new one of the projection. */
export interface GenerationPlace {
  readonly projection: ProjectionName;
  readonly version: number;
  readonly number: number;
}

/** One build of a read model, as its owner knows it. */
export interface Generation extends GenerationPlace {
  /**
   * Drawn when it is made, and with every claim: after a database was put back the same place may
   * hold another one, and the same fence may be another claim's. Undefined of one that an older
   * release made, until it is acquired.
   */
  readonly identity: string | undefined;
  /** The log that it was folded from. */
  readonly storeId: string;
  /** The last event of the log that its documents hold. */
  readonly checkpoint: number;
  /** The id of that event, by which another past of the log is known; undefined if not known. */
  readonly checkpointId: string | undefined;
  /**
   * Sums over all documents that were ever folded, and `folds`, the number of times that an event
   * was folded into a document. Retention takes nothing off.
   */
  readonly totals: Totals;
  /** Rises with every claim; what is written under an earlier one is refused. */
  readonly fence: number;
}

/** How far a generation's owner says that it is; every other node goes by it. */
export interface GenerationProgress {
  /** Everything up to here has been looked at; never below the checkpoint. */
  readonly scanned: number;
  /** When the oldest event not applied was recorded, epoch milliseconds; undefined at the head. */
  readonly behindSince: number | undefined;
  /** Whether its owner cannot go on. */
  readonly isStopped: boolean;
  /** How many events wait to be tried again. */
  readonly parkedEvents: number;
  /** When the last event was applied, epoch milliseconds. */
  readonly appliedAt: number | undefined;
  /** How many events of the log it has looked at. */
  readonly eventsSeen: number;
}

/** Of a generation that nobody has looked at the log for yet. */
export const NO_PROGRESS: GenerationProgress = {
  scanned: LOG_START,
  behindSince: undefined,
  isStopped: false,
  parkedEvents: 0,
  appliedAt: undefined,
  eventsSeen: 0,
};

/**
 * `building`: it is folded beside the serving one. `ready`: it has come to the end of the log, and
 * is to be folded together with the serving one. `serving`: queries read it. `retired`: queries
 * read it before, and it may be brought back. `removed`: nobody may use it, its place is to go.
 */
export type GenerationState = 'building' | 'ready' | 'serving' | 'retired' | 'removed';

/** What a store says of a generation. */
export interface GenerationRecord extends Generation, GenerationProgress {
  readonly state: GenerationState;
  /** When it came into that state, by the store's clock, epoch milliseconds. */
  readonly since: number;
  /** How long ago that was, by the store's clock. */
  readonly ageMs: number;
  /** For how long nobody has had a claim on it, by the store's clock. */
  readonly unusedMs: number;
  /**
   * Until it has scanned so far it does not hold what the log held when it began. Undefined where a
   * crash of the machine may have taken commits back: then that is to be asked of the log.
   */
  readonly servesFrom: number | undefined;
  /** Whether another writer has a claim that has not run out, by the store's clock. */
  readonly isTaken: boolean;
  /** The node that has, or had, the last claim. */
  readonly owner: string | undefined;
  /** Whether somebody wants its parked events to be tried again. */
  readonly isRetryWanted: boolean;
  /** How many times somebody wanted that. */
  readonly retriesWanted: number;
  /**
   * What is wrong with the place of its documents: it is gone, or another one, or damaged.
   * Undefined where nothing is.
   */
  readonly fault: string | undefined;
}

/** How a rebuild ended. */
export interface RebuildOutcome {
  readonly kind: 'switched' | 'failed' | 'cancelled';
  /** Epoch milliseconds. */
  readonly at: number;
  /** What was compared, or why it failed; a sentence. */
  readonly detail: string;
}

/** How the rebuild of a projection and version stands. */
export interface RebuildStatus {
  /** What is built beside the serving generation. */
  readonly building: GenerationRecord | undefined;
  /** How the last one ended. */
  readonly outcome: RebuildOutcome | undefined;
  /** Whether the generation before the serving one is still kept. */
  readonly hasPrevious: boolean;
}

/** Another writer has been at the generation: what was loaded is not what is there. */
export class CheckpointMoved extends Error {
  constructor({ projection, number, checkpoint }: Generation) {
    super(`${projection}, generation ${String(number)} is no longer at ${String(checkpoint)}`);
    this.name = 'CheckpointMoved';
  }
}
