import type { ProjectionName } from './projection.js';
import type { GivenUp, ParkedEvent } from './read-model/documents.js';

/** Carries out orders, whichever node they are given on. */
export interface ProjectionAdministration {
  carryOut<Kind extends OrderKind>(order: ProjectionOrder<Kind>): Promise<OrderResult<Kind>>;
}

/** A document that differs from a new fold of the log. */
export interface DocumentDifference {
  readonly key: string;
  /** The document by a new fold of the log, as JSON; undefined if there should be none. */
  readonly expected: string | undefined;
  /** The document in the read model, as JSON; undefined if there is none. */
  readonly found: string | undefined;
  /** The log positions of the document's first events. */
  readonly positions: readonly number[];
  /** Says whether the document has more events than `positions` names. */
  readonly isCut: boolean;
}

/** The result of comparing a read model with a new fold of the log. */
export interface VerificationReport {
  readonly name: ProjectionName;
  readonly version: number;
  /** The checkpoint at which both were compared. */
  readonly checkpoint: number;
  /** The number of documents that were compared. */
  readonly documents: number;
  /** The number of documents that differ, without those whose events are parked. */
  readonly differing: number;
  /** The number of documents that differ because events of theirs are parked. */
  readonly parked: number;
  /** The first differing document, in the order of keys. */
  readonly first: DocumentDifference | undefined;
}

/** The members of an order to one projection. */
interface ToProjection {
  readonly name: ProjectionName;
}

/**
 * The orders that an administrator can give, by their kinds: the members of each, and its result.
 */
export interface ProjectionOrders {
  /** Begins a rebuild beside the serving read model. A rebuild that is under way goes on. */
  rebuild(order: ToProjection): Promise<void>;
  /**
   * Begins a rebuild that goes on with the generation before the serving one. Throws CONFLICT if
   * that generation is gone.
   */
  rollBack(order: ToProjection): Promise<void>;
  /** Gives up a rebuild; throws CONFLICT if none is under way. */
  cancel(order: ToProjection): Promise<void>;
  /** Lists the events that the read model lacks. */
  parked(order: ToProjection): Promise<readonly ParkedEvent[]>;
  /**
   * Tries parked events again. Gives up one of them first, if asked; throws NOT_FOUND if that event
   * is not parked.
   */
  retry(order: ToProjection & { readonly giveUp?: GivenUp }): Promise<void>;
  /**
   * Folds the log into a scratch place, and compares the read model with it. Throws CONFLICT while
   * another verification is under way.
   */
  verify(order: ToProjection): Promise<VerificationReport>;
  /**
   * Removes the documents whose `retiresAt` lies before a time (epoch milliseconds). The events
   * stay.
   */
  retire(order: { readonly before: number }): Promise<void>;
}

export type OrderKind = keyof ProjectionOrders;

/** An order as plain data, which can be sent to the thread that carries it out. */
export type ProjectionOrder<Kind extends OrderKind = OrderKind> = {
  [Each in Kind]: { readonly kind: Each } & Parameters<ProjectionOrders[Each]>[0];
}[Kind];

export type OrderResult<Kind extends OrderKind> = Awaited<ReturnType<ProjectionOrders[Kind]>>;

/** For each kind of order a function that carries it out. */
export type OrderFunctions = {
  readonly [Kind in OrderKind]: (order: ProjectionOrder<Kind>) => Promise<OrderResult<Kind>>;
};

export const PROJECTION_ADMINISTRATION = Symbol('ProjectionAdministration');
