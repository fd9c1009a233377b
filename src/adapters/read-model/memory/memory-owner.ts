import type { Clock } from '../../../ports/clock.js';
import {
  CLAIM_MS,
  type Generation,
  type GenerationStatus,
} from '../../../ports/read-model-store.js';
import type { Claim, Filling, MemoryFillings } from './memory-fillings.js';

/** One of those who share a store, and what it has claims on. */
export class MemoryOwner {
  private readonly id = Symbol('owner');

  constructor(
    private readonly fillings: MemoryFillings,
    private readonly clock: Clock | undefined,
  ) {}

  statusOf(filling: Filling | undefined): GenerationStatus | undefined {
    if (filling === undefined) return undefined;
    const { generation, progress, servesFrom, claim, isRetryWanted } = filling;
    const isTaken = !this.isFree(claim);
    const owner = claim?.owner.description;
    return { ...generation, ...progress, servesFrom, isTaken, owner, isRetryWanted };
  }

  /** What this owner may write. */
  held(generation: Generation): Filling | undefined {
    const filling = this.fillings.find(generation);
    return filling?.generation.fence === generation.fence ? filling : undefined;
  }

  isFree(claim: Claim | undefined): boolean {
    return claim === undefined || claim.owner === this.id || claim.until <= this.now();
  }

  /** Writes a filling, which renews the claim on it. */
  save(filling: Filling): void {
    this.fillings.put({ ...filling, claim: { owner: this.id, until: this.now() + CLAIM_MS } });
  }

  private now(): number {
    return this.clock?.now() ?? Date.now();
  }
}
