import { PlayheadError } from '../domain/errors.js';
import type { Recorded } from '../domain/event.js';
import { quote } from '../domain/text.js';

/** The names of the read models. */
export type ProjectionName = 'streaming-analytics' | 'bandwidth' | 'popularity' | 'sessions';

/** The values by which a document can be found; one left out keeps it out of that index. */
export type IndexValues = Readonly<Record<string, number>>;

/** Sums over all documents of a read model, integers by name. */
export type Totals = Readonly<Record<string, number>>;

/**
 * A read model as a pure fold: every event goes to the documents that `keysOf` names, and `evolve`
 * gives what each becomes; undefined removes it, the same object leaves it untouched. Documents are
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
  /** What a document adds to the totals of its read model, by which two builds are compared. */
  measure(document: Document, key: string): Totals;
  readonly watch?: FoldWatch;
}

/** Told of each event before a projection is given it, as far as somebody watches. */
export interface FoldWatch {
  /** Throws if the event must not be folded: then it is parked. Is called for every event. */
  begin(position: number): void;
  end(): void;
}

/** The index field of the time after which retention may forget a document, epoch milliseconds. */
export const RETIRES_AT = 'retiresAt';

/** Of what there is for each projection, that of one; NOT_FOUND, with their names, for another. */
export function projectionNamed<Each extends { readonly name: ProjectionName }>(
  all: readonly Each[],
  wanted: string,
): Each {
  const found = all.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name).join(', ');
  throw new PlayheadError(
    'NOT_FOUND',
    `there is no projection ${quote(wanted)}; known are ${names}`,
  );
}
