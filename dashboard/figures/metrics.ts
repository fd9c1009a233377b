import type { Figures, Metric } from '../api/schema.js';
import type { Unit } from './format.js';

/** A figure as pages show it; its words stand in texts.ts under the same name. */
export interface MetricOf {
  readonly unit: Unit;
  /** The field of `Figures` that docs/metrics.md defines it by. */
  readonly field: string;
  /** What is better: more of it, less of it, or neither. */
  readonly better: 'more' | 'less' | undefined;
  readonly of: (figures: Figures) => number | null;
}

const metric = (
  unit: Unit,
  field: string,
  better: MetricOf['better'],
  of: MetricOf['of'],
): MetricOf => ({ unit, field, better, of });

/** Every metric of the API. */
export const METRIC: Readonly<Record<Metric, MetricOf>> = {
  VIEWS: metric('count', 'views', 'more', ({ views }) => views),
  QUALIFIED_VIEWS: metric('count', 'qualifiedViews', 'more', (all) => all.qualifiedViews),
  ANONYMOUS_VIEWS: metric('count', 'anonymousViews', undefined, (all) => all.anonymousViews),
  UNIQUE_VIEWERS: metric('count', 'uniqueViewers', 'more', (all) => all.uniqueViewers),
  WATCH_TIME: metric('seconds', 'watchTime', 'more', ({ watchTime }) => watchTime),
  AVERAGE_WATCH_TIME: metric('seconds', 'averageWatchTime', 'more', (all) => all.averageWatchTime),
  COMPLETION_RATE: metric('rate', 'completionRate', 'more', (all) => all.completionRate),
  ATTEMPTS: metric('count', 'attempts', 'more', ({ attempts }) => attempts),
  START_FAILURE_RATE: metric('rate', 'startFailureRate', 'less', (all) => all.startFailureRate),
  EXIT_BEFORE_START_RATE: metric(
    'rate',
    'exitBeforeStartRate',
    'less',
    (all) => all.exitBeforeStartRate,
  ),
  PLAYBACK_FAILURE_RATE: metric(
    'rate',
    'playbackFailureRate',
    'less',
    (all) => all.playbackFailureRate,
  ),
  STARTUP_P50: metric('moment', 'startupTime', 'less', (all) => all.startupTime?.p50 ?? null),
  STARTUP_P75: metric('moment', 'startupTime', 'less', (all) => all.startupTime?.p75 ?? null),
  STARTUP_P95: metric('moment', 'startupTime', 'less', (all) => all.startupTime?.p95 ?? null),
  STALLS: metric('count', 'stalls', 'less', ({ stalls }) => stalls),
  STALLED_TIME: metric('seconds', 'stalledTime', 'less', (all) => all.stalledTime),
  STALLS_PER_HOUR: metric('perHour', 'stallsPerHour', 'less', (all) => all.stallsPerHour),
  REBUFFER_RATIO: metric('rate', 'rebufferRatio', 'less', (all) => all.rebufferRatio),
  BYTES: metric('bytes', 'bytes', undefined, ({ bytes }) => bytes),
  AVERAGE_MBPS: metric('mbps', 'averageMbps', 'more', (all) => all.averageMbps),
  COST: metric('usd', 'cost', undefined, ({ cost }) => cost),
  CONCURRENT_VIEWERS_PEAK: metric(
    'count',
    'peakConcurrentViewers',
    'more',
    (all) => all.peakConcurrentViewers,
  ),
};
