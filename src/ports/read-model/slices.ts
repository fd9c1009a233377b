import { dimensionOf, type Dimension } from '../../domain/figures/dimensions.js';
import type { FigureParts, FigureTotals } from '../../domain/figures/figure-totals.js';
import type { RetentionSums } from '../../domain/figures/retention.js';
import type { Slots } from '../../domain/figures/session-places.js';
import type { SessionRow } from '../../domain/figures/session-row.js';
import type { Stretch } from '../../domain/time.js';

/** Sums up sessions by the values of dimensions. */
export interface SliceReader {
  /**
   * Answers questions on one consistent state of the sessions, which is at a position or behind it.
   * Throws what `snapshot` does. Throws the reason of the signal once that is aborted; then the
   * store stops its work.
   */
  slices(
    atLeast: number,
    questions: readonly Slice[],
    signal?: AbortSignal,
  ): Promise<readonly SliceAnswer[]>;
  /** Sums up which parts of a title its views showed, on one consistent state like `slices`. */
  retention(
    atLeast: number,
    question: RetentionQuestion,
    signal?: AbortSignal,
  ): Promise<RetentionAnswer>;
}

/**
 * A condition on sessions: the value of a dimension has to be one of some values, or none of them.
 */
export interface SliceFilter {
  readonly dimension: Dimension;
  /** The values; '' stands for an unknown value. */
  readonly anyOf: readonly string[];
  readonly exclude: boolean;
}

/** Says whether a session meets all filters. */
export const doHold = (filters: readonly SliceFilter[], row: SessionRow): boolean =>
  filters.every(
    ({ dimension, anyOf, exclude }) => anyOf.includes(dimensionOf(row, dimension)) !== exclude,
  );

/** A question about the sessions that started in some stretches of time. */
export interface Slice {
  /** Stretches of whole minutes in the order of time. None is empty, and they do not overlap. */
  readonly stretches: readonly Stretch[];
  /** The titles, in NFC, whose sessions are read; undefined reads those of all. */
  readonly mediaIds?: readonly string[];
  /** The filters that a session must all meet. */
  readonly filters: readonly SliceFilter[];
  /** The dimension to group the sessions of a stretch by, if there is one. */
  readonly by?: Dimension;
  readonly parts: FigureParts;
  /** The slots whose sessions are read: fewer than all are a sample. */
  readonly slots: Slots;
}

/** The sums over the sessions of one stretch, and of one value of the dimension. */
export interface SliceGroup {
  /** The number of the stretch among those that were asked for. */
  readonly stretch: number;
  /** The value of the dimension; '' if the sessions are not grouped. */
  readonly value: string;
  /**
   * The sums over the sessions that started in the stretch. The peak is of its minutes, whenever
   * the sessions started. A wanted part is there even if it is nought; viewers are exact.
   */
  readonly totals: FigureTotals;
}

export interface SliceAnswer {
  /** A group for each value with a session or a watched minute in the stretch, in no order. */
  readonly groups: readonly SliceGroup[];
  /** If a sample was read: the sessions read that started in the stretches, before any filter. */
  readonly sessions?: number;
}

/**
 * A question about which parts of a title were shown, by the views that started in a stretch of
 * time.
 */
export interface RetentionQuestion extends Pick<Slice, 'filters' | 'slots'> {
  readonly stretch: Stretch;
  /** In NFC. */
  readonly mediaId: string;
  /** The length that the title is registered with. */
  readonly registeredMs?: number;
}

export interface RetentionAnswer extends RetentionSums {
  /** The length that most of the views say, else the registered one; undefined: none is known. */
  readonly lengthMs?: number;
  /** If a sample was read: the sessions read that started in the stretch, before any filter. */
  readonly sessions?: number;
}
