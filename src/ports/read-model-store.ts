import { LOG_START } from './event-store.js';
import type { IndexValues, ProjectionName, Totals } from './projection.js';

/** One filling of a read model, as its owner knows it. */
export interface Generation {
  readonly projection: ProjectionName;
  readonly version: number;
  /** Rises with every new filling of the projection. */
  readonly number: number;
  /** The log that it was folded from. */
  readonly storeId: string;
  /** The last event of the log that its documents hold. */
  readonly checkpoint: number;
  /**
   * Sums over all documents that were ever folded, and `folds`, the number of times that an event
   * was folded into a document. Retention takes nothing off.
   */
  readonly totals: Totals;
  /** Rises with every claim; what is written under an earlier one is refused. */
  readonly fence: number;
}

/** How far a generation's owner says that it is; every other node goes by it. */
export interface GenerationProgress {
  /** Everything up to here has been looked at; never below the checkpoint. */
  readonly scanned: number;
  /** When the oldest event not applied was recorded, epoch milliseconds; undefined at the head. */
  readonly behindSince: number | undefined;
  /** Whether its owner cannot go on. */
  readonly isStopped: boolean;
  /** How many events wait to be tried again. */
  readonly parkedEvents: number;
  /** When the last event was applied, epoch milliseconds. */
  readonly appliedAt: number | undefined;
  /** How many events of the log it has looked at. */
  readonly eventsSeen: number;
}

/** Of a generation that nobody has looked at the log for yet. */
export const NO_PROGRESS: GenerationProgress = {
  scanned: LOG_START,
  behindSince: undefined,
  isStopped: false,
  parkedEvents: 0,
  appliedAt: undefined,
  eventsSeen: 0,
};

export interface GenerationStatus extends Generation, GenerationProgress {
  /**
   * Until it has scanned so far it does not hold what the log held when it began. Undefined where a
   * crash of the machine may have taken commits back: then that is to be asked of the log.
   */
  readonly servesFrom: number | undefined;
  /** Whether another writer has a claim that has not run out. */
  readonly isTaken: boolean;
  /** The node that has, or had, the last claim. */
  readonly owner: string | undefined;
  /** Whether somebody wants its parked events to be tried again. */
  readonly isRetryWanted: boolean;
}

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
  readonly totals: Totals;
  readonly parked: ParkedChange;
  readonly progress: GenerationProgress;
  /** Whether it is the answer to a wanted retry. */
  readonly endsRetry?: boolean;
}

export interface GenerationSpec {
  readonly projection: ProjectionName;
  readonly version: number;
  readonly storeId: string;
  readonly indexes: readonly string[];
}

/** How a new generation comes in. */
export interface GenerationStart {
  /** The number of the generation that is to be replaced; undefined if there is none. */
  readonly replacing: number | undefined;
  /** The end of the log: once it has scanned so far it may be read. */
  readonly servesFrom: number;
}

/** A generation that fills beside the serving one. */
export interface FillingStatus extends GenerationStatus {
  /** Epoch milliseconds, by this server's clock. */
  readonly startedAt: number;
  /** It has reached the end of the log: whoever folds the serving one is to fold both. */
  readonly isOffered: boolean;
}

/** How a rebuild ended. */
export interface RebuildOutcome {
  readonly kind: 'switched' | 'failed' | 'cancelled';
  /** Epoch milliseconds. */
  readonly at: number;
  /** What was compared, or why it failed; a sentence. */
  readonly detail: string;
}

export interface RebuildStatus {
  readonly filling: FillingStatus | undefined;
  /** How the last one ended. */
  readonly outcome: RebuildOutcome | undefined;
  /** Whether the generation before the serving one is still kept. */
  readonly hasPrevious: boolean;
}

/** How long a generation is kept after another took its place. */
export const KEEP_PREVIOUS_MS = 60 * 60 * 1_000;

/** How long a claim lasts that is neither renewed nor released. */
export const CLAIM_MS = 6_000;

/** Where generations are kept that fill beside the serving ones. */
export interface RebuildStore {
  /** How rebuilds stand. */
  look(specs: readonly GenerationSpec[]): Promise<readonly RebuildStatus[]>;
  /**
   * Makes a generation that fills beside the serving one: an empty one, or the one before it, which
   * goes on from where it was. False if one fills already, or there is none before it.
   */
  begin(spec: GenerationSpec, from: 'nothing' | 'previous', now: number): Promise<boolean>;
  /**
   * The totals of what serves the highest other version of a projection, folded from the same log;
   * undefined if there is none.
   */
  otherVersion(spec: GenerationSpec): Promise<Totals | undefined>;
  /** Says that a filling generation has reached the end of the log, and gives its claim back. */
  offer(filling: Generation): Promise<void>;
  /**
   * Points queries at a filling generation, in one step that holds only if both are as the writer
   * believes, under its claims; else CheckpointMoved. The replaced one is kept for a while.
   */
  replace(serving: Generation | undefined, filling: Generation, end: RebuildOutcome): Promise<void>;
  /** Removes the filling generation, whoever fills it; false if there is none. Needs no claim. */
  abandon(spec: GenerationSpec, end: RebuildOutcome): Promise<boolean>;
  /** Removes what was replaced before a time; no query reads it any more. */
  sweep(specs: readonly GenerationSpec[], replacedBefore: number): Promise<void>;
}

/**
 * Where read models are written, one generation of a projection at a time, each by the one writer
 * that holds a claim on it.
 *
 * - `commit` is atomic: documents, checkpoint and progress, or nothing. It succeeds only under the
 *   latest claim and on the checkpoint that the writer believes to be there; otherwise
 *   CheckpointMoved. So do `renew` and `load` where they notice.
 * - A claim runs out by the store's clock; `commit` and `renew` prolong it.
 * - `start` makes an empty generation, claimed, and points queries of that projection and version
 *   at it, in one step; the replaced one is removed.
 * - A store that cannot be reached throws PlayheadError STORE_UNAVAILABLE; after that it is not
 *   known whether the write was made. To claim again tells.
 */
export interface ReadModelWriter {
  readonly rebuilds: RebuildStore;
  /** The generations that queries of these projections and versions read, where there are any. */
  serving(specs: readonly GenerationSpec[]): Promise<readonly (GenerationStatus | undefined)[]>;
  /**
   * Takes generations over, all or none: undefined if another writer has a claim on one of them or
   * they no longer serve. One's own are claimed anew. The checkpoints are those of that moment.
   */
  claim(generations: readonly Generation[]): Promise<readonly Generation[] | undefined>;
  /** Undefined if another generation serves by now than the one to be replaced. */
  start(spec: GenerationSpec, how: GenerationStart): Promise<Generation | undefined>;
  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]>;
  commit(generation: Generation, write: GenerationWrite): Promise<Generation>;
  renew(generation: Generation, progress: GenerationProgress): Promise<void>;
  /**
   * Gives claims back, so that another writer need not wait until they run out; to write on, they
   * have to be claimed again.
   */
  release(generations: readonly Generation[]): Promise<void>;
  /** The parked events of a generation, in the order of the log. */
  parked(generation: Generation): Promise<readonly ParkedEvent[]>;
  /**
   * Asks a generation's owner, which may be another node, to try its parked events again; one of
   * them may be given up first, with a reason. False if that one is not there. Needs no claim.
   */
  wantRetry(generation: Generation, giveUp?: GivenUp): Promise<boolean>;
  /** Removes the documents whose `retiresAt` lies before a time, and keeps it; needs no claim. */
  retire(generation: Generation, before: number): Promise<void>;
  close(): Promise<void>;
}

/** Another writer has been at the generation: what was loaded is not what is there. */
export class CheckpointMoved extends Error {
  constructor({ projection, number, checkpoint }: Generation) {
    super(`${projection}, generation ${String(number)} is no longer at ${String(checkpoint)}`);
    this.name = 'CheckpointMoved';
  }
}

export interface IndexPage {
  readonly index: string;
  /** The greatest number of documents. */
  readonly limit: number;
  /** Where the last page ended. */
  readonly after?: { readonly value: number; readonly key: string };
  /** Only documents with a value of another index that is not below one, and below the other. */
  readonly where?: { readonly index: string; readonly from: number; readonly before?: number };
}

export interface IndexedDocument<Document extends object = object> {
  readonly key: string;
  readonly body: Document;
  /** The value of the index that the page is ordered by. */
  readonly value: number;
}

/** One projection's documents, all as they were at one moment. Keys order by UTF-8 bytes. */
export interface DocumentReader {
  /** The last event of the log that the documents hold. */
  readonly checkpoint: number;
  /** How many events wait to be tried again; normally none. */
  readonly parkedEvents: number;
  /** The events that the documents lack, those that were given up included. */
  parked(): Promise<readonly ParkedEvent[]>;
  /** Documents whose `retiresAt` lies before this time may have been removed; 0: none was. */
  retiredBefore(): Promise<number>;
  get<Document extends object>(keys: readonly string[]): Promise<ReadonlyMap<string, Document>>;
  /**
   * The documents whose keys lie from `from` to `to`, both inclusive, in the order of keys; the
   * first ones, if they are to be so many at most.
   */
  range<Document extends object>(
    from: string,
    to: string,
    limit?: number,
  ): Promise<readonly { readonly key: string; readonly body: Document }[]>;
  /** Documents in rising order of an index value, then of their keys. */
  page<Document extends object>(page: IndexPage): Promise<readonly IndexedDocument<Document>[]>;
  /** How many documents have a value of an index that is not below `from`. */
  count(index: string, from: number): Promise<number>;
}

/** Where read models are read. */
export interface ReadModelReader {
  /**
   * Runs a query on one consistent state of all projections named. READ_MODEL_BEHIND where one has
   * no generation of the wanted version, or none that may be read yet. `atLeast` is a position that
   * ProjectionControl said they have passed: a store of many members answers from no time before.
   */
  snapshot<Names extends readonly ProjectionName[], Result>(
    projections: Names,
    atLeast: number,
    query: (readers: Readonly<Record<Names[number], DocumentReader>>) => Promise<Result>,
  ): Promise<Result>;
  /**
   * Does what a commit does, and leaves no document behind. STORE_UNAVAILABLE while read models
   * cannot be written, with a message for clients and what is wrong in its cause.
   */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export const READ_MODEL_READER = Symbol('ReadModelReader');
