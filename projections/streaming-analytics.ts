import { withViewer, type ViewerSketch } from '../src/domain/distinct-viewers.js';
import { asNumber, asOneOf, asText, DocumentKind } from '../src/domain/document-key.js';
import {
  isPlaybackEvent,
  isWatched,
  type CdnView,
  type PlaybackEvent,
} from '../src/domain/event.js';
import type { ByQuality, StreamQuality } from '../src/domain/quality.js';
import { inNfc } from '../src/domain/text.js';
import { DAY_MS, HOUR_MS } from '../src/domain/time.js';
import {
  createProjection,
  RETIRES_AT,
  type IndexValues,
  type Totals,
} from '../src/ports/projection.js';

/** The buckets kept for each media item: UTC hours and UTC days. */
export type Granularity = 'hour' | 'day';
const BUCKET_MS: Readonly<Record<Granularity, number>> = { hour: HOUR_MS, day: DAY_MS };
const GRANULARITIES = ['hour', 'day'] as const;

/** The figures of one media item in one bucket. */
export interface StatsDocument {
  readonly views: number;
  /** Views that started in this bucket and were completed at any time. */
  readonly completedViews: number;
  readonly watchedMs: number;
  readonly bufferingEvents: number;
  readonly byQuality: ByQuality<QualityCounts>;
}

export interface QualityCounts {
  readonly views: number;
  readonly bytes: number;
  readonly watchedMs: number;
}

/** The viewers who started a view of one media item in one bucket. */
export type ViewersDocument = ViewerSketch;

/** A media item's bucket, as a key names it. */
export type BucketParts = [mediaId: string, granularity: Granularity, bucket: number];
const BUCKET_READERS = [asText, asOneOf(GRANULARITIES), asNumber] as const;
export const STATS = new DocumentKind<StatsDocument, BucketParts>('stats', BUCKET_READERS);
export const VIEWERS = new DocumentKind<ViewersDocument, BucketParts>('viewers', BUCKET_READERS);

const NOTHING: StatsDocument = {
  views: 0,
  completedViews: 0,
  watchedMs: 0,
  bufferingEvents: 0,
  byQuality: {},
};
const NOTHING_AT_QUALITY: QualityCounts = { views: 0, bytes: 0, watchedMs: 0 };

function keysOf(event: PlaybackEvent): readonly string[] {
  const { occurredAt, completesViewAt, viewerId } = event.data;
  const mediaId = inNfc(event.data.mediaId);
  if (event.type === 'view_withdrawn') return keysOfWithdrawn(mediaId, event.data.withdrawn);
  const keys = new Set<string>();
  for (const granularity of GRANULARITIES) {
    const bucketOf = (timeMs: number): number => Math.floor(timeMs / BUCKET_MS[granularity]);
    keys.add(STATS.key(mediaId, granularity, bucketOf(occurredAt)));
    if (completesViewAt !== undefined) {
      keys.add(STATS.key(mediaId, granularity, bucketOf(completesViewAt)));
    }
    if (event.type === 'session_start' && viewerId !== undefined) {
      keys.add(VIEWERS.key(mediaId, granularity, bucketOf(occurredAt)));
    }
  }
  return [...keys];
}

/** Returns the buckets in which a withdrawn view had counted. */
function keysOfWithdrawn(mediaId: string, { start, parts }: CdnView): readonly string[] {
  const times = parts.map(({ hour }) => hour * HOUR_MS);
  const all = start === undefined ? times : [...times, start.at];
  const keys = GRANULARITIES.flatMap((granularity) =>
    all.map((at) => STATS.key(mediaId, granularity, Math.floor(at / BUCKET_MS[granularity]))),
  );
  return [...new Set(keys)];
}

function withStats(
  document: StatsDocument | undefined,
  event: PlaybackEvent,
  parts: BucketParts,
): StatsDocument | undefined {
  if (event.type === 'view_withdrawn') {
    // What was forgotten holds no view any more.
    return document && withoutView(document, event.data.withdrawn, parts);
  }
  const { startMs, endMs } = spanOf(parts);
  const isInside = (timeMs: number | undefined): boolean =>
    timeMs !== undefined && timeMs >= startMs && timeMs < endMs;
  const stats = document ?? NOTHING;
  const counted = isInside(event.data.occurredAt) ? withEvent(stats, event) : stats;
  return isInside(event.data.completesViewAt)
    ? { ...counted, completedViews: counted.completedViews + 1 }
    : counted;
}

/** Takes out what a withdrawn view had counted for in a bucket. */
function withoutView(
  stats: StatsDocument,
  { start, parts }: CdnView,
  bucket: BucketParts,
): StatsDocument {
  const { startMs, endMs } = spanOf(bucket);
  const isInside = (timeMs: number): boolean => timeMs >= startMs && timeMs < endMs;
  const counted = parts.filter(({ hour }) => isInside(hour * HOUR_MS));
  const started = start !== undefined && isInside(start.at) ? start.quality : undefined;
  const byQuality: Partial<Record<StreamQuality, QualityCounts>> = { ...stats.byQuality };
  const take = (quality: StreamQuality, views: number, watchedMs: number): void => {
    const at = byQuality[quality] ?? NOTHING_AT_QUALITY;
    byQuality[quality] = {
      ...at,
      views: at.views - views,
      watchedMs: at.watchedMs - watchedMs,
    };
  };
  if (started !== undefined) take(started, 1, 0);
  for (const { quality, watchedMs } of counted) take(quality, 0, watchedMs);
  const sumOf = (name: 'watchedMs' | 'stalls'): number =>
    counted.reduce((sum, part) => sum + part[name], 0);
  return {
    views: stats.views - (started === undefined ? 0 : 1),
    completedViews: stats.completedViews,
    watchedMs: stats.watchedMs - sumOf('watchedMs'),
    bufferingEvents: stats.bufferingEvents - sumOf('stalls'),
    byQuality,
  };
}

function withEvent(stats: StatsDocument, event: PlaybackEvent): StatsDocument {
  const { quality, bytes = 0, durationMs = 0 } = event.data;
  const views = event.type === 'session_start' ? 1 : 0;
  const watchedMs = isWatched(event.type) ? durationMs : 0;
  const at = stats.byQuality[quality] ?? NOTHING_AT_QUALITY;
  return {
    views: stats.views + views,
    completedViews: stats.completedViews,
    watchedMs: stats.watchedMs + watchedMs,
    bufferingEvents: stats.bufferingEvents + bufferingEventsOf(event),
    byQuality: {
      ...stats.byQuality,
      [quality]: {
        views: at.views + views,
        bytes: at.bytes + bytes,
        watchedMs: at.watchedMs + watchedMs,
      },
    },
  };
}

function bufferingEventsOf(event: PlaybackEvent): number {
  if (event.type === 'quality_reported') return event.data.bufferingEvents;
  return event.type === 'rebuffer_start' || event.type === 'buffering' ? 1 : 0;
}

/** Counts the totals by hour alone, as the days hold the same figures once more. */
function measure(document: StatsDocument, [, granularity]: BucketParts): Totals {
  if (granularity !== 'hour') return {};
  const { views, completedViews, watchedMs, bufferingEvents } = document;
  return { views, completedViews, watchedMs, bufferingEvents };
}

function spanOf([, granularity, bucket]: BucketParts): {
  readonly startMs: number;
  readonly endMs: number;
} {
  const lengthMs = BUCKET_MS[granularity];
  return { startMs: bucket * lengthMs, endMs: (bucket + 1) * lengthMs };
}

const retirementOf = (parts: BucketParts): IndexValues => ({ [RETIRES_AT]: spanOf(parts).endMs });

/** Views, viewers, watch time, completion and buffering of each media item, by hour and by day. */
export const streamingAnalytics = createProjection<[typeof STATS, typeof VIEWERS], PlaybackEvent>({
  name: 'streaming-analytics',
  version: 5,
  indexes: [RETIRES_AT],
  takes: isPlaybackEvent,
  keysOf,
  folds: [
    {
      kind: STATS,
      evolve: withStats,
      indexValuesOf: (_, parts) => retirementOf(parts),
      measure,
    },
    {
      kind: VIEWERS,
      evolve: (sketch, { data: { viewerId } }) =>
        viewerId === undefined ? sketch : withViewer(sketch, viewerId),
      indexValuesOf: (_, parts) => retirementOf(parts),
      measure: () => ({}),
    },
  ],
});
