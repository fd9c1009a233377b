import { Query } from '@nestjs/cqrs';
import type { SliceFilter } from '../../ports/read-model/slices.js';
import type { Comparison, Interval } from '../ranges/range-words.js';
import type { FigureParts } from '../../domain/figures/figure-totals.js';
import type { Figures } from './figures.js';
import type { Metric } from './metrics.js';

export { COMPARISONS, INTERVALS, type Comparison, type Interval } from '../ranges/range-words.js';
export { METRICS, partsFor, type Metric } from './metrics.js';
export type { Figures, QualityFigures } from './figures.js';

/** A range of time, and the zone whose calendar it follows. */
export interface WantedRange {
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  /** Epoch milliseconds, exclusive; it may lie ahead. */
  readonly to: number;
  readonly timeZone: string;
}

/** The range and filters of wanted figures. */
export interface WantedFigures {
  readonly range: WantedRange;
  /** The filters that a session must all meet. */
  readonly filters: readonly SliceFilter[];
  readonly compare: Comparison | undefined;
}

/** The terms on which somebody asks. */
export interface AskingTerms {
  /** The position that the answer must have come to, if any. */
  readonly readAfter: number | undefined;
  /**
   * Charges a cost that is known only during the work. Throws QUERY_TOO_COMPLEX or RATE_LIMITED
   * before any work is done for it.
   */
  readonly charge: (cost: number) => void;
}

/** The terms of clients who go on watching: they pay nothing more. */
export const FOR_FREE: AskingTerms = { readAfter: undefined, charge: () => undefined };

export interface Period {
  readonly from: number;
  readonly to: number;
  /** The time up to which figures are final, apart from late events. */
  readonly completeUntil: number;
}

export interface FiguresReport {
  readonly period: Period;
  readonly figures: Figures;
  readonly previous: Figures | null;
  readonly previousPeriod: Period | null;
  /** The share of viewers whose sessions were read: 1 is all, and exact. */
  readonly sampled: number;
}

/** A metric in each bucket. */
export interface Series {
  readonly metric: Metric;
  readonly values: readonly (number | null)[];
  readonly previous: readonly (number | null)[] | null;
}

export interface TimeSeries {
  readonly period: Period;
  readonly interval: Interval;
  /** The start of every bucket. */
  readonly at: readonly number[];
  readonly series: readonly Series[];
  readonly sampled: number;
}

/** Asks for the figures of a range, and of an earlier one to compare it with. */
export class FiguresQuery extends Query<FiguresReport> {
  constructor(
    readonly wanted: WantedFigures,
    readonly parts: FigureParts,
    readonly terms: AskingTerms,
  ) {
    super();
  }
}

/** Asks for metrics in each bucket of a range. */
export class TimeSeriesQuery extends Query<TimeSeries> {
  constructor(
    readonly wanted: WantedFigures,
    readonly interval: Interval,
    readonly metrics: readonly Metric[],
    readonly terms: AskingTerms,
  ) {
    super();
  }
}
