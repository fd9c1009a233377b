import type { ProjectionName } from '../projection.js';
import type {
  GenerationPlace,
  GenerationRecord,
  GenerationSpec,
  RebuildOutcome,
} from './generation.js';

/** How long a claim lasts that is neither renewed nor released. */
export const CLAIM_MS = 6_000;

/** What becomes of the claim on a generation. */
type ClaimChange =
  /** It becomes the writer's, if it is the writer's already or nobody's by the store's clock. */
  | 'acquire'
  /** It is the writer's, and lasts for `CLAIM_MS` from now on. */
  | 'renew'
  /** It becomes nobody's. */
  | 'release'
  /** It stays as it is. */
  | 'keep';

/** A record that is to become another one. */
export interface RecordChange {
  /**
   * The record as it was read. Identity, fence and state have to be the same still. Undefined:
   * there is none of that place, and there was none.
   */
  readonly before: GenerationRecord | undefined;
  /**
   * What is written of it: identity, fence, state, and of a new one all else. Where the state is
   * another one, the store's clock says since when. Undefined: the record goes.
   */
  readonly after: GenerationRecord | undefined;
  readonly claim: ClaimChange;
  /** Whether the checkpoint has to be the same, too. */
  readonly statesCheckpoint: boolean;
}

/** How the last rebuild of a projection and version ended. */
export interface EndedRebuild {
  readonly projection: ProjectionName;
  readonly version: number;
  readonly outcome: RebuildOutcome;
}

/** What is known of some projections' generations at one moment. */
export interface GenerationRecords {
  /** Of all versions, in no order. */
  readonly generations: readonly GenerationRecord[];
  readonly ended: readonly EndedRebuild[];
}

/**
 * What a store keeps of each generation, and where its documents are. It decides nothing: what may
 * become of a generation, and when, is `src/projector/generation-life.ts`.
 */
export interface GenerationStore {
  /** The records of some projections, as this writer sees them. */
  records(projections: readonly ProjectionName[]): Promise<GenerationRecords>;
  /**
   * Writes changes, all or none; false if one of the records is not as it was read, is another
   * writer's, or if more than one of a projection and version would serve, or would be building or
   * ready.
   */
  write(changes: readonly RecordChange[], ended?: EndedRebuild): Promise<boolean>;
  /** Makes an empty place, of a number that none had; without a record nobody knows of it. */
  make(spec: GenerationSpec): Promise<GenerationPlace>;
  /** Removes the place of a generation with all that is in it; nothing happens if it is gone. */
  drop(place: GenerationPlace): Promise<void>;
  /** Removes places that were made and got no record. */
  dropStrays(projections: readonly ProjectionName[]): Promise<void>;
}
