import type { IndexValues, ProjectionName } from './projection.js';

/** One filling of a read model. */
export interface Generation {
  readonly projection: ProjectionName;
  readonly version: number;
  /** Rises with every new filling of the projection. */
  readonly number: number;
  /** The log that it was folded from. */
  readonly storeId: string;
  /** The last event of the log that its documents hold. */
  readonly checkpoint: number;
}

export interface StoredDocument {
  readonly key: string;
  readonly body: object;
}

export interface DocumentWrite extends StoredDocument {
  readonly indexValues: IndexValues;
}

export interface GenerationWrite {
  readonly puts: readonly DocumentWrite[];
  readonly deletes: readonly string[];
  /** The checkpoint that comes with these documents. */
  readonly checkpoint: number;
}

export interface GenerationSpec {
  readonly projection: ProjectionName;
  readonly version: number;
  readonly storeId: string;
  readonly indexes: readonly string[];
}

/**
 * Where read models are written, one generation of a projection at a time.
 *
 * - `commit` is atomic: documents and checkpoint, or neither. It succeeds only on the checkpoint
 *   that the writer believes to be there; otherwise CheckpointMoved.
 * - `start` makes an empty generation and points queries of that projection and version at it, in
 *   one step; the replaced one is removed.
 */
export interface ReadModelWriter {
  /** The generation that queries of this projection and version read, if there is a usable one. */
  serving(spec: GenerationSpec): Promise<Generation | undefined>;
  start(spec: GenerationSpec): Promise<Generation>;
  load(generation: Generation, keys: readonly string[]): Promise<readonly StoredDocument[]>;
  commit(generation: Generation, write: GenerationWrite): Promise<Generation>;
  /** Removes the documents whose `retiresAt` lies before a time. */
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
  /** Only documents with a value of another index that is not below this. */
  readonly where?: { readonly index: string; readonly from: number };
}

export interface IndexedDocument<Document extends object = object> {
  readonly key: string;
  readonly body: Document;
  /** The value of the index that the page is ordered by. */
  readonly value: number;
}

/** One projection's documents, all as they were at one moment. Keys order by UTF-8 bytes. */
export interface DocumentReader {
  get<Document extends object>(keys: readonly string[]): Promise<ReadonlyMap<string, Document>>;
  /** The documents whose keys lie from `from` to `to`, both inclusive, in the order of keys. */
  range<Document extends object>(
    from: string,
    to: string,
  ): Promise<readonly { readonly key: string; readonly body: Document }[]>;
  /** Documents in rising order of an index value, then of their keys. */
  page<Document extends object>(page: IndexPage): Promise<readonly IndexedDocument<Document>[]>;
  /** How many documents have a value of an index that is not below `from`. */
  count(index: string, from: number): Promise<number>;
}

/** Where read models are read. */
export interface ReadModelReader {
  /**
   * Runs a query on one consistent state of each projection named. READ_MODEL_BEHIND where one has
   * no generation of the wanted version.
   */
  snapshot<Names extends readonly ProjectionName[], Result>(
    projections: Names,
    query: (readers: Readonly<Record<Names[number], DocumentReader>>) => Promise<Result>,
  ): Promise<Result>;
  close(): Promise<void>;
}

export const READ_MODEL_READER = Symbol('ReadModelReader');
