import type { ProjectionLag } from './projection-control.js';

/** How a store is, as it was when somebody last looked. */
export interface StoreHealth {
  /** Why it cannot do its work, in words for clients; undefined while it can. */
  readonly trouble: string | undefined;
}

/** How the server's parts are. They are looked at once a second: to ask takes no time. */
export interface Health {
  readonly eventStore: StoreHealth;
  readonly readModels: StoreHealth;
  readonly projections: readonly ProjectionLag[];
}

export const HEALTH = Symbol('Health');
