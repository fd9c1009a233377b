import { withViewer, type ViewerSketch } from '../src/domain/distinct-viewers.js';
import { documentKey, partsOf } from '../src/domain/document-key.js';
import {
  isPlaybackEvent,
  isWatched,
  type PlaybackEvent,
  type Recorded,
} from '../src/domain/event.js';
import type { ByQuality } from '../src/domain/quality.js';
import { inNfc } from '../src/domain/text.js';
import { DAY_MS, HOUR_MS } from '../src/domain/time.js';
import { RETIRES_AT, type Projection, type Totals } from '../src/ports/projection.js';

/** The buckets kept for each media item: UTC hours and UTC days. */
export type Granularity = 'hour' | 'day';
const BUCKET_MS: Readonly<Record<Granularity, number>> = { hour: HOUR_MS, day: DAY_MS };
const GRANULARITIES = ['hour', 'day'] as const;

/** What one media item got in one bucket. */
export interface StatsDocument {
  readonly views: number;
  /** Views that started in this bucket and were completed, whenever that was. */
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

export const statsKey = (mediaId: string, granularity: Granularity, bucket: number): string =>
  documentKey('stats', mediaId, granularity, bucket);

export const viewersKey = (mediaId: string, granularity: Granularity, bucket: number): string =>
  documentKey('viewers', mediaId, granularity, bucket);

const NOTHING: StatsDocument = {
  views: 0,
  completedViews: 0,
  watchedMs: 0,
  bufferingEvents: 0,
  byQuality: {},
};
const NOTHING_AT_QUALITY: QualityCounts = { views: 0, bytes: 0, watchedMs: 0 };

function keysOf(event: Recorded): readonly string[] {
  if (!isPlaybackEvent(event)) return [];
  const { occurredAt, completesViewAt, viewerId } = event.data;
  const mediaId = inNfc(event.data.mediaId);
  const keys = new Set<string>();
  for (const granularity of GRANULARITIES) {
    const bucketOf = (timeMs: number): number => Math.floor(timeMs / BUCKET_MS[granularity]);
    keys.add(statsKey(mediaId, granularity, bucketOf(occurredAt)));
    if (completesViewAt !== undefined) {
      keys.add(statsKey(mediaId, granularity, bucketOf(completesViewAt)));
    }
    if (event.type === 'session_start' && viewerId !== undefined) {
      keys.add(viewersKey(mediaId, granularity, bucketOf(occurredAt)));
    }
  }
  return [...keys];
}

function evolve(
  document: StatsDocument | ViewersDocument | undefined,
  event: Recorded,
  key: string,
): StatsDocument | ViewersDocument | undefined {
  if (!isPlaybackEvent(event)) return document;
  const { kind, startMs, endMs } = bucketOfKey(key);
  if (kind === 'viewers') {
    const sketch = document as ViewersDocument | undefined;
    const { viewerId } = event.data;
    return viewerId === undefined ? sketch : withViewer(sketch, viewerId);
  }
  const isInside = (timeMs: number | undefined): boolean =>
    timeMs !== undefined && timeMs >= startMs && timeMs < endMs;
  const stats = (document as StatsDocument | undefined) ?? NOTHING;
  const counted = isInside(event.data.occurredAt) ? withEvent(stats, event) : stats;
  return isInside(event.data.completesViewAt)
    ? { ...counted, completedViews: counted.completedViews + 1 }
    : counted;
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

/** By hour alone: the days hold the same once more. */
function measure(document: StatsDocument | ViewersDocument, key: string): Totals {
  const { kind, granularity } = bucketOfKey(key);
  if (kind !== 'stats' || granularity !== 'hour') return {};
  const { views, completedViews, watchedMs, bufferingEvents } = document as StatsDocument;
  return { views, completedViews, watchedMs, bufferingEvents };
}

function bucketOfKey(key: string): Bucket {
  const parts = partsOf(key);
  const [kind = '', , , bucket] = parts;
  const granularity = parts[2] as Granularity;
  const lengthMs = BUCKET_MS[granularity];
  const startMs = Number(bucket) * lengthMs;
  return { kind, granularity, startMs, endMs: startMs + lengthMs };
}

interface Bucket {
  readonly kind: string;
  readonly granularity: Granularity;
  readonly startMs: number;
  readonly endMs: number;
}

/** Views, viewers, watch time, completion and buffering of each media item, by hour and by day. */
export const streamingAnalytics: Projection<StatsDocument | ViewersDocument> = {
  name: 'streaming-analytics',
  version: 3,
  indexes: [RETIRES_AT],
  keysOf,
  evolve,
  indexValuesOf: (_, key) => ({ [RETIRES_AT]: bucketOfKey(key).endMs }),
  measure,
};
