import { PlayheadError } from '../domain/errors.js';
import { quote } from '../domain/text.js';
import type { ParkedSummary } from './parked-summary.js';
import type { ProjectionName } from './projection.js';
import type { GivenUp, ParkedEvent } from './read-model/documents.js';
import type { GenerationProgress, RebuildStatus } from './read-model/generation.js';

/** The progress of one projection. */
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
  /** Every event recorded before is applied, as far as is known; epoch milliseconds. */
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

/** Says whether a projection has yet to fold what the log held when it began anew. */
export const isCatchingUp = ({ scanned, servesFrom }: ProjectionProgress): boolean =>
  scanned < servesFrom;

/** Returns the projections that have to be built and that nobody builds. */
export const toBuild = (progress: readonly ProjectionProgress[]): readonly ProjectionProgress[] =>
  progress.filter(
    ({ rebuild: { building } }) => building?.state === 'building' && !building.isTaken,
  );

/** A document that differs from what the log says. */
export interface DocumentDifference {
  readonly key: string;
  /** The document as the log gives it, in JSON; undefined if there should be none. */
  readonly expected: string | undefined;
  /** The document as it is, in JSON; undefined if there is none. */
  readonly found: string | undefined;
  /** The positions of the document's first events in the log. */
  readonly positions: readonly number[];
  /** Says whether the document has more events. */
  readonly isCut: boolean;
}

/** The comparison of a read model with what the log gives now. */
export interface VerificationReport {
  readonly name: ProjectionName;
  readonly version: number;
  /** The checkpoint at which both were compared. */
  readonly checkpoint: number;
  /** The number of documents that were compared. */
  readonly documents: number;
  /** The number of documents that differ, without those whose events are parked. */
  readonly differing: number;
  /** The number of documents that differ rightly: events of theirs are parked. */
  readonly parked: number;
  /** The first differing document, in the order of keys. */
  readonly first: DocumentDifference | undefined;
}

/** The calls by which the rest of the server asks and steers the projector. */
export interface ProjectionControl {
  progress(): readonly ProjectionProgress[];
  lag(): Promise<readonly ProjectionLag[]>;
  /**
   * Resolves once every named projection has passed a position and serves. READ_MODEL_BEHIND if
   * that takes longer than the timeout, and at once for a position beyond the end of the log.
   */
  passed(names: readonly ProjectionName[], position: number, timeoutMs: number): Promise<void>;
  /** Begins to fold the log anew beside the serving read model. A rebuild under way goes on. */
  rebuild(name: ProjectionName): Promise<void>;
  /** Rebuilds from the generation before the serving one; CONFLICT if that is gone. */
  rollBack(name: ProjectionName): Promise<void>;
  /** Cancels the rebuild; CONFLICT if none is under way. */
  cancelRebuild(name: ProjectionName): Promise<void>;
  parked(name: ProjectionName): Promise<readonly ParkedEvent[]>;
  /** Tries parked events again, after giving up one if asked; NOT_FOUND if that is not there. */
  retryParked(name: ProjectionName, giveUp?: GivenUp): Promise<void>;
  /** Folds the log anew, apart, and compares; CONFLICT during another verification. */
  verify(name: ProjectionName): Promise<VerificationReport>;
  /** Removes documents of the read models whose `retiresAt` lies before a time. */
  retire(before: number): Promise<void>;
}

/** Returns the projection of a name; throws NOT_FOUND, with the names that exist, for another. */
export function projectionNamed(control: ProjectionControl, wanted: string): ProjectionName {
  const names = control.progress().map(({ name }) => name);
  const name = names.find((one) => one === wanted);
  if (name !== undefined) return name;
  const message = `there is no projection ${quote(wanted)}; known are ${names.join(', ')}`;
  throw new PlayheadError('NOT_FOUND', message);
}

export const PROJECTION_CONTROL = Symbol('ProjectionControl');
