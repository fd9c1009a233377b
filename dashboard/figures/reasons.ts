import type { Question } from '../api/document.js';
import type { Dimension, Figures } from '../api/schema.js';
import { FORMULAS, LEFT_EARLY_FORMULA, METRIC_NAMES } from '../texts.js';
import { METRIC, type Column } from './metrics.js';
import type { Reason } from './reason.js';

export const FIGURES_SECTION = '#figures-timeseries-breakdown-and-retention';

/** What a reason is made from. */
export interface Behind {
  readonly metric: Column;
  readonly figures: Figures;
  readonly previous?: Figures | null | undefined;
  /** The share of viewers that were read. */
  readonly sampled: number;
  readonly question: Question;
  /** Of what the figure is, such as a title; undefined: of all that was asked for. */
  readonly of?: string | undefined;
  /** The dimension and its value that the figures are of, where they are of one. */
  readonly slice?: { readonly by: Dimension; readonly value: string } | undefined;
  readonly link?: Reason['link'];
}

/** Collects what there is to say of a metric in some figures. */
export function reasonOf(behind: Behind): Reason {
  const { metric, figures, previous, sampled, question, of, link } = behind;
  const { unit, field, better, of: valueOf, counted } = METRIC[metric];
  const isOwn = metric === 'LEFT_EARLY';
  const ofCount =
    counted && Math.min(figures[counted], previous == null ? Infinity : previous[counted]);
  return {
    metric: isOwn ? field : metric,
    label: of === undefined ? METRIC_NAMES[metric] : `${METRIC_NAMES[metric]}: ${of}`,
    value: valueOf(figures),
    unit,
    previous: previous == null ? undefined : valueOf(previous),
    better: better && isOfError(behind) ? 'less' : better,
    ofCount,
    formula: isOwn ? LEFT_EARLY_FORMULA : (FORMULAS[field] ?? ''),
    section: isOwn ? FIGURES_SECTION : `${FIGURES_SECTION}.${field}`,
    question,
    certainty: undefined,
    behind: { metric, figures, sampled },
    link,
  };
}

/** The fewer sessions had an error, the better; rates are of those that had it. */
const isOfError = ({ slice, metric }: Behind): boolean =>
  slice?.by === 'ERROR_CODE' && slice.value !== '' && METRIC[metric].unit === 'count';

/** Keeps one part of a question: the one that gave a number. */
export const onlyPart = ({ parts, variables }: Question, name: string): Question => ({
  parts: { [name]: parts[name] ?? '' },
  variables,
});
