import type { ProjectionName } from './projection.js';
import type { GivenUp, ParkedEvent } from './read-model/documents.js';

/** A document that is not as the log says. */
export interface DocumentDifference {
  readonly key: string;
  /** As the log says, in JSON; undefined if there should be none. */
  readonly expected: string | undefined;
  /** As it is, in JSON; undefined if there is none. */
  readonly found: string | undefined;
  /** Where in the log the events of the document are, the first ones. */
  readonly positions: readonly number[];
  /** Whether there are more of them. */
  readonly isCut: boolean;
}

/** How a read model compares with what the log gives now. */
export interface VerificationReport {
  readonly name: ProjectionName;
  readonly version: number;
  /** The checkpoint at which both were compared. */
  readonly checkpoint: number;
  /** How many documents were compared. */
  readonly documents: number;
  /** How many of them differ; those whose events are parked not counted. */
  readonly differing: number;
  /** How many differ as they should: events of theirs are parked. */
  readonly parked: number;
  /** The first one that differs, in the order of keys. */
  readonly first: DocumentDifference | undefined;
}

interface OfOne {
  readonly name: ProjectionName;
}

/** The orders that there are, by their kinds: what each says, and what comes of it. */
export interface ProjectionOrders {
  /** Begins to fold the log anew beside the serving read model; one under way goes on. */
  rebuild(order: OfOne): Promise<void>;
  /** The same from the generation before the serving one; CONFLICT if that is gone. */
  rollBack(order: OfOne): Promise<void>;
  /** Gives up a rebuild; CONFLICT if none is under way. */
  cancel(order: OfOne): Promise<void>;
  /** Lists the events that the read model lacks. */
  parked(order: OfOne): Promise<readonly ParkedEvent[]>;
  /** Tries parked events again, one perhaps given up first; NOT_FOUND if it is not there. */
  retry(order: OfOne & { readonly giveUp?: GivenUp }): Promise<void>;
  /** Folds the log anew, apart, and compares; CONFLICT while that is done for another one. */
  verify(order: OfOne): Promise<VerificationReport>;
  /**
   * Removes what the read models hold of the time before, epoch milliseconds, by their documents'
   * `retiresAt`; the events stay.
   */
  retire(order: { readonly before: number }): Promise<void>;
}

export type OrderKind = keyof ProjectionOrders;

/** An order, as plain data: so it goes from whoever gives it to the thread that carries it out. */
export type ProjectionOrder<Kind extends OrderKind = OrderKind> = {
  [Each in Kind]: { readonly kind: Each } & Parameters<ProjectionOrders[Each]>[0];
}[Kind];

export type OrderResult<Kind extends OrderKind> = Awaited<ReturnType<ProjectionOrders[Kind]>>;

/** For each kind of order a function that carries it out. */
export type OrderFunctions = {
  readonly [Kind in OrderKind]: (order: ProjectionOrder<Kind>) => Promise<OrderResult<Kind>>;
};

/** Whoever carries out orders, on whichever node they are given. */
export interface ProjectionAdministration {
  carryOut<Kind extends OrderKind>(order: ProjectionOrder<Kind>): Promise<OrderResult<Kind>>;
}

export const PROJECTION_ADMINISTRATION = Symbol('ProjectionAdministration');
