import type { ProjectionName } from '../projection.js';
import type { ParkedEvent } from './documents.js';

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
  /** Resolves if it can be read now; STORE_UNAVAILABLE. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export const READ_MODEL_READER = Symbol('ReadModelReader');
