import type { Recorded } from '../domain/event.js';

/** The names of the read models. */
export type ProjectionName = 'streaming-analytics' | 'bandwidth' | 'popularity' | 'sessions';

/** The values by which a document can be found; a missing one keeps it out of that index. */
export type IndexValues = Readonly<Record<string, number>>;

/** Sums over all documents of a read model, integers by name. */
export type Totals = Readonly<Record<string, number>>;

/**
 * A read model as a pure fold. Every event goes to the documents that `keysOf` names. `evolve`
 * returns the new document; undefined removes it, the same object leaves it as it is. Documents are
 * JSON. `name` never changes; a higher `version` folds the log anew.
 */
export interface Projection<Document extends object = object> {
  readonly name: ProjectionName;
  readonly version: number;
  /** The index fields of its documents, all of them numbers. */
  readonly indexes: readonly string[];
  keysOf(event: Recorded): readonly string[];
  evolve(document: Document | undefined, event: Recorded, key: string): Document | undefined;
  indexValuesOf(document: Document, key: string): IndexValues;
  /** Returns what a document adds to the totals of its read model, by which builds are compared. */
  measure(document: Document, key: string): Totals;
  readonly watch?: FoldWatch;
}

/** Watches the folds: hears of each event before a projection is given it. */
export interface FoldWatch {
  /** Is called for every event. Throws to have the event parked and not folded. */
  begin(position: number): void;
  end(): void;
}

/** The index field of the time after which retention may forget a document, epoch milliseconds. */
export const RETIRES_AT = 'retiresAt';
