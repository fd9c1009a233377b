import type { ProjectionLag } from './projection-control.js';

/** The state of the server's parts. A look each second keeps it, so that reading takes no time. */
export interface Health {
  readonly eventStore: StoreHealth;
  readonly readModels: StoreHealth;
  readonly projections: readonly ProjectionLag[];
}

/** The state of a store at the last look. */
export interface StoreHealth {
  /** Says for clients why the store cannot do its work; undefined while it can. */
  readonly trouble: string | undefined;
}

export const HEALTH = Symbol('Health');
