import type { Question } from '../api/document.js';
import type { Figures, Metric } from '../api/schema.js';
import type { Reason } from '../panels/why.jsx';
import { FORMULAS, METRIC_NAMES } from '../texts.js';
import { METRIC } from './metrics.js';

const FIGURES_SECTION = '#figures-timeseries-breakdown-and-retention';

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
  const { unit, field, of: valueOf } = METRIC[metric];
  return {
    label: of === undefined ? METRIC_NAMES[metric] : `${METRIC_NAMES[metric]}: ${of}`,
    value: valueOf(figures),
    unit,
    previous: previous == null ? undefined : valueOf(previous),
    formula: FORMULAS[field] ?? '',
    section: FIGURES_SECTION,
    question,
    certainty: certaintyOf(behind),
    link,
  };
}

function certaintyOf({ metric, figures, sampled }: Behind): string {
  const grows = figures.open > 0 ? ` ${String(figures.open)} sessions are still under way.` : '';
  if (sampled < 1) return `Estimated from ${percentOf(sampled)} of sessions.${grows}`;
  if (metric === 'UNIQUE_VIEWERS' && !figures.uniqueViewersExact) {
    return `An estimate, within 1 % (standard error).${grows}`;
  }
  if (metric.startsWith('STARTUP')) return `Estimated, within 1 % of the time.${grows}`;
  return `Exact.${grows}`;
}

export const percentOf = (share: number): string =>
  `${(share * 100).toLocaleString('en', { maximumSignificantDigits: 2 })} %`;

/** Keeps one part of a question: the one that gave a number. */
export const onlyPart = ({ parts, variables }: Question, name: string): Question => ({
  parts: { [name]: parts[name] ?? '' },
  variables,
});
