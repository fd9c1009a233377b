import type { MediaDocument } from '../../projections/popularity.js';
import { popularityAt } from '../domain/decayed-score.js';
import { halfLifeMs, viewsWindowStart, type TimePeriod } from '../domain/period.js';
import {
  DEFAULT_QUALITY,
  rankQualities,
  STREAM_QUALITIES,
  type ByQuality,
} from '../domain/quality.js';
import { seconds } from '../domain/units.js';
import type { DocumentReader } from '../ports/read-model/reader.js';
import type { Stream } from './popular-streams.query.js';
import { earliestReadable, scoredPeriod, type QuerySettings } from './query-settings.js';
import { readViewBuckets } from './view-buckets.js';

/** A period at a moment. Nothing before the earliest time is counted. */
export interface ViewsWindow {
  readonly period: TimePeriod;
  /** The period whose half-life weighs the views. */
  readonly scored: TimePeriod;
  readonly now: number;
  /** Epoch milliseconds. */
  readonly earliest: number;
}

export const viewsWindow = (
  period: TimePeriod,
  now: number,
  settings: QuerySettings,
): ViewsWindow => ({
  period,
  scored: scoredPeriod(period, settings),
  now,
  earliest: earliestReadable(settings, now),
});

/** Returns the first moment that counts. */
export const startOf = ({ period, now, earliest }: ViewsWindow): number =>
  Math.max(viewsWindowStart(period, now), earliest);

/** Reads the views and main quality of media items in a window. */
export async function describeStreams(
  reader: DocumentReader,
  items: readonly MediaDocument[],
  window: ViewsWindow,
): Promise<readonly Stream[]> {
  const { period, now } = window;
  const mediaIds = items.map(({ mediaId }) => mediaId);
  const wanted = { period, now, from: startOf(window) };
  const buckets = await readViewBuckets(reader, mediaIds, wanted);
  return items.map((item) => {
    const counts = (buckets.get(item.mediaId) ?? []).map(({ views }) => views);
    return toStream(item, rankViews(counts), window);
  });
}

/** Views that started at one quality. */
interface QualityViews {
  readonly quality: Stream['quality'];
  readonly views: number;
}

/** Sums the views of some buckets by quality, the most viewed first. */
function rankViews(counts: readonly ByQuality<number>[]): QualityViews[] {
  const rows = STREAM_QUALITIES.map((quality) => ({
    quality,
    views: counts.reduce((sum, byQuality) => sum + (byQuality[quality] ?? 0), 0),
  }));
  return rankQualities(rows, ({ views }) => views).filter(({ views }) => views > 0);
}

/** Makes the API's form of a media item from its views by quality, the most viewed first. */
export function toStream(
  { mediaId, description, createdAt, scores }: MediaDocument,
  views: readonly QualityViews[],
  { scored, now }: ViewsWindow,
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
    popularity: scores === undefined ? 0 : popularityAt(scores[scored], now, halfLifeMs(scored)),
    createdAt,
  };
}
