import type { MongoClient } from 'mongodb';

/**
 * The connections of a client. To the server, a user who was dropped and made anew is another one:
 * the connections of the old user are denied everything for ever, and new ones work.
 */
export class ConnectionPools {
  /** The time of the last renewal in milliseconds, by the clock of the process. */
  private renewedAt = -Infinity;

  constructor(private readonly client: MongoClient) {}

  /** Has all connections made anew; those in use are given up when their command has ended. */
  renew(): void {
    const now = performance.now();
    if (now - this.renewedAt < RENEW_MS) return;
    this.renewedAt = now;
    const { topology } = this.client as unknown as DriverCore;
    // The driver's own `clear` would also give out no connection until the next heartbeat.
    for (const { pool } of topology?.s.servers.values() ?? []) pool.generation += 1;
  }
}

/** Private parts of the driver: its connections to each server. */
interface DriverCore {
  readonly topology?: {
    readonly s: { readonly servers: ReadonlyMap<string, { readonly pool: Pool }> };
  };
}
/** The driver closes an idle connection whose generation is not its pool's. */
interface Pool {
  generation: number;
}

/** The least time between two renewals: a user without the right is denied again and again. */
const RENEW_MS = 1_000;
