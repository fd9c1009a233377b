import type { Totals } from '../../../ports/projection.js';
import {
  CheckpointMoved,
  type Generation,
  type GenerationSpec,
  type RebuildOutcome,
  type RebuildStatus,
  type RebuildStore,
} from '../../../ports/read-model-store.js';
import { isSameModel, type Filling, type MemoryFillings } from './memory-fillings.js';
import type { MemoryOwner } from './memory-owner.js';

/** The generations that fill beside the serving ones. */
export class MemoryRebuilds implements RebuildStore {
  constructor(
    private readonly fillings: MemoryFillings,
    private readonly owner: MemoryOwner,
  ) {}

  look(specs: readonly GenerationSpec[]): Promise<readonly RebuildStatus[]> {
    const statuses = specs.map((spec) => {
      const filling =
        this.fillings.inRole(spec, 'filling') ?? this.fillings.inRole(spec, 'offered');
      const status = this.owner.statusOf(filling);
      const isOffered = filling?.role === 'offered';
      return {
        filling: filling && status && { ...status, startedAt: filling.since, isOffered },
        outcome: this.fillings.outcomes.get(spec.projection),
        hasPrevious: this.fillings.inRole(spec, 'previous') !== undefined,
      };
    });
    return Promise.resolve(statuses);
  }

  begin(spec: GenerationSpec, from: 'nothing' | 'previous', now: number): Promise<boolean> {
    const isUnderWay =
      this.fillings.inRole(spec, 'filling') ?? this.fillings.inRole(spec, 'offered');
    const origin =
      from === 'nothing' ? this.fillings.empty(spec) : this.fillings.inRole(spec, 'previous');
    if (isUnderWay !== undefined || origin === undefined) return Promise.resolve(false);
    this.fillings.put({ ...origin, role: 'filling', since: now, claim: undefined });
    return Promise.resolve(true);
  }

  otherVersion({ projection, version, storeId }: GenerationSpec): Promise<Totals | undefined> {
    const [other] = this.fillings.all
      .filter(({ role }) => role === 'serving')
      .map(({ generation }) => generation)
      .filter((one) => one.projection === projection && one.version !== version)
      .filter((one) => one.storeId === storeId)
      .sort((a, b) => b.version - a.version);
    return Promise.resolve(other?.totals);
  }

  offer(generation: Generation): Promise<void> {
    const filling = this.owner.held(generation);
    if (filling === undefined) return Promise.reject(new CheckpointMoved(generation));
    this.fillings.put({ ...filling, role: 'offered', claim: undefined });
    return Promise.resolve();
  }

  replace(
    serving: Generation | undefined,
    filling: Generation,
    end: RebuildOutcome,
  ): Promise<void> {
    const before = this.fillings.inRole(filling, 'serving');
    const after = this.owner.held(filling);
    const isAsBelieved =
      before === (serving && this.owner.held(serving)) &&
      before?.generation.checkpoint === serving?.checkpoint &&
      after?.generation.checkpoint === filling.checkpoint;
    if (!isAsBelieved) return Promise.reject(new CheckpointMoved(filling));
    if (before !== undefined) {
      this.fillings.put({ ...before, role: 'previous', since: end.at, claim: undefined });
    }
    this.owner.save({ ...after, role: 'serving' });
    this.fillings.outcomes.set(filling.projection, end);
    return Promise.resolve();
  }

  abandon(spec: GenerationSpec, end: RebuildOutcome): Promise<boolean> {
    const filling = this.fillings.inRole(spec, 'filling') ?? this.fillings.inRole(spec, 'offered');
    if (filling === undefined) return Promise.resolve(false);
    this.fillings.drop(filling);
    this.fillings.outcomes.set(spec.projection, end);
    return Promise.resolve(true);
  }

  sweep(specs: readonly GenerationSpec[], replacedBefore: number): Promise<void> {
    const isOld = ({ role, since, generation }: Filling): boolean =>
      role === 'previous' &&
      since < replacedBefore &&
      specs.some((spec) => isSameModel(spec, generation));
    for (const old of this.fillings.all.filter(isOld)) this.fillings.drop(old);
    return Promise.resolve();
  }
}
