import { Query } from '@nestjs/cqrs';
import type { AskingTerms, WantedFigures } from './figures.query.js';

/** The parts of a title that its views showed, in 100 equal steps of its length. */
export interface RetentionCurve {
  /** In NFC. */
  readonly mediaId: string;
  /** The length in seconds; null where none is known. */
  readonly duration: number | null;
  /** The views with a known length; an estimate for all if a sample was read. */
  readonly views: number;
  /** For each step the share of these views that showed any of it, 0 to 1; empty without a view. */
  readonly audience: readonly number[];
  /**
   * For each step the number of times that these views showed it, for each view: 1 is once by each.
   */
  readonly plays: readonly number[];
  /** The share of viewers whose sessions were read: 1 is all, and exact. */
  readonly sampled: number;
}

/** Asks how far into a title the views went that started in a range. */
export class RetentionQuery extends Query<RetentionCurve> {
  constructor(
    /** In NFC. */
    readonly mediaId: string,
    readonly wanted: Pick<WantedFigures, 'range' | 'filters'>,
    readonly terms: AskingTerms,
  ) {
    super();
  }
}
