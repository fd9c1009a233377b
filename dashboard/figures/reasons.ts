import type { Question } from '../api/document.js';
import type { Figures, Metric } from '../api/schema.js';
import { FORMULAS, METRIC_NAMES, SAYS, WORDS } from '../texts.js';
import { METRIC } from './metrics.js';
import type { Reason } from './reason.js';

export const FIGURES_SECTION = '#figures-timeseries-breakdown-and-retention';

/** What a reason is made from. */
export interface Behind {
  readonly metric: Metric;
  readonly figures: Figures;
  readonly previous?: Figures | null | undefined;
  /** The share of viewers that were read. */
  readonly sampled: number;
  readonly question: Question;
  /** Of what the figure is, such as a title; undefined: of all that was asked for. */
  readonly of?: string | undefined;
  readonly link?: Reason['link'];
}

/** Collects what there is to say of a metric in some figures. */
export function reasonOf(behind: Behind): Reason {
  const { metric, figures, previous, question, of, link } = behind;
  const { unit, field, better, of: valueOf } = METRIC[metric];
  return {
    metric,
    label: of === undefined ? METRIC_NAMES[metric] : `${METRIC_NAMES[metric]}: ${of}`,
    value: valueOf(figures),
    unit,
    previous: previous == null ? undefined : valueOf(previous),
    better,
    formula: FORMULAS[field] ?? '',
    section: FIGURES_SECTION,
    question,
    certainty: certaintyOf(behind),
    link,
  };
}

function certaintyOf({ metric, figures, sampled }: Behind): string {
  const isRough = metric === 'UNIQUE_VIEWERS' && !figures.uniqueViewersExact;
  const told =
    sampled === 1 && isRough
      ? WORDS.roughly
      : sampled === 1 && metric.startsWith('STARTUP')
        ? WORDS.roughTime
        : SAYS.certainty(sampled);
  return figures.open > 0 ? `${told} ${SAYS.open(figures.open)}` : told;
}

/** Keeps one part of a question: the one that gave a number. */
export const onlyPart = ({ parts, variables }: Question, name: string): Question => ({
  parts: { [name]: parts[name] ?? '' },
  variables,
});
