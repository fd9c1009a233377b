import type { MongoClient } from 'mongodb';

/** What the driver keeps to itself: the connections that it has to each server. */
interface DriverCore {
  readonly topology?: {
    readonly s: { readonly servers: ReadonlyMap<string, { readonly pool: Pool }> };
  };
}
/** A connection of another generation than its pool's is closed, when it is not in use. */
interface Pool {
  generation: number;
}

/** A user who may really not do something is denied it again and again. */
const RENEW_MS = 1_000;

/**
 * The connections of a client. A user who was dropped and made anew is another one to the server:
 * connections that the old one opened are denied everything for ever, and new ones work.
 */
export class ConnectionPools {
  /** By the time of the process, in milliseconds. */
  private renewedAt = -Infinity;

  constructor(private readonly client: MongoClient) {}

  /** Lets all of them be made anew: those in use are given up when their command has ended. */
  renew(): void {
    const now = performance.now();
    if (now - this.renewedAt < RENEW_MS) return;
    this.renewedAt = now;
    const { topology } = this.client as unknown as DriverCore;
    // The driver's own `clear` would also give out none until the next heartbeat.
    for (const { pool } of topology?.s.servers.values() ?? []) pool.generation += 1;
  }
}
