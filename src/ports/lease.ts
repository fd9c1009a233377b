/**
 * The right to do work that one node at a time should do. The first node that asks takes it, for
 * `LEASE_MS` by the store's clock. A node that works longer holds it again meanwhile. A lease saves
 * double work but does not prevent it: the work must bear being done twice.
 */
export interface Lease {
  /** Takes the lease, or keeps it for another `LEASE_MS`; false while another node has it. */
  tryHold(): Promise<boolean>;
  /** Gives the lease back at once; does nothing if this node does not hold it. */
  release(): Promise<void>;
}

/** The time in milliseconds that a lease lasts without being held again or released. */
export const LEASE_MS = 60_000;
