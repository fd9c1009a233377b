import { LOG_START } from '../event-store.js';
import type { Landmark } from '../log-past.js';
import type { FoldSettings, Projection, ProjectionName, Totals } from '../projection.js';

/** One build of a read model, as its owner knows it. */
export interface Generation extends GenerationPlace {
  /**
   * Drawn when the generation is made, and with every claim: after a database was put back, the
   * same place may hold another generation, and the same fence may be another claim's. Undefined if
   * an older release made the generation, until it is acquired.
   */
  readonly identity: string | undefined;
  /** The log that the generation was folded from. */
  readonly storeId: string;
  /** The settings that every node folds it with; none if an older release made it. */
  readonly settings: FoldSettings;
  /** The position of the last event that the documents hold. */
  readonly checkpoint: number;
  /** The id of that event, which tells another past of the log; undefined if not known. */
  readonly checkpointId: string | undefined;
  /**
   * Sums over all documents that were ever folded, and `folds`, the number of times that an event
   * was folded into a document. Retention takes nothing off.
   */
  readonly totals: Totals;
  /** Rises with every claim; the store refuses a write under an earlier fence. */
  readonly fence: number;
}

/** A projection in one version: what generations are builds of. */
export interface ProjectionVersion {
  readonly projection: ProjectionName;
  readonly version: number;
}

/** The request for a new generation. */
export interface GenerationSpec extends ProjectionVersion {
  readonly storeId: string;
  readonly indexes: readonly string[];
  /** The settings to fold the generation with, for as long as it exists. */
  readonly settings: FoldSettings;
}

/** Returns the request for a generation of a projection, folded from a log. */
export const specOf = (
  { name, version, indexes, settings = {} }: Projection,
  storeId: string,
): GenerationSpec => ({ projection: name, version, storeId, indexes, settings });

/** The place of a generation: its number rises with every new one of the projection. */
export interface GenerationPlace extends ProjectionVersion {
  readonly number: number;
}

/** The progress of a generation as its owner states it. All other nodes rely on it. */
export interface GenerationProgress {
  /** The owner has looked at everything up to here; never below the checkpoint. */
  readonly scanned: number;
  /**
   * The last event of Playhead's up to there. While the log has that event, it has everything
   * before it that the owner has looked at. Undefined if no owner noted it: then only the
   * checkpoint tells.
   */
  readonly seen?: Landmark | undefined;
  /** The time when the oldest event not applied was recorded, epoch ms; undefined at the head. */
  readonly behindSince: number | undefined;
  /** Says whether the owner cannot go on. */
  readonly isStopped: boolean;
  /** The number of events that wait to be tried again. */
  readonly parkedEvents: number;
  /** The time at which the last event was applied, epoch milliseconds. */
  readonly appliedAt: number | undefined;
  /** The number of the log's events that the owner has looked at. */
  readonly eventsSeen: number;
}

/** The progress of a generation for which nobody has looked at the log yet. */
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
 * read it before, and it may be brought back. `removed`: nobody may use it, and its documents are
 * to be deleted.
 */
export type GenerationState = 'building' | 'ready' | 'serving' | 'retired' | 'removed';

/** A generation as a store knows it. */
export interface GenerationRecord extends Generation, GenerationProgress {
  readonly state: GenerationState;
  /** The time at which the generation came into its state, by the store's clock, epoch ms. */
  readonly since: number;
  /** The time in milliseconds since then, by the store's clock. */
  readonly ageMs: number;
  /** The time in milliseconds for which nobody has had a claim on it, by the store's clock. */
  readonly unusedMs: number;
  /**
   * The position that the generation has to scan before queries may read it: the end of the log at
   * its start. Undefined if a crash of the machine may have undone commits; then the present end of
   * the log counts.
   */
  readonly servesFrom: number | undefined;
  /** Says whether another writer has a claim that has not run out, by the store's clock. */
  readonly isTaken: boolean;
  /** The node that has or had the last claim. */
  readonly owner: string | undefined;
  /** Says whether somebody wants its parked events to be tried again. */
  readonly isRetryWanted: boolean;
  /** The number of times that somebody wanted that. */
  readonly retriesWanted: number;
  /**
   * The fault of its stored documents: they are gone, replaced or damaged. Undefined if there is
   * none.
   */
  readonly fault: string | undefined;
}

/** The end of a rebuild. */
export interface RebuildOutcome {
  readonly kind: 'switched' | 'failed' | 'cancelled';
  /** Epoch milliseconds. */
  readonly at: number;
  /** A sentence that says what was compared, or why the rebuild failed. */
  readonly detail: string;
}

/** The state of the rebuild of a projection and version. */
export interface RebuildStatus {
  /** The generation that is built beside the serving one. */
  readonly building: GenerationRecord | undefined;
  /** The outcome of the last rebuild. */
  readonly outcome: RebuildOutcome | undefined;
  /** Says whether the generation before the serving one is still kept. */
  readonly hasPrevious: boolean;
}

/** Another writer has changed the generation, so that what was loaded is outdated. */
export class CheckpointMoved extends Error {
  constructor({ projection, number, checkpoint }: Generation) {
    super(`${projection}, generation ${String(number)} is no longer at ${String(checkpoint)}`);
    this.name = 'CheckpointMoved';
  }
}
