import type { ParkedSummary } from './parked-summary.js';
import type { ProjectionName } from './projection.js';
import type { GenerationProgress, RebuildStatus } from './read-model/generation.js';

/** The calls by which the rest of the server asks how far the projections are. */
export interface ProjectionControl {
  progress(): readonly ProjectionProgress[];
  lag(): Promise<readonly ProjectionLag[]>;
  /**
   * Resolves once every named projection has passed a position and serves. Rejects with
   * READ_MODEL_BEHIND if that takes longer than the timeout, and at once if the position lies
   * beyond the end of the log.
   */
  passed(names: readonly ProjectionName[], position: number, timeoutMs: number): Promise<void>;
}

/** The progress of one projection. */
export interface ProjectionProgress extends GenerationProgress {
  readonly name: ProjectionName;
  readonly version: number;
  /** The number of the serving generation; undefined if there is none. */
  readonly generation: number | undefined;
  /** The node that folds it; undefined where there is only one. */
  readonly owner: string | undefined;
  readonly rebuild: RebuildStatus;
  /** Events of a newer release that this node passed over since it folds the projection. */
  readonly newerEvents: number;
  /** A summary of what is parked; on a node that does not fold the projection, of its last look. */
  readonly parked: ParkedSummary;
  /**
   * The end of the log when the projector started. The projection serves nothing until it has
   * scanned so far: it may be folding the log anew, or have lost commits in a machine's crash.
   */
  readonly servesFrom: number;
}

/** The progress of one projection with its lag, as of now. */
export interface ProjectionLag extends ProjectionProgress {
  /** 0 at the head of the log; else the age of the oldest event not applied. */
  readonly lagSeconds: number;
  /**
   * The time up to which all recorded events are applied, as far as is known; epoch milliseconds.
   */
  readonly asOf: number;
  /** Undefined where the store cannot count, or is out of reach. */
  readonly lagEvents: number | undefined;
  /** The share of the log, 0 to 1, that the generation being built holds; undefined if none is. */
  readonly rebuildShare: number | undefined;
}

/**
 * LIVE: the serving read model advances, on this node or another. REBUILDING: it advances, and a
 * new generation is being built. FAILED: it advances, but the last rebuild failed. STOPPED: it no
 * longer advances, or there is none and building one failed.
 */
export type ProjectionState = 'LIVE' | 'REBUILDING' | 'FAILED' | 'STOPPED';

export function stateOf({ isStopped, rebuild }: ProjectionProgress): ProjectionState {
  if (isStopped) return 'STOPPED';
  if (rebuild.building !== undefined) return 'REBUILDING';
  return rebuild.outcome?.kind === 'failed' ? 'FAILED' : 'LIVE';
}

/** Says whether a projection serves nothing yet, as `servesFrom` lies ahead of it. */
export const isCatchingUp = ({ scanned, servesFrom }: ProjectionProgress): boolean =>
  scanned < servesFrom;

/** Returns the projections that have to be built and that nobody builds. */
export const toBuild = (progress: readonly ProjectionProgress[]): readonly ProjectionProgress[] =>
  progress.filter(
    ({ rebuild: { building } }) => building?.state === 'building' && !building.isTaken,
  );

export const PROJECTION_CONTROL = Symbol('ProjectionControl');
