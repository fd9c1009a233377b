import type { IndexValues, Totals } from '../projection.js';
import type { Generation, GenerationProgress } from './generation.js';

/**
 * Reads and writes the documents of generations. Only the writer that has the claim on a generation
 * may write it.
 *
 * - `commit` is atomic: documents, checkpoint and progress, or nothing. It succeeds only on the
 *   same generation, under the latest claim and at the checkpoint that the writer believes in;
 *   otherwise it throws CheckpointMoved. So do `load`, `renew` and `keep`.
 * - `load` reads documents and claim at one moment. The store may be put back meanwhile, and an
 *   earlier owner must not write what it has read of a later owner's work.
 * - A claim runs out by the store's clock; `commit`, `renew` and `keep` prolong it.
 * - A store out of reach throws PlayheadError STORE_UNAVAILABLE. Then nobody knows whether the
 *   write was made. The writer finds out by acquiring the generation again.
 */
export interface DocumentWriter {
  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]>;
  commit(generation: Generation, write: GenerationWrite): Promise<Generation>;
  /** Keeps the claim, and stores the generation's progress. */
  renew(generation: Generation, progress: GenerationProgress): Promise<void>;
  /**
   * Keeps the claim, beside the writer's other work. `orAt` is the checkpoint of a commit that is
   * under way, which may be stored already.
   */
  keep(generation: Generation, orAt?: number): Promise<void>;
  /** Returns the parked events of a generation, in the order of the log. */
  parked(generation: Generation): Promise<readonly ParkedEvent[]>;
  /**
   * Asks a generation's owner, perhaps another node, to try its parked events again. Gives up one
   * event first, if asked; returns false if that event is not parked. Needs no claim. Throws
   * CheckpointMoved if another generation serves now, or another writer has acquired this one.
   */
  wantRetry(generation: Generation, giveUp?: GivenUp): Promise<boolean>;
  /** Removes documents whose `retiresAt` lies before a time, and notes that; needs no claim. */
  retire(generation: Generation, before: number): Promise<void>;
}

export interface StoredDocument {
  readonly key: string;
  readonly body: object;
}

export interface DocumentWrite extends StoredDocument {
  readonly indexValues: IndexValues;
  /**
   * Says that these index values are stored already, so that the store can leave its indexes alone.
   */
  readonly keepsIndexValues?: true;
}

/** An event that a projection could not take, kept to be tried again. It refers to the log. */
export interface ParkedEvent {
  readonly position: number;
  /** The key of the document that lacks the event; empty if the event itself could not be read. */
  readonly key: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly parkedAt: number;
  /**
   * The administrator's reason for giving the event up. Then nobody tries it again, and it holds up
   * nothing.
   */
  readonly skipped?: string;
}

/** A parked event that nobody is to try again, and the reason. */
export interface GivenUp extends Pick<ParkedEvent, 'position' | 'key'> {
  readonly reason: string;
}

/** Replaces the parked event of the same position and key. */
export interface ParkedChange {
  readonly puts: readonly ParkedEvent[];
  readonly deletes: readonly Pick<ParkedEvent, 'position' | 'key'>[];
}

export interface GenerationWrite {
  readonly puts: readonly DocumentWrite[];
  readonly deletes: readonly string[];
  /** The checkpoint that comes with these documents and totals. */
  readonly checkpoint: number;
  readonly checkpointId: string | undefined;
  readonly totals: Totals;
  readonly parked: ParkedChange;
  readonly progress: GenerationProgress;
  /**
   * The number of wishes for a retry that this write answers. The store refuses the write if there
   * is a newer wish, which may have given up an event that was tried here.
   */
  readonly endsRetry?: number;
}
