import { PLACE, placeAtQuality, type FigureCounts } from '../../domain/figures/figure-counts.js';
import type { FigureTotals } from '../../domain/figures/figure-totals.js';
import { percentilesOf } from '../../domain/figures/startup-buckets.js';
import { rankQualities, STREAM_QUALITIES } from '../../domain/quality.js';
import { HOUR_MS } from '../../domain/time.js';
import { gibibytes, megabitsPerSecond, seconds } from '../../domain/units.js';
import type { Figures, QualityFigures } from './figures.js';

/** Computes the figures; docs/metrics.md states each formula with its source. */
export function figuresOf(totals: FigureTotals, egressPricePerGib: number): Figures {
  const { counts, viewers, startups, peak } = totals;
  const of = (name: keyof typeof PLACE): number => counts[PLACE[name]] ?? 0;
  const views = of('views');
  const watchedMs = of('watchedMs');
  const stalledMs = of('stalledMs');
  const bytes = of('bytes');
  // Of a player without play states nobody knows what became of its views.
  const told = views - of('viewsWithoutStates');
  // What a CDN delivered was watched at most: it is in no average with what was.
  const toldMs = watchedMs - of('deliveredMs');
  const toldStalls = of('stalls') - of('deliveredStalls');
  // An attempt under way has not turned out in any way.
  const decided = told + of('startFailures') + of('exitsBeforeStart');
  const percentiles = percentilesOf(startups ?? {});
  return {
    views,
    qualifiedViews: of('qualifiedViews'),
    anonymousViews: of('anonymousViews'),
    viewsWithoutStates: of('viewsWithoutStates'),
    open: of('open'),
    uniqueViewers: viewers?.count ?? 0,
    uniqueViewersExact: viewers?.isExact ?? true,
    watchTime: seconds(watchedMs),
    averageWatchTime: ratio(seconds(toldMs), told),
    completionRate: ratio(of('completedViews'), told),
    attempts: of('attempts'),
    startFailureRate: ratio(of('startFailures'), decided),
    exitBeforeStartRate: ratio(of('exitsBeforeStart'), decided),
    playbackFailureRate: ratio(of('playbackFailures'), told),
    startupTime: percentiles === undefined ? null : inSeconds(percentiles),
    stalls: of('stalls'),
    stalledTime: seconds(stalledMs),
    rebufferRatio: ratio(stalledMs, stalledMs + toldMs),
    stallsPerHour: ratio(toldStalls, toldMs / HOUR_MS),
    bytes,
    averageMbps: watchedMs === 0 ? null : megabitsPerSecond(bytes, watchedMs),
    cost: gibibytes(bytes) * egressPricePerGib,
    peakConcurrentViewers: peak?.sessions ?? 0,
    peakAt: peak?.at ?? null,
    byQuality: byQualityOf(counts),
  };
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const inSeconds = ({ p50, p75, p95, count }: NonNullable<ReturnType<typeof percentilesOf>>) => ({
  p50: seconds(p50),
  p75: seconds(p75),
  p95: seconds(p95),
  count,
});

/** Returns a row for each quality at which anything happened, the most watched first. */
function byQualityOf(counts: FigureCounts): readonly QualityFigures[] {
  const rows = STREAM_QUALITIES.map((quality) => ({
    quality,
    watchTime: seconds(counts[placeAtQuality(quality, 'watchedMs')] ?? 0),
    bytes: counts[placeAtQuality(quality, 'bytes')] ?? 0,
    stalls: counts[placeAtQuality(quality, 'stalls')] ?? 0,
  }));
  const known = rows.filter(({ watchTime, bytes, stalls }) => watchTime + bytes + stalls > 0);
  return rankQualities(known, ({ watchTime }) => watchTime);
}
