import { Query } from '@nestjs/cqrs';
import { PlayheadError } from '../domain/errors.js';
import type { ProjectionLag } from '../ports/projection-control.js';
import type { ProjectionName } from '../ports/projection.js';

/** The freshness of the answers to readers. Each member is that of the worst read model. */
export interface Freshness {
  /** The position up to which all read models have looked at the log. */
  readonly position: number;
  /** The time before which every recorded event is in all read models; epoch milliseconds. */
  readonly asOf: number;
  readonly lagSeconds: number;
  /** Undefined if the store cannot count or is out of reach. */
  readonly lagEvents: number | undefined;
  readonly parkedEvents: number;
  /** The names of the read models that no longer advance. */
  readonly stopped: readonly ProjectionName[];
}

/** Asks for the freshness, and waits for no read model. */
export class FreshnessQuery extends Query<Freshness> {}

/** The lag in seconds from which on clients are told. They are told again each time it doubles. */
const LAG_TOLD_SECONDS = 5;

/** Returns a number that changes when a lag has become worth telling, or has doubled since. */
export const lagStep = (lagSeconds: number): number =>
  Math.max(0, Math.floor(Math.log2(lagSeconds / LAG_TOLD_SECONDS)) + 1);

/** Sums up the progress of all read models; throws READ_MODEL_BEHIND if there is none. */
export function freshnessIn(all: readonly ProjectionLag[]): Freshness {
  if (all.length === 0) throw new PlayheadError('READ_MODEL_BEHIND', 'no read model is there');
  const counts = all.map(({ lagEvents }) => lagEvents);
  return {
    position: Math.min(...all.map(({ scanned }) => scanned)),
    asOf: Math.min(...all.map(({ asOf }) => asOf)),
    lagSeconds: Math.max(...all.map(({ lagSeconds }) => lagSeconds)),
    lagEvents: counts.reduce((a, b) =>
      a === undefined || b === undefined ? undefined : Math.max(a, b),
    ),
    parkedEvents: Math.max(...all.map(({ parkedEvents }) => parkedEvents)),
    stopped: all.filter(({ isStopped }) => isStopped).map(({ name }) => name),
  };
}
