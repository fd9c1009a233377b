import { PlayheadError } from '../domain/errors.js';
import { quote } from '../domain/text.js';
import type { ParkedSummary } from './parked-summary.js';
import type { ProjectionName } from './projection.js';
import type { GivenUp, ParkedEvent } from './read-model/documents.js';
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

/** A document that is not as the log says. */
export interface DocumentDifference {
  readonly key: string;
  /** As the log says, in JSON; undefined if there should be none. */
  readonly expected: string | undefined;
  /** As it is, in JSON; undefined if there is none. */
  readonly found: string | undefined;
  /** Where in the log the events of the document are, the first ones. */
  readonly positions: readonly number[];
  /** Whether there are more of them. */
  readonly isCut: boolean;
}

/** How a read model compares with what the log gives now. */
export interface VerificationReport {
  readonly name: ProjectionName;
  readonly version: number;
  /** The checkpoint at which both were compared. */
  readonly checkpoint: number;
  /** How many documents were compared. */
  readonly documents: number;
  /** How many of them differ; those whose events are parked not counted. */
  readonly differing: number;
  /** How many differ as they should: events of theirs are parked. */
  readonly parked: number;
  /** The first one that differs, in the order of keys. */
  readonly first: DocumentDifference | undefined;
}

/** What the rest of the server may ask of the projector, and tell it. */
export interface ProjectionControl {
  progress(): readonly ProjectionProgress[];
  lag(): Promise<readonly ProjectionLag[]>;
  /**
   * Resolves once every projection named has passed a position and serves. READ_MODEL_BEHIND if
   * that takes longer than the timeout, and at once for a position beyond the end of the log.
   */
  passed(names: readonly ProjectionName[], position: number, timeoutMs: number): Promise<void>;
  /** Begins to fold the log anew beside the serving read model; one under way goes on. */
  rebuild(name: ProjectionName): Promise<void>;
  /** The same from the generation before the serving one; CONFLICT if that is gone. */
  rollBack(name: ProjectionName): Promise<void>;
  /** CONFLICT if no rebuild is under way. */
  cancelRebuild(name: ProjectionName): Promise<void>;
  parked(name: ProjectionName): Promise<readonly ParkedEvent[]>;
  /** Tries parked events again, one perhaps given up first; NOT_FOUND if it is not there. */
  retryParked(name: ProjectionName, giveUp?: GivenUp): Promise<void>;
  /** Folds the log anew, apart, and compares; CONFLICT while that is done for another one. */
  verify(name: ProjectionName): Promise<VerificationReport>;
  /** Removes what the read models hold of the time before, by their documents' `retiresAt`. */
  retire(before: number): Promise<void>;
}

/** The projection of a name that somebody gives; NOT_FOUND, with those there are, for another. */
export function projectionNamed(control: ProjectionControl, wanted: string): ProjectionName {
  const names = control.progress().map(({ name }) => name);
  const name = names.find((one) => one === wanted);
  if (name !== undefined) return name;
  const message = `there is no projection ${quote(wanted)}; known are ${names.join(', ')}`;
  throw new PlayheadError('NOT_FOUND', message);
}

export const PROJECTION_CONTROL = Symbol('ProjectionControl');
