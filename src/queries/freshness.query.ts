import { Query } from '@nestjs/cqrs';
import type { ProjectionName } from '../ports/projection.js';

/** The freshness of the answers to readers: in each respect that of the worst read model. */
export interface Freshness {
  /** All read models have looked at the log up to here. */
  readonly position: number;
  /** Every event recorded before this is in all read models; epoch milliseconds. */
  readonly asOf: number;
  readonly lagSeconds: number;
  /** Undefined where the store cannot count, or is out of reach. */
  readonly lagEvents: number | undefined;
  readonly parkedEvents: number;
  /** The names of the read models that no longer advance. */
  readonly stopped: readonly ProjectionName[];
}

/** Asks for the freshness, and waits for no read model. */
export class FreshnessQuery extends Query<Freshness> {}
