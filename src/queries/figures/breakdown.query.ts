import { Query } from '@nestjs/cqrs';
import type { Page } from '../page.js';
import type { Dimension } from '../../domain/figures/dimensions.js';
import type { FigureParts } from '../../domain/figures/figure-totals.js';
import type { AskingTerms, Figures, Metric, WantedFigures } from './figures.query.js';

export { DIMENSIONS, type Dimension } from '../../domain/figures/dimensions.js';

/** The wanted table of the values of a dimension, and the wanted page of it. */
export interface WantedBreakdown extends WantedFigures {
  readonly by: Dimension;
  /** The metric to order by, the greatest first and rows without a value last. */
  readonly orderBy: Metric;
  /** Leaves out values with fewer views. */
  readonly minViews: number;
  /** Leaves out values with fewer attempts. Values that nobody saw anything of stay. */
  readonly minAttempts: number;
  /** Keeps values that contain this text, or whose label does, in any case. */
  readonly search: string;
  readonly first: number;
  /** The cursor of the row that the page before ended with. */
  readonly after: string | undefined;
}

/** The parts of figures that are shown for the rows, and for all values together. */
export interface BreakdownParts {
  readonly rows: FigureParts;
  /** Undefined if the figures of all values together are not shown. */
  readonly total: FigureParts | undefined;
}

interface BreakdownRow {
  readonly value: string;
  /** A title, or a country's English name; else the value. */
  readonly label: string;
  readonly figures: Figures;
  /** The percentage of all views, 0 to 100. */
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
