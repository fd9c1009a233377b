import type { AnyDocumentKind, KeyPart } from '../domain/document-key.js';
import { PlayheadError } from '../domain/errors.js';
import type { DomainEvent, Recorded } from '../domain/event.js';
import { quote } from '../domain/text.js';

/** The names of the read models. */
export type ProjectionName = 'streaming-analytics' | 'bandwidth' | 'popularity' | 'sessions';

/** The values by which a document can be found; a missing one keeps it out of that index. */
export type IndexValues = Readonly<Record<string, number>>;

/** Settings that change what a fold makes of the same events, by name. */
export type FoldSettings = Readonly<Record<string, number>>;

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
  /** The settings that this node wants; each generation keeps those that it was made with. */
  readonly settings?: FoldSettings;
  keysOf(event: Recorded): readonly string[];
  /** The settings are those of the generation that the document belongs to. */
  evolve(
    document: Document | undefined,
    event: Recorded,
    key: string,
    settings?: FoldSettings,
  ): Document | undefined;
  indexValuesOf(document: Document, key: string): IndexValues;
  /**
   * Returns what a document adds to the totals of its read model, by which builds are compared.
   * Nothing that depends on settings is counted: builds with different settings are compared, too.
   */
  measure(document: Document, key: string): Totals;
  readonly watch?: FoldWatch;
}

/** What events make of the documents of one kind. */
interface DocumentFold<Kind extends AnyDocumentKind, Event extends DomainEvent> {
  readonly kind: Kind;
  evolve(
    document: Kind['body'] | undefined,
    event: Recorded<Event>,
    parts: ReturnType<Kind['parts']>,
    settings: FoldSettings,
  ): Kind['body'] | undefined;
  indexValuesOf(document: Kind['body'], parts: ReturnType<Kind['parts']>): IndexValues;
  measure(document: Kind['body'], parts: ReturnType<Kind['parts']>): Totals;
}

/** A projection as it is written: what it takes, and a fold for each kind of its documents. */
export interface ProjectionParts<
  Kinds extends readonly AnyDocumentKind[],
  Event extends DomainEvent,
> extends Pick<Projection, 'name' | 'version' | 'indexes' | 'settings'> {
  /** The events that say anything here: no other gets to `keysOf` or to a fold. */
  readonly takes: (event: DomainEvent) => event is Event;
  readonly keysOf: (event: Recorded<Event>) => readonly string[];
  readonly folds: { readonly [Index in keyof Kinds]: DocumentFold<Kinds[Index], Event> };
}

/** The projection that hands each document, and the parts of its key, to the fold of its kind. */
export function createProjection<
  Kinds extends readonly AnyDocumentKind[],
  Event extends DomainEvent,
>(projection: ProjectionParts<Kinds, Event>): Projection<Kinds[number]['body']> {
  const { takes, keysOf, folds, ...about } = projection;
  const known: readonly DocumentFold<AnyDocumentKind, Event>[] = folds;
  const find = (key: string): Place<Event> => {
    const fold = known.find(({ kind }) => kind.has(key));
    if (fold === undefined) throw new Error(`${about.name} has no documents of the kind of ${key}`);
    return { key, fold, parts: fold.kind.parts(key) };
  };
  // Whoever folds asks key by key: the last one is remembered.
  let last: Place<Event> | undefined;
  const placeOf = (key: string): Place<Event> => {
    if (last?.key !== key) last = find(key);
    return last;
  };
  return {
    ...about,
    keysOf: (event) => (takes(event) ? keysOf(event) : []),
    evolve: (document, event, key, settings = {}) => {
      if (!takes(event)) return document;
      const { fold, parts } = placeOf(key);
      return fold.evolve(document, event, parts, settings);
    },
    indexValuesOf: (document, key) => {
      const { fold, parts } = placeOf(key);
      return fold.indexValuesOf(document, parts);
    },
    measure: (document, key) => {
      const { fold, parts } = placeOf(key);
      return fold.measure(document, parts);
    },
  };
}

/** The fold of a document, and what its key says. */
interface Place<Event extends DomainEvent> {
  readonly key: string;
  readonly fold: DocumentFold<AnyDocumentKind, Event>;
  readonly parts: readonly KeyPart[];
}

/** Watches the folds: hears of each event before a projection is given it. */
export interface FoldWatch {
  /** Is called for every event. Throws to have the event parked and not folded. */
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
