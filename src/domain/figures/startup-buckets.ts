/**
 * Startup times as counts in logarithmic buckets, after C. Masson, J. E. Rim and H. K. Lee,
 * "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees" (2019): a
 * value shown for a bucket differs from each of its times by 1 % at most. Counts of several
 * stretches of time are simply added.
 */
export type StartupCounts = Readonly<Record<number, number>>;

const RELATIVE_ERROR = 0.01;
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GROWTH = Math.log(GROWTH);

/** Returns the bucket of a time in whole milliseconds; 0 is that of no time at all. */
export const bucketOf = (startupMs: number): number =>
  startupMs < 1 ? 0 : 1 + Math.ceil(Math.log(startupMs) / LOG_GROWTH);

/** Returns the time in milliseconds that stands for a bucket. */
export const timeOf = (bucket: number): number =>
  bucket < 1 ? 0 : (2 * GROWTH ** (bucket - 1)) / (GROWTH + 1);

/** The startup times below which a half, three quarters and 95 % of them lie, milliseconds. */
export interface StartupPercentiles {
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  /** The number of startup times. */
  readonly count: number;
}

/** Works out percentiles; undefined where there is no startup time. */
export function percentilesOf(counts: StartupCounts): StartupPercentiles | undefined {
  // The buckets come in rising order, as whole numbers do in every object.
  const buckets = Object.entries(counts).map(([bucket, n]) => [Number(bucket), n] as const);
  const count = buckets.reduce((sum, [, n]) => sum + n, 0);
  if (count === 0) return undefined;
  const at = (percent: number): number => {
    // In hundredths, all numbers stay whole.
    let left = percent * count;
    const found = buckets.find(([, n]) => (left -= 100 * n) <= 0);
    return timeOf(found?.[0] ?? 0);
  };
  // Of a sample, counts are estimates.
  return { p50: at(50), p75: at(75), p95: at(95), count: Math.round(count) };
}
