import { Query } from '@nestjs/cqrs';
import type { ProjectionName } from '../ports/projection.js';

/** The read models that the queries of readers read. */
export const READ_BY_READERS = [
  'streaming-analytics',
  'bandwidth',
  'popularity',
] as const satisfies readonly ProjectionName[];

/** How fresh the answers to readers are: in each respect that of the worst read model. */
export interface Freshness {
  /** All of them have looked at the log up to here. */
  readonly position: number;
  /** Every event that was recorded before is in all of them; epoch milliseconds. */
  readonly asOf: number;
  readonly lagSeconds: number;
  /** Undefined where the store cannot count, or is out of reach. */
  readonly lagEvents: number | undefined;
  readonly parkedEvents: number;
  /** The names of those that no longer advance. */
  readonly stopped: readonly ProjectionName[];
}

/** It waits for no read model. */
export class FreshnessQuery extends Query<Freshness> {}
