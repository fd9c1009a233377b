import type { IndexValues, Totals } from '../projection.js';
import type { Generation, GenerationProgress } from './generation.js';

export interface StoredDocument {
  readonly key: string;
  readonly body: object;
}

export interface DocumentWrite extends StoredDocument {
  readonly indexValues: IndexValues;
}

/** An event that a projection could not take, kept to be tried again. It refers to the log. */
export interface ParkedEvent {
  readonly position: number;
  /** The document that it was for; empty if the event itself could not be read. */
  readonly key: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly parkedAt: number;
  /** Why an administrator gave it up: it is not tried again and holds up nothing. */
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
  /** The checkpoint that comes with these documents, and the totals. */
  readonly checkpoint: number;
  readonly checkpointId: string | undefined;
  readonly totals: Totals;
  readonly parked: ParkedChange;
  readonly progress: GenerationProgress;
  /**
   * The wishes for a retry that it answers: refused if there is another one by now, which may have
   * given up an event that was tried here.
   */
  readonly endsRetry?: number;
}

/**
 * The documents of generations, each written by the one writer that has the claim on it.
 *
 * - `commit` is atomic: documents, checkpoint and progress, or nothing. It succeeds only on the
 *   same generation, under the latest claim and at the checkpoint that the writer believes in;
 *   otherwise CheckpointMoved. So do `load`, `renew` and `keep`.
 * - `load` reads documents and claim at one moment: what an owner before has read of a later one's
 *   work must not come back with a state of the store that was put back meanwhile.
 * - A claim runs out by the store's clock; `commit`, `renew` and `keep` prolong it.
 * - A store that cannot be reached throws PlayheadError STORE_UNAVAILABLE; after that it is not
 *   known whether the write was made. To acquire the generation again tells.
 */
export interface DocumentWriter {
  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]>;
  commit(generation: Generation, write: GenerationWrite): Promise<Generation>;
  /** Keeps the claim, and tells how far the generation is. */
  renew(generation: Generation, progress: GenerationProgress): Promise<void>;
  /**
   * Keeps the claim, beside whatever else the writer does. Where a commit is out, the checkpoint
   * may be that commit's already: `orAt`.
   */
  keep(generation: Generation, orAt?: number): Promise<void>;
  /** The parked events of a generation, in the order of the log. */
  parked(generation: Generation): Promise<readonly ParkedEvent[]>;
  /**
   * Asks a generation's owner, which may be another node, to try its parked events again; one of
   * them may be given up first, with a reason. False if that one is not there. Needs no claim.
   */
  wantRetry(generation: Generation, giveUp?: GivenUp): Promise<boolean>;
  /** Removes the documents whose `retiresAt` lies before a time, and keeps it; needs no claim. */
  retire(generation: Generation, before: number): Promise<void>;
}
