import type { AnyDocumentKind, AnySumKind, Difference, KeyPart } from '../domain/document-key.js';
import { PlayheadError } from '../domain/errors.js';
import type { DomainEvent, Recorded } from '../domain/event.js';
import { quote } from '../domain/text.js';

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
  /** The sums over these documents, if there are any. */
  readonly sums?: Sums;
  readonly watch?: FoldWatch;
}

/** The names of the read models. */
export const PROJECTION_NAMES = [
  'streaming-analytics',
  'bandwidth',
  'popularity',
  'sessions',
] as const;
export type ProjectionName = (typeof PROJECTION_NAMES)[number];

/** The values by which a document can be found; a missing one keeps it out of that index. */
export type IndexValues = Readonly<Record<string, number>>;

/** Settings that change what a fold makes of the same events, by name. */
export type FoldSettings = Readonly<Record<string, number>>;

/** Sums over all documents of a read model, integers by name. */
export type Totals = Readonly<Record<string, number>>;

/**
 * Documents that are sums over other documents; no event is folded into them. Each change of a
 * summed document is added to its sums in the same commit, so that both always agree.
 */
interface Sums<Document extends object = object> {
  /** Returns what a change of a document adds to sums; nothing if it makes no difference there. */
  differencesOf(
    before: Document | undefined,
    after: Document | undefined,
    key: string,
  ): readonly Difference[];
  /** Adds amounts to a sum. Their order makes no difference. */
  add(sum: object | undefined, amounts: readonly object[], key: string): object | undefined;
}

/** The functions for all documents of one kind, whether events or amounts go into them. */
interface KindOfDocuments<Kind extends AnyDocumentKind> {
  readonly kind: Kind;
  indexValuesOf(document: Kind['body'], parts: ReturnType<Kind['parts']>): IndexValues;
  measure(document: Kind['body'], parts: ReturnType<Kind['parts']>): Totals;
}

/** The fold of events into the documents of one kind. */
interface DocumentFold<
  Kind extends AnyDocumentKind,
  Event extends DomainEvent,
> extends KindOfDocuments<Kind> {
  evolve(
    document: Kind['body'] | undefined,
    event: Recorded<Event>,
    parts: ReturnType<Kind['parts']>,
    settings: FoldSettings,
  ): Kind['body'] | undefined;
}

/** The fold of amounts into the sums of one kind. */
interface SumFold<Kind extends AnySumKind> extends KindOfDocuments<Kind> {
  add(
    sum: Kind['body'] | undefined,
    amounts: readonly Kind['amount'][],
    parts: ReturnType<Kind['parts']>,
  ): Kind['body'] | undefined;
}

/**
 * The sums of a projection as its author writes them: the kind that they sum over, the differences
 * that a change makes, and the fold of each kind of sum.
 */
interface SumsParts<Document extends object, Kinds extends readonly AnySumKind[]> {
  readonly over: AnyDocumentKind & { readonly body: Document };
  readonly differencesOf: (
    before: Document | undefined,
    after: Document | undefined,
  ) => readonly Difference[];
  readonly folds: { readonly [Index in keyof Kinds]: SumFold<Kinds[Index]> };
}

/**
 * A projection as its author writes it: the events that it takes, and a fold for each kind of its
 * documents.
 */
export interface ProjectionParts<
  Kinds extends readonly AnyDocumentKind[],
  Event extends DomainEvent,
  SumKinds extends readonly AnySumKind[],
> extends Pick<Projection, 'name' | 'version' | 'indexes' | 'settings'> {
  /** Tells which events the projection takes. `keysOf` and the folds get no others. */
  readonly takes: (event: DomainEvent) => event is Event;
  readonly keysOf: (event: Recorded<Event>) => readonly string[];
  readonly folds: { readonly [Index in keyof Kinds]: DocumentFold<Kinds[Index], Event> };
  readonly sums?: SumsParts<Kinds[0]['body'], SumKinds>;
}

/**
 * Makes a projection that hands each document, and the parts of its key, to the fold of its kind.
 */
export function createProjection<
  Kinds extends readonly [AnyDocumentKind, ...AnyDocumentKind[]],
  Event extends DomainEvent,
  SumKinds extends readonly AnySumKind[] = [],
>(projection: ProjectionParts<Kinds, Event, SumKinds>): Projection<Kinds[number]['body']> {
  const { takes, keysOf, folds, sums, ...about } = projection;
  const ofEvents: readonly DocumentFold<AnyDocumentKind, Event>[] = folds;
  const ofAmounts: readonly SumFold<AnySumKind>[] = sums?.folds ?? [];
  const kinds: readonly AnyFold<Event>[] = [...ofEvents, ...ofAmounts];
  const find = (key: string): FoldOfKey<Event> => {
    const fold = kinds.find(({ kind }) => kind.has(key));
    if (fold === undefined) throw new Error(`${about.name} has no documents of the kind of ${key}`);
    return { key, fold, parts: fold.kind.parts(key) };
  };
  // Whoever folds asks key by key: the last one is remembered.
  let last: FoldOfKey<Event> | undefined;
  const foldFor = (key: string): FoldOfKey<Event> => {
    if (last?.key !== key) last = find(key);
    return last;
  };
  return {
    ...about,
    keysOf: (event) => (takes(event) ? keysOf(event) : []),
    evolve: (document, event, key, settings = {}) => {
      if (!takes(event)) return document;
      const { fold, parts } = foldFor(key);
      return fold.evolve?.(document, event, parts, settings);
    },
    indexValuesOf: (document, key) => {
      const { fold, parts } = foldFor(key);
      return fold.indexValuesOf(document, parts);
    },
    measure: (document, key) => {
      const { fold, parts } = foldFor(key);
      return fold.measure(document, parts);
    },
    ...(sums !== undefined && {
      sums: {
        differencesOf: (before, after, key) =>
          sums.over.has(key) ? sums.differencesOf(before, after) : [],
        add: (sum, amounts, key) => {
          const { fold, parts } = foldFor(key);
          return fold.add?.(sum, amounts, parts) ?? sum;
        },
      },
    }),
  };
}

/** A fold of events or of amounts. */
type AnyFold<Event extends DomainEvent> = KindOfDocuments<AnyDocumentKind> &
  Partial<Pick<DocumentFold<AnyDocumentKind, Event>, 'evolve'>> &
  Partial<Pick<SumFold<AnySumKind>, 'add'>>;

/** A document's key with its parts, and the fold of its kind. */
interface FoldOfKey<Event extends DomainEvent> {
  readonly key: string;
  readonly fold: AnyFold<Event>;
  readonly parts: readonly KeyPart[];
}

/** Watches the folds: hears of each event before a projection is given it. */
export interface FoldWatch {
  /** Is called before each event is folded. If it throws, the event is parked and not folded. */
  begin(position: number): void;
  end(): void;
}

/** The index field of the time after which retention may forget a document, epoch milliseconds. */
export const RETIRES_AT = 'retiresAt';

/**
 * Returns the element for the projection of a name; throws NOT_FOUND, with the known names, for any
 * other name.
 */
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
