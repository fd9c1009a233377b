/** How long a lease lasts that is neither held again nor released. */
export const LEASE_MS = 60_000;

/**
 * The right to do something that one node at a time should do. It is taken by whoever asks first,
 * and lasts `LEASE_MS` by the store's clock: who works longer holds it again meanwhile. It saves
 * double work and does not forbid it: what is done under it has to bear being done twice.
 */
export interface Lease {
  /** Takes it, or keeps it for another `LEASE_MS`; false while another node has it. */
  tryHold(): Promise<boolean>;
  /** Gives it back at once; nothing happens if it is not held. */
  release(): Promise<void>;
}
