import type { Clock } from '../../../ports/clock.js';
import { LEASE_MS, type Lease } from '../../../ports/lease.js';

/** A lease within one process: with a single owner it is always free. */
export class MemoryLease implements Lease {
  private holding: Holding = { until: -Infinity };
  private readonly owner = Symbol('owner');

  constructor(private readonly clock: Clock) {}

  /** Returns the same lease as another node sees it. */
  anotherOwner(): MemoryLease {
    const another = new MemoryLease(this.clock);
    another.holding = this.holding;
    return another;
  }

  tryHold(): Promise<boolean> {
    const { holding, owner } = this;
    const now = this.clock.now();
    const isFree = holding.owner === owner || holding.until <= now;
    if (isFree) Object.assign(holding, { owner, until: now + LEASE_MS });
    return Promise.resolve(isFree);
  }

  release(): Promise<void> {
    const { holding, owner } = this;
    if (holding.owner === owner) Object.assign(holding, { owner: undefined, until: -Infinity });
    return Promise.resolve();
  }
}

interface Holding {
  owner?: symbol | undefined;
  until: number;
}
