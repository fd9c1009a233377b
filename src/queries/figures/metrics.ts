import type { FigureParts } from '../../domain/figures/figure-totals.js';
import type { Figures } from './figures.js';

/** The rule for a figure that may be drawn or ordered by. */
interface MetricRule {
  readonly of: (figures: Figures) => number | null;
  /** The part of the figures that it needs, if the parts that are always there do not suffice. */
  readonly part?: keyof FigureParts;
}

const RULES = {
  VIEWS: { of: ({ views }) => views },
  QUALIFIED_VIEWS: { of: ({ qualifiedViews }) => qualifiedViews },
  ANONYMOUS_VIEWS: { of: ({ anonymousViews }) => anonymousViews },
  UNIQUE_VIEWERS: { of: ({ uniqueViewers }) => uniqueViewers, part: 'uniqueViewers' },
  WATCH_TIME: { of: ({ watchTime }) => watchTime },
  AVERAGE_WATCH_TIME: { of: ({ averageWatchTime }) => averageWatchTime },
  COMPLETION_RATE: { of: ({ completionRate }) => completionRate },
  ATTEMPTS: { of: ({ attempts }) => attempts },
  START_FAILURE_RATE: { of: ({ startFailureRate }) => startFailureRate },
  EXIT_BEFORE_START_RATE: { of: ({ exitBeforeStartRate }) => exitBeforeStartRate },
  PLAYBACK_FAILURE_RATE: { of: ({ playbackFailureRate }) => playbackFailureRate },
  STARTUP_P50: { of: ({ startupTime }) => startupTime?.p50 ?? null, part: 'startupTime' },
  STARTUP_P75: { of: ({ startupTime }) => startupTime?.p75 ?? null, part: 'startupTime' },
  STARTUP_P95: { of: ({ startupTime }) => startupTime?.p95 ?? null, part: 'startupTime' },
  STALLS: { of: ({ stalls }) => stalls },
  STALLED_TIME: { of: ({ stalledTime }) => stalledTime },
  STALLS_PER_HOUR: { of: ({ stallsPerHour }) => stallsPerHour },
  REBUFFER_RATIO: { of: ({ rebufferRatio }) => rebufferRatio },
  BYTES: { of: ({ bytes }) => bytes },
  AVERAGE_MBPS: { of: ({ averageMbps }) => averageMbps },
  COST: { of: ({ cost }) => cost },
  CONCURRENT_VIEWERS_PEAK: { of: ({ peakConcurrentViewers: peak }) => peak, part: 'peak' },
} as const satisfies Readonly<Record<string, MetricRule>>;

export type Metric = keyof typeof RULES;
export const METRICS = Object.keys(RULES) as readonly Metric[];

/** Returns a metric's value; null if it would divide by nothing. */
export const valueOf = (metric: Metric, figures: Figures): number | null =>
  RULES[metric].of(figures);

/** Returns the parts of the figures that metrics need. */
export function partsFor(metrics: readonly Metric[]): FigureParts {
  const rules: readonly MetricRule[] = metrics.map((metric) => RULES[metric]);
  const needs = (part: keyof FigureParts): boolean => rules.some((rule) => rule.part === part);
  return {
    uniqueViewers: needs('uniqueViewers'),
    startupTime: needs('startupTime'),
    peak: needs('peak'),
  };
}
