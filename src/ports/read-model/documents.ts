import type { IndexValues, Totals } from '../projection.js';
import type { Generation, GenerationProgress } from './generation.js';

export interface StoredDocument {
  readonly key: string;
  readonly body: object;
}

export interface DocumentWrite extends StoredDocument {
  readonly indexValues: IndexValues;
  /** The document is stored with these index values already, which spares the indexes. */
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
  /** Why an administrator gave the event up: it is not tried again and holds up nothing. */
  readonly skipped?: string;
}

/** A parked event that is not to be tried again, and why. */
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

/**
 * The documents of generations, each written only by the writer that has the claim on it.
 *
 * - `commit` is atomic: documents, checkpoint and progress, or nothing. It succeeds only on the
 *   same generation, under the latest claim and at the checkpoint that the writer believes in;
 *   otherwise it throws CheckpointMoved. So do `load`, `renew` and `keep`.
 * - `load` reads documents and claim at one moment: the store may be put back meanwhile, and an
 *   earlier owner must not write what it has read of a later owner's work.
 * - A claim runs out by the store's clock; `commit`, `renew` and `keep` prolong it.
 * - A store out of reach throws PlayheadError STORE_UNAVAILABLE. Then nobody knows whether the
 *   write was made; to acquire the generation again tells.
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
   * Asks a generation's owner, perhaps another node, to try its parked events again. Gives up an
   * event first, with a reason, if asked; false if that event is not there. Needs no claim, but
   * throws CheckpointMoved if another one serves by now, or another writer has acquired it since.
   */
  wantRetry(generation: Generation, giveUp?: GivenUp): Promise<boolean>;
  /** Removes the documents whose `retiresAt` lies before a time, and notes it; needs no claim. */
  retire(generation: Generation, before: number): Promise<void>;
}
