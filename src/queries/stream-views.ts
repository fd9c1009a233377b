import {
  hourlyViewsKey,
  minutelyViewsKey,
  type MediaDocument,
  type ViewsDocument,
} from '../../projections/popularity.js';
import { popularityAt } from '../domain/decayed-score.js';
import { halfLifeMs, viewsWindowStart, type TimePeriod } from '../domain/period.js';
import { DEFAULT_QUALITY, rankQualities, STREAM_QUALITIES } from '../domain/quality.js';
import { dayOf, HOUR_MS, MINUTE_MS } from '../domain/time.js';
import { seconds } from '../domain/units.js';
import type { DocumentReader } from '../ports/read-model-store.js';
import type { Stream } from './popular-streams.query.js';

/** A period as seen at a moment; nothing before the earliest is counted. */
export interface ViewsWindow {
  readonly period: TimePeriod;
  readonly now: number;
  /** Epoch milliseconds. */
  readonly earliest: number;
}

/** The first moment that counts. */
export const startOf = ({ period, now, earliest }: ViewsWindow): number =>
  Math.max(viewsWindowStart(period, now), earliest);

/** Media items with their views and main quality in a window. */
export async function describeStreams(
  reader: DocumentReader,
  items: readonly MediaDocument[],
  window: ViewsWindow,
): Promise<readonly Stream[]> {
  const start = startOf(window);
  const isByMinute = window.period === 'HOUR' || window.period === 'DAY';
  const keyOf = isByMinute ? minutelyViewsKey : hourlyViewsKey;
  const firstBucket = Math.floor(start / (isByMinute ? MINUTE_MS : HOUR_MS));
  const days: number[] = [];
  for (let day = dayOf(start); day <= dayOf(window.now); day += 1) days.push(day);
  const keysOf = ({ mediaId }: MediaDocument): string[] => days.map((day) => keyOf(mediaId, day));
  const documents = await reader.get<ViewsDocument>(items.flatMap(keysOf));
  return items.map((item) => {
    const found = keysOf(item).flatMap((key) => documents.get(key) ?? []);
    return toStream(item, viewsSince(found, firstBucket), window);
  });
}

interface QualityViews {
  readonly quality: Stream['quality'];
  readonly views: number;
}

/** The views from a bucket on, by quality, the most viewed first. */
function viewsSince(documents: readonly ViewsDocument[], firstBucket: number): QualityViews[] {
  const counts = documents
    .flatMap((document) => Object.entries(document))
    .filter(([bucket]) => Number(bucket) >= firstBucket)
    .map(([, byQuality]) => byQuality);
  const rows = STREAM_QUALITIES.map((quality) => ({
    quality,
    views: counts.reduce((sum, byQuality) => sum + (byQuality[quality] ?? 0), 0),
  }));
  return rankQualities(rows, ({ views }) => views).filter(({ views }) => views > 0);
}

function toStream(
  { mediaId, description, createdAt, scores }: MediaDocument,
  views: readonly QualityViews[],
  { period, now }: ViewsWindow,
): Stream {
  const durationMs = description?.durationMs;
  return {
    id: mediaId,
    mediaId,
    title: description?.title ?? mediaId,
    thumbnail: description?.thumbnail,
    duration: durationMs === undefined ? undefined : seconds(durationMs),
    viewCount: views.reduce((sum, row) => sum + row.views, 0),
    quality: views[0]?.quality ?? DEFAULT_QUALITY,
    popularity: scores === undefined ? 0 : popularityAt(scores[period], now, halfLifeMs(period)),
    createdAt,
  };
}
