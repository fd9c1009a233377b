import type { Figures, Metric } from '../api/schema.js';
import { leftEarlyOf } from './completed.js';
import type { Unit } from './unit.js';

/** What rows are listed by: a metric, or the views that were not completed. */
export type Column = Metric | 'LEFT_EARLY';

/** A figure as pages show it; its words stand in texts.ts under the same name. */
export interface MetricOf {
  readonly unit: Unit;
  /** The field of `Figures` that docs/metrics.md defines it by; of its own where there is none. */
  readonly field: string;
  /** What is better: more of it, less of it, or neither. */
  readonly better: 'more' | 'less' | undefined;
  readonly of: (figures: Figures) => number | null;
  /** What a rate or an average is of; undefined: it is a count, or a sum. */
  readonly counted?: 'attempts' | 'views' | undefined;
}

/** The fields of `Figures` that hold a number. */
type NumberField = {
  [Field in keyof Figures]: Figures[Field] extends number | null ? Field : never;
}[keyof Figures];

const metric = <Field extends NumberField>(
  unit: Unit,
  field: Field,
  better?: MetricOf['better'],
  counted?: MetricOf['counted'],
): MetricOf => ({ unit, field, better, of: (figures) => figures[field], counted });

const startup = (percentile: 'p50' | 'p75' | 'p95'): MetricOf => ({
  unit: 'moment',
  field: 'startupTime',
  better: 'less',
  counted: 'views',
  of: ({ startupTime }) => startupTime?.[percentile] ?? null,
});

/** Of views without a user id nobody knows how many viewers they had: not none. */
const viewersOf = ({ uniqueViewers, views, anonymousViews }: Figures): number | null =>
  views > 0 && anonymousViews >= views ? null : uniqueViewers;

/** Every metric of the API, and what follows from them. */
export const METRIC: Readonly<Record<Column, MetricOf>> = {
  VIEWS: metric('count', 'views', 'more'),
  QUALIFIED_VIEWS: metric('count', 'qualifiedViews', 'more'),
  ANONYMOUS_VIEWS: metric('count', 'anonymousViews'),
  UNIQUE_VIEWERS: { ...metric('count', 'uniqueViewers', 'more'), of: viewersOf },
  WATCH_TIME: metric('seconds', 'watchTime', 'more'),
  AVERAGE_WATCH_TIME: metric('seconds', 'averageWatchTime', 'more', 'views'),
  COMPLETION_RATE: metric('rate', 'completionRate', 'more', 'views'),
  ATTEMPTS: metric('count', 'attempts', 'more'),
  START_FAILURE_RATE: metric('rate', 'startFailureRate', 'less', 'attempts'),
  EXIT_BEFORE_START_RATE: metric('rate', 'exitBeforeStartRate', 'less', 'attempts'),
  PLAYBACK_FAILURE_RATE: metric('rate', 'playbackFailureRate', 'less', 'views'),
  STARTUP_P50: startup('p50'),
  STARTUP_P75: startup('p75'),
  STARTUP_P95: startup('p95'),
  STALLS: metric('count', 'stalls', 'less'),
  STALLED_TIME: metric('seconds', 'stalledTime', 'less'),
  STALLS_PER_HOUR: metric('perHour', 'stallsPerHour', 'less', 'views'),
  REBUFFER_RATIO: metric('rate', 'rebufferRatio', 'less', 'views'),
  BYTES: metric('bytes', 'bytes'),
  AVERAGE_MBPS: metric('mbps', 'averageMbps', 'more', 'views'),
  COST: metric('usd', 'cost'),
  CONCURRENT_VIEWERS_PEAK: metric('count', 'peakConcurrentViewers', 'more'),
  // More views have more of them: the completion says whether that is worse.
  LEFT_EARLY: { unit: 'count', field: 'leftEarly', better: undefined, of: leftEarlyOf },
};
