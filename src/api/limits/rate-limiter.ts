import { PlayheadError } from '../../domain/errors.js';
import { SECOND_MS } from '../../domain/time.js';
import type { Clock } from '../../ports/clock.js';

/**
 * Limits the rate of each client, in units that weigh requests. A request passes while any units
 * are left, however large it is, and its units are then paid off. So the rate holds on average, and
 * a request may be larger than a second's worth.
 */
export class RateLimiter {
  private readonly allowances = new Map<string, Allowance>();

  constructor(
    /** Undefined if there is no limit. */
    private readonly unitsPerSecond: number | undefined,
    /** The name of a unit, in the plural. */
    private readonly unit: string,
    private readonly clock: Clock,
  ) {}

  /** Throws RATE_LIMITED while the client has no units left. */
  check(client: string): void {
    if (this.unitsPerSecond !== undefined) this.unitsLeft(client, this.unitsPerSecond);
  }

  /** Takes units from those left to the client; throws RATE_LIMITED if none are left. */
  charge(client: string, units: number): void {
    if (this.unitsPerSecond === undefined) return;
    const left = this.unitsLeft(client, this.unitsPerSecond);
    this.allowances.delete(client);
    this.allowances.set(client, { units: left - units, at: this.clock.now() });
    const [quietest] = this.allowances.keys();
    if (this.allowances.size > CLIENTS_MAX && quietest !== undefined) {
      this.allowances.delete(quietest);
    }
  }

  private unitsLeft(client: string, perSecond: number): number {
    const allowance = this.allowances.get(client);
    const full = perSecond * BURST_SECONDS;
    if (allowance === undefined) return full;
    const elapsedMs = Math.max(0, this.clock.now() - allowance.at);
    const left = Math.min(full, allowance.units + (elapsedMs * perSecond) / SECOND_MS);
    if (left > 0) return left;
    const retryAfterSeconds = Math.floor(-left / perSecond) + 1;
    const message = `more than ${String(perSecond)} ${this.unit} a second`;
    throw new PlayheadError('RATE_LIMITED', message, { retryAfterSeconds });
  }
}

/** The most clients that are remembered; above it, the client longest quiet is forgotten. */
const CLIENTS_MAX = 10_000;
/** The seconds' worth of units that a client may use at once after a pause. */
const BURST_SECONDS = 1;

interface Allowance {
  /** The units left; below zero after a request that was larger than what was left. */
  readonly units: number;
  readonly at: number;
}
