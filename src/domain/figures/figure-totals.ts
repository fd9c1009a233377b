import type { FigureCounts } from './figure-counts.js';
import type { StartupCounts } from './startup-buckets.js';

/** The figures that need more than the counts; only wanted ones are read. */
export interface FigureParts {
  readonly uniqueViewers: boolean;
  readonly startupTime: boolean;
  readonly peak: boolean;
}

/** The sums over some sessions, without the parts that nobody wanted. */
export interface FigureTotals {
  readonly counts: FigureCounts;
  readonly viewers?: { readonly count: number; readonly isExact: boolean };
  readonly startups?: StartupCounts;
  readonly peak?: ConcurrencyPeak;
}

/** The minute in which the most sessions were watched or stalled. */
export interface ConcurrencyPeak {
  readonly sessions: number;
  /** The first such minute, epoch milliseconds; undefined where nobody watched. */
  readonly at: number | undefined;
}
