import type { StartupPercentiles } from '../../domain/figures/startup-buckets.js';
import type { StreamQuality } from '../../domain/quality.js';

/** The figures of the sessions that started in a stretch of time; rates are 0 to 1. */
export interface Figures {
  readonly views: number;
  readonly qualifiedViews: number;
  readonly anonymousViews: number;
  readonly viewsWithoutStates: number;
  readonly open: number;
  readonly uniqueViewers: number;
  readonly uniqueViewersExact: boolean;
  /** Seconds. */
  readonly watchTime: number;
  readonly averageWatchTime: number | null;
  readonly completionRate: number | null;
  readonly attempts: number;
  readonly startFailureRate: number | null;
  readonly exitBeforeStartRate: number | null;
  readonly playbackFailureRate: number | null;
  /** Seconds. */
  readonly startupTime: StartupPercentiles | null;
  readonly stalls: number;
  readonly stalledTime: number;
  readonly rebufferRatio: number | null;
  readonly stallsPerHour: number | null;
  readonly bytes: number;
  readonly averageMbps: number | null;
  /** USD. */
  readonly cost: number;
  readonly peakConcurrentViewers: number;
  /** The first minute of the peak; epoch milliseconds. */
  readonly peakAt: number | null;
  readonly byQuality: readonly QualityFigures[];
}

export interface QualityFigures {
  readonly quality: StreamQuality;
  readonly watchTime: number;
  readonly bytes: number;
  readonly stalls: number;
}
