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
  const { unit, field, better, of: valueOf, counted } = METRIC[metric];
  const ofCount =
    counted && Math.min(figures[counted], previous == null ? Infinity : previous[counted]);
  return {
    metric,
    label: of === undefined ? METRIC_NAMES[metric] : `${METRIC_NAMES[metric]}: ${of}`,
    value: valueOf(figures),
    unit,
    previous: previous == null ? undefined : valueOf(previous),
    better,
    ofCount,
    formula: FORMULAS[field] ?? '',
    section: FIGURES_SECTION,
    question,
    certainty: certaintyOf(metric, behind),
    link,
  };
}

/** What follows from bytes, which some players estimate; nobody tells of which ones. */
const OF_BYTES: readonly Metric[] = ['BYTES', 'COST', 'AVERAGE_MBPS'];
/** What the views that only a log shows add more or less to. */
const OF_LOGS: readonly Metric[] = [
  ...(['WATCH_TIME', 'STALLS', 'AVERAGE_MBPS', 'CONCURRENT_VIEWERS_PEAK'] as const),
];

/** Says how exact a metric is, as far as the API lets one know. */
export function certaintyOf(
  metric: Metric,
  { figures, sampled }: Pick<Behind, 'figures' | 'sampled'>,
): string {
  const { uniqueViewersExact, viewsWithoutStates, open } = figures;
  const isSample = sampled < 1;
  const doubts = [
    ...(isSample ? [SAYS.sampled(sampled)] : []),
    ...(!isSample && metric === 'UNIQUE_VIEWERS' && !uniqueViewersExact ? [WORDS.roughly] : []),
    ...(!isSample && metric.startsWith('STARTUP') ? [WORDS.roughTime] : []),
    ...(viewsWithoutStates > 0 && OF_LOGS.includes(metric)
      ? [SAYS.ofLogs(viewsWithoutStates)]
      : []),
    ...(OF_BYTES.includes(metric) ? [WORDS.asBytes] : []),
  ];
  return [
    ...(doubts.length > 0 ? doubts : [WORDS.exact]),
    ...(open > 0 ? [SAYS.open(open)] : []),
  ].join(' ');
}

/** Keeps one part of a question: the one that gave a number. */
export const onlyPart = ({ parts, variables }: Question, name: string): Question => ({
  parts: { [name]: parts[name] ?? '' },
  variables,
});
