import { HOURLY_VIEWS, MINUTELY_VIEWS, type ViewsDocument } from '../../projections/popularity.js';
import { PERIOD_MINUTES, windowStart, type TimePeriod } from '../domain/period.js';
import type { ByQuality } from '../domain/quality.js';
import { DAY_MS, dayOf, HOUR_MS, hourOf, MINUTE_MS } from '../domain/time.js';
import type { DocumentReader } from '../ports/read-model/reader.js';

/** The views of one media item that started in one minute or hour. */
export interface ViewBucket {
  readonly startMs: number;
  readonly lengthMs: number;
  readonly views: ByQuality<number>;
}

/** The time that the buckets cover, and the period that needs them. */
export interface BucketsWanted {
  readonly period: TimePeriod;
  readonly from: number;
  readonly now: number;
}

/** A document of buckets, of any media item. */
interface Span {
  readonly keyOf: (mediaId: string) => string;
  readonly startMs: number;
  readonly lengthMs: number;
}

/**
 * Reads the views of media items up to the current minute, by media id, in time order. It reads
 * minutes for the last day of HOUR and DAY, and for the current hour of the others; before that it
 * reads hours.
 */
export async function readViewBuckets(
  reader: DocumentReader,
  mediaIds: readonly string[],
  wanted: BucketsWanted,
): Promise<ReadonlyMap<string, readonly ViewBucket[]>> {
  const { from, now } = wanted;
  const minutesFrom = minutesStart(wanted);
  const spans = spansOf(wanted, minutesFrom);
  const documents = await reader.get<ViewsDocument>(
    mediaIds.flatMap((mediaId) => spans.map(({ keyOf }) => keyOf(mediaId))),
  );
  const isWanted = ({ startMs, lengthMs }: ViewBucket): boolean =>
    startMs >= from && startMs <= now && (lengthMs === MINUTE_MS || startMs < minutesFrom);
  const bucketsIn = (document: ViewsDocument, { startMs, lengthMs }: Span): ViewBucket[] =>
    Object.entries(document).map(([bucket, views]) => ({
      startMs: startMs + Number(bucket) * lengthMs,
      lengthMs,
      views,
    }));
  return new Map(
    mediaIds.map((mediaId) => {
      const buckets = spans.flatMap((span) =>
        bucketsIn(documents.get(span.keyOf(mediaId)) ?? {}, span),
      );
      return [mediaId, buckets.filter(isWanted)];
    }),
  );
}

/** Returns the first moment of the views that are read by minutes: a whole hour. */
function minutesStart({ period, now }: BucketsWanted): number {
  const isByMinute = period === 'HOUR' || period === 'DAY';
  return hourOf(isByMinute ? windowStart(PERIOD_MINUTES.DAY, now) : now) * HOUR_MS;
}

function spansOf({ from, now }: BucketsWanted, minutesFrom: number): readonly Span[] {
  const spans: Span[] = [];
  for (let day = dayOf(from); day * DAY_MS < minutesFrom; day += 1) {
    const keyOf = (mediaId: string): string => HOURLY_VIEWS.key(mediaId, day);
    spans.push({ keyOf, startMs: day * DAY_MS, lengthMs: HOUR_MS });
  }
  for (let hour = hourOf(Math.max(from, minutesFrom)); hour <= hourOf(now); hour += 1) {
    const keyOf = (mediaId: string): string => MINUTELY_VIEWS.key(mediaId, hour);
    spans.push({ keyOf, startMs: hour * HOUR_MS, lengthMs: MINUTE_MS });
  }
  return spans;
}
