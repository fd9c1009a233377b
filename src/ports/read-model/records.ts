import type { ProjectionName } from '../projection.js';
import type {
  GenerationPlace,
  GenerationRecord,
  GenerationSpec,
  ProjectionVersion,
  RebuildOutcome,
} from './generation.js';

/**
 * Keeps the record of each generation, and the place of its documents. It decides nothing:
 * `src/projector/generation-life.ts` says what may become of a generation, and when.
 */
export interface GenerationStore {
  /** Returns the records of some projections, as this writer sees them. */
  records(projections: readonly ProjectionName[]): Promise<GenerationRecords>;
  /**
   * Writes changes, all or none. Returns false if a record is not as it was read or is another
   * writer's, or if more than one of a projection and version would serve, or would be building or
   * ready.
   */
  write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean>;
  /** Makes an empty place under a new number; without a record nobody knows of it. */
  make(spec: GenerationSpec): Promise<GenerationPlace>;
  /** Removes the place of a generation with all that is in it; does nothing if it is gone. */
  drop(place: GenerationPlace): Promise<void>;
  /** Removes places that were made and got no record. */
  dropStrays(projections: readonly ProjectionName[]): Promise<void>;
}

/** The time in milliseconds that a claim lasts without being renewed or released. */
export const CLAIM_MS = 6_000;

/** The change that a write makes to the claim on a generation. */
type ClaimChange =
  /** The claim becomes the writer's, if it is already, or is nobody's by the store's clock. */
  | 'acquire'
  /** The claim is the writer's, and lasts for `CLAIM_MS` from now on. */
  | 'renew'
  /** The claim becomes nobody's. */
  | 'release'
  /** The claim stays as it is. */
  | 'keep';

/** The change of a record. */
export interface RecordChange {
  /**
   * The record as it was read. Identity, fence and state must still be the same. Undefined: the
   * place has no record, and had none.
   */
  readonly before: GenerationRecord | undefined;
  /**
   * The record to write: identity, fence, state, and of a new record all else. Where the state
   * changes, the store's clock says since when. Undefined: the record goes.
   */
  readonly after: GenerationRecord | undefined;
  readonly claim: ClaimChange;
  /** Says whether the checkpoint, too, must still be the same. */
  readonly statesCheckpoint: boolean;
}

/** The end of the last rebuild of a projection and version. */
export interface EndedRebuild extends ProjectionVersion {
  readonly outcome: RebuildOutcome;
}

/** The records of some projections' generations at one moment. */
export interface GenerationRecords {
  /** The records of all versions, in no order. */
  readonly generations: readonly GenerationRecord[];
  readonly ended: readonly EndedRebuild[];
}
