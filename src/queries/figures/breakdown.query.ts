import { Query } from '@nestjs/cqrs';
import type { Page } from '../page.js';
import type { Dimension } from '../../domain/figures/dimensions.js';
import type { FigureParts } from '../../domain/figures/figure-totals.js';
import type { AskingTerms, Figures, Metric, WantedFigures } from './figures.query.js';

export { DIMENSIONS, type Dimension } from '../../domain/figures/dimensions.js';

/** A table of the values of a dimension, and the page of it that is wanted. */
export interface WantedBreakdown extends WantedFigures {
  readonly by: Dimension;
  /** The greatest first; what has no value comes last. */
  readonly orderBy: Metric;
  /** Leaves out values with fewer views. */
  readonly minViews: number;
  /** Leaves out values with fewer attempts: those of which nobody came to see anything stay. */
  readonly minAttempts: number;
  /** Keeps values that hold this text, or whose label does, whatever the case. */
  readonly search: string;
  readonly first: number;
  /** The cursor of the row that the page before ended with. */
  readonly after: string | undefined;
}

/** What is shown of the rows, and of all together. */
export interface BreakdownParts {
  readonly rows: FigureParts;
  /** Undefined where the figures of all together are not shown. */
  readonly total: FigureParts | undefined;
}

interface BreakdownRow {
  readonly value: string;
  /** A title, or a country's English name; else the value. */
  readonly label: string;
  readonly figures: Figures;
  /** Of all views, 0 to 100. */
  readonly share: number;
  readonly previous: Figures | null;
}

export interface BreakdownConnection extends Page<BreakdownRow> {
  readonly totalCount: number;
  /** Undefined unless it was asked for. */
  readonly total: Figures | undefined;
  readonly sampled: number;
}

/** Asks for a row for each value with a session that started in the range. */
export class BreakdownQuery extends Query<BreakdownConnection> {
  constructor(
    readonly wanted: WantedBreakdown,
    readonly parts: BreakdownParts,
    readonly terms: AskingTerms,
  ) {
    super();
  }
}
