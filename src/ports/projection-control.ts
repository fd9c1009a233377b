import type { ParkedSummary } from './parked-summary.js';
import type { ProjectionName } from './projection.js';
import type { GenerationProgress, RebuildStatus } from './read-model/generation.js';

/** How far one projection is. */
export interface ProjectionProgress extends GenerationProgress {
  readonly name: ProjectionName;
  readonly version: number;
  /** The number of the serving generation; undefined if there is none. */
  readonly generation: number | undefined;
  /** The node that folds it; undefined where there is only one. */
  readonly owner: string | undefined;
  readonly rebuild: RebuildStatus;
  /** Events of a newer release that this node passed over since it started. */
  readonly newerEvents: number;
  /** What of it is parked, and why; on a node that does not fold it, as of its last look. */
  readonly parked: ParkedSummary;
  /**
   * The end of the log when the projector started. Until it has scanned so far it serves nothing:
   * it may be folding the log anew, or have lost its last commits in a crash of the machine.
   */
  readonly servesFrom: number;
}

/** The same as it looks now. */
export interface ProjectionLag extends ProjectionProgress {
  /** 0 at the head of the log; else the age of the oldest event not applied. */
  readonly lagSeconds: number;
  /** Every event that was recorded before is applied, as far as is known; epoch milliseconds. */
  readonly asOf: number;
  /** Undefined where the store cannot count, or is out of reach. */
  readonly lagEvents: number | undefined;
  /** How much of the log the generation that is built holds, 0 to 1; undefined if none is. */
  readonly rebuildShare: number | undefined;
}

/**
 * LIVE: the serving read model advances, on this node or another. REBUILDING: so, and a new one
 * is built. FAILED: the last rebuild came to nothing, the one before serves and advances. STOPPED:
 * the serving one no longer advances, or there is none and building one failed.
 */
export type ProjectionState = 'LIVE' | 'REBUILDING' | 'FAILED' | 'STOPPED';

export function stateOf({ isStopped, rebuild }: ProjectionProgress): ProjectionState {
  if (isStopped) return 'STOPPED';
  if (rebuild.building !== undefined) return 'REBUILDING';
  return rebuild.outcome?.kind === 'failed' ? 'FAILED' : 'LIVE';
}

/** Whether it has not yet folded what the log held when it began anew. */
export const isCatchingUp = ({ scanned, servesFrom }: ProjectionProgress): boolean =>
  scanned < servesFrom;

/** What is to be built, and nobody builds. */
export const toBuild = (progress: readonly ProjectionProgress[]): readonly ProjectionProgress[] =>
  progress.filter(
    ({ rebuild: { building } }) => building?.state === 'building' && !building.isTaken,
  );

/** What the rest of the server may ask of how far the projections are. */
export interface ProjectionControl {
  progress(): readonly ProjectionProgress[];
  lag(): Promise<readonly ProjectionLag[]>;
  /**
   * Resolves once every projection named has passed a position and serves. READ_MODEL_BEHIND if
   * that takes longer than the timeout, and at once for a position beyond the end of the log.
   */
  passed(names: readonly ProjectionName[], position: number, timeoutMs: number): Promise<void>;
}

export const PROJECTION_CONTROL = Symbol('ProjectionControl');
