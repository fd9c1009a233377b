import type { ProjectionName } from './projection.js';

/** LIVE: its read model advances. STOPPED: it does not, for the reason given in the log. */
type ProjectionState = 'LIVE' | 'STOPPED';

/** How far one projection is. */
export interface ProjectionProgress {
  readonly name: ProjectionName;
  readonly version: number;
  readonly state: ProjectionState;
  /**
   * The end of the log when the projector started. Until it has scanned so far it serves nothing:
   * it may be folding the log anew, or have lost its last commits in a crash of the machine.
   */
  readonly servesFrom: number;
  /** Everything up to here has been looked at. */
  readonly scanned: number;
  /** When the oldest event not applied was recorded, epoch milliseconds; undefined at the head. */
  readonly behindSince: number | undefined;
}

/** The same as it looks now. */
export interface ProjectionLag extends ProjectionProgress {
  /** 0 at the head of the log; else the age of the oldest event not applied. */
  readonly lagSeconds: number;
  /** Undefined where the store cannot count. */
  readonly lagEvents: number | undefined;
}

/** Whether it has not yet folded what the log held when it began anew. */
export const isCatchingUp = ({ scanned, servesFrom }: ProjectionProgress): boolean =>
  scanned < servesFrom;

/** What the rest of the server may ask of the projector, and tell it. */
export interface ProjectionControl {
  progress(): readonly ProjectionProgress[];
  lag(): Promise<readonly ProjectionLag[]>;
  /**
   * Resolves once every projection named has passed a position and serves. READ_MODEL_BEHIND if
   * that takes longer than the timeout, and at once for a position beyond the end of the log.
   */
  passed(names: readonly ProjectionName[], position: number, timeoutMs: number): Promise<void>;
  /** Removes what the read models hold of the time before, by their documents' `retiresAt`. */
  retire(before: number): Promise<void>;
}

export const PROJECTION_CONTROL = Symbol('ProjectionControl');
