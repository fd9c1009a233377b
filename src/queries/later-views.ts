import { LAST_VIEW_AT, type MediaDocument } from '../../projections/popularity.js';
import { halfLifeMs } from '../domain/period.js';
import { HOUR_MS, MINUTE_MS, minuteOf } from '../domain/time.js';
import type { DocumentReader } from '../ports/read-model/reader.js';
import type { ViewsWindow } from './stream-views.js';
import { readViewBuckets, type ViewBucket } from './view-buckets.js';

/**
 * Views may be later than now, stamped by a server's clock that was once ahead. Folds have no now
 * and cannot know that; a score holds such views for ever. So a query scores the titles with such
 * views anew from their views up to now, by minutes and hours. Few titles ever have them.
 */

/** The most titles with later views that an answer scores anew, beginning with the least late. */
const LATER_MEDIA_MAX = 1_000;
/** Older views weigh less than a millionth of a view, which is also the fineness of ranks. */
const HALF_LIVES_WEIGHED = 20;

/** Returns the first moment later than now: the minute under way is counted whole. */
export const laterThan = (now: number): number => (minuteOf(now) + 1) * MINUTE_MS;

/** Reads the media items with views later than now, without those views. */
export async function readLaterMedia(
  reader: DocumentReader,
  window: ViewsWindow,
): Promise<readonly MediaDocument[]> {
  const rows = await reader.page<MediaDocument>({
    index: LAST_VIEW_AT,
    limit: LATER_MEDIA_MAX,
    after: { value: laterThan(window.now), key: '' },
  });
  return withoutLaterViews(
    reader,
    rows.map(({ body }) => body),
    window,
  );
}

/** Takes views later than now out of media items; their scores then hold for the period only. */
export async function withoutLaterViews(
  reader: DocumentReader,
  items: readonly MediaDocument[],
  window: ViewsWindow,
): Promise<readonly MediaDocument[]> {
  const { period, scored, now, earliest } = window;
  const hasLater = ({ lastViewAt = 0 }: MediaDocument): boolean => lastViewAt >= laterThan(now);
  const later = items.filter(hasLater).map(({ mediaId }) => mediaId);
  if (later.length === 0) return items;
  const weighed = now - HALF_LIVES_WEIGHED * halfLifeMs(scored);
  const from = Math.floor(Math.max(weighed, earliest) / HOUR_MS) * HOUR_MS;
  const buckets = await readViewBuckets(reader, later, { period, from, now });
  return items.map((item) =>
    hasLater(item) ? scoredAnew(item, buckets.get(item.mediaId) ?? [], window) : item,
  );
}

/** Scores an item from its buckets: a view counts in the middle of its bucket, at latest now. */
function scoredAnew(
  { scores, lastViewAt, ...media }: MediaDocument,
  buckets: readonly ViewBucket[],
  { scored, now }: ViewsWindow,
): MediaDocument {
  const last = buckets.at(-1);
  if (last === undefined || scores === undefined || lastViewAt === undefined) return media;
  const halfLife = halfLifeMs(scored);
  let popularity = 0;
  for (const { startMs, lengthMs, views } of buckets) {
    const age = Math.max(0, now - startMs - lengthMs / 2);
    for (const count of Object.values(views)) popularity += count * 2 ** (-age / halfLife);
  }
  const score = Math.log2(popularity) + now / halfLife;
  return { ...media, lastViewAt: last.startMs, scores: { ...scores, [scored]: score } };
}
