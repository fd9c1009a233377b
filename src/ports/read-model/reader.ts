import type { FoldSettings, ProjectionName } from '../projection.js';
import type { ParkedEvent } from './documents.js';
import type { LiveReader } from './live.js';
import type { SessionLister } from './session-list.js';
import type { SliceReader } from './slices.js';

/** Reads the read models. */
export interface ReadModelReader extends SliceReader, SessionLister, LiveReader {
  /**
   * Runs a query on one consistent state of all named projections. Throws READ_MODEL_BEHIND if one
   * of them has no generation of the wanted version that may be read. `atLeast` is a position that
   * ProjectionControl said they have passed. A store of many members answers as of that position or
   * later.
   */
  snapshot<Names extends readonly ProjectionName[], Result>(
    projections: Names,
    atLeast: number,
    query: (readers: Readonly<Record<Names[number], DocumentReader>>) => Promise<Result>,
  ): Promise<Result>;
  /** Resolves if the store can be read now; rejects with STORE_UNAVAILABLE. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** One projection's documents, all as they were at one moment. Keys order by UTF-8 bytes. */
export interface DocumentReader {
  /**
   * The identity of the generation, drawn anew with each claim on it. What was read under another
   * one may be of another past of the log, or of a database that was put back since. Undefined if
   * an older release made the generation.
   */
  readonly identity: string | undefined;
  /** The position of the last event that the documents hold. */
  readonly checkpoint: number;
  /** The settings that the documents were folded with. */
  readonly settings: FoldSettings;
  /** The number of events that wait to be tried again; normally 0. */
  readonly parkedEvents: number;
  /** Returns the events that the documents lack, those that were given up included. */
  parked(): Promise<readonly ParkedEvent[]>;
  /**
   * Returns the time before which documents may be gone, by their `retiresAt`; 0 if none is gone.
   */
  retiredBefore(): Promise<number>;
  get<Document extends object>(keys: readonly string[]): Promise<ReadonlyMap<string, Document>>;
  /**
   * Returns the documents whose keys lie from `from` to `to`, both inclusive, in the order of keys;
   * with a limit, only the first ones.
   */
  range<Document extends object>(
    from: string,
    to: string,
    limit?: number,
  ): Promise<readonly { readonly key: string; readonly body: Document }[]>;
  /** Returns documents in rising order of an index value, then of their keys. */
  page<Document extends object>(page: IndexPage): Promise<readonly IndexedDocument<Document>[]>;
  /** Counts the documents that have a value of an index that is not below `from`. */
  count(index: string, from: number): Promise<number>;
}

export interface IndexPage {
  readonly index: string;
  /** The greatest number of documents. */
  readonly limit: number;
  /** The place where the last page ended. */
  readonly after?: { readonly value: number; readonly key: string };
  /** Keeps only documents with a value of another index from `from` on and below `before`. */
  readonly where?: { readonly index: string; readonly from: number; readonly before?: number };
}

export interface IndexedDocument<Document extends object = object> {
  readonly key: string;
  readonly body: Document;
  /** The value of the index that the page is ordered by. */
  readonly value: number;
}

export const READ_MODEL_READER = Symbol('ReadModelReader');
