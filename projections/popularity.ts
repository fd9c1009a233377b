import { rankOf, withView } from '../src/domain/decayed-score.js';
import { documentKey, partsOf } from '../src/domain/document-key.js';
import {
  isLogEvent,
  type LogEvent,
  type MediaDescription,
  type PlaybackEvent,
  type Recorded,
} from '../src/domain/event.js';
import { halfLifeMs, TIME_PERIODS, type TimePeriod } from '../src/domain/period.js';
import type { ByQuality } from '../src/domain/quality.js';
import { inNfc } from '../src/domain/text.js';
import { DAY_MS, dayOf, HOUR_MS, hourOf, minuteOf } from '../src/domain/time.js';
import {
  RETIRES_AT,
  type IndexValues,
  type Projection,
  type Totals,
} from '../src/ports/projection.js';

/** One media item: what is known of it and how popular it is over each period. */
export interface MediaDocument {
  readonly mediaId: string;
  readonly description?: MediaDescription;
  /** Its registration or its first event, whichever is earlier; epoch milliseconds. */
  readonly createdAt: number;
  /** Absent without a view. */
  readonly lastViewAt?: number;
  /** Decayed scores as binary logarithms; absent without a view. */
  readonly scores?: Readonly<Record<TimePeriod, number>>;
}

/** Views of one media item by the hours of a UTC day, or the minutes of a UTC hour; by quality. */
export type ViewsDocument = Readonly<Record<number, ByQuality<number>>>;

export const mediaKey = (mediaId: string): string => documentKey('media', mediaId);
export const hourlyViewsKey = (mediaId: string, day: number): string =>
  documentKey('hourly-views', mediaId, day);
export const minutelyViewsKey = (mediaId: string, hour: number): string =>
  documentKey('minutely-views', mediaId, hour);

/** The index of the media items with a view, the most popular first. */
export const rankIndex = (period: TimePeriod): string => `rank${period}`;
export const LAST_VIEW_AT = 'lastViewAt';

function keysOf(event: Recorded): readonly string[] {
  if (isLogEvent(event)) return [];
  const { occurredAt } = event.data;
  const mediaId = inNfc(event.data.mediaId);
  if (event.type !== 'session_start') return [mediaKey(mediaId)];
  return [
    mediaKey(mediaId),
    hourlyViewsKey(mediaId, dayOf(occurredAt)),
    minutelyViewsKey(mediaId, hourOf(occurredAt)),
  ];
}

function evolve(
  document: MediaDocument | ViewsDocument | undefined,
  event: Recorded,
  key: string,
): MediaDocument | ViewsDocument | undefined {
  if (isLogEvent(event)) return document;
  const [kind] = partsOf(key);
  if (kind === 'media') return withMediaEvent(document as MediaDocument | undefined, event);
  if (event.type === 'media_registered') return document;
  const { occurredAt } = event.data;
  const bucket =
    kind === 'hourly-views' ? hourOf(occurredAt % DAY_MS) : minuteOf(occurredAt % HOUR_MS);
  return withCountedView((document as ViewsDocument | undefined) ?? {}, bucket, event);
}

function withMediaEvent(
  document: MediaDocument | undefined,
  event: Exclude<Recorded, LogEvent>,
): MediaDocument {
  const { occurredAt } = event.data;
  const media = document ?? { mediaId: inNfc(event.data.mediaId), createdAt: occurredAt };
  const dated = occurredAt < media.createdAt ? { ...media, createdAt: occurredAt } : media;
  if (event.type === 'session_start') return withScoredView(dated, occurredAt);
  if (event.type !== 'media_registered') return dated;
  const { title, thumbnail, durationMs } = event.data;
  const description = {
    title,
    ...(thumbnail !== undefined && { thumbnail }),
    ...(durationMs !== undefined && { durationMs }),
  };
  return { ...dated, description };
}

function withScoredView(media: MediaDocument, occurredAt: number): MediaDocument {
  const { scores, lastViewAt = occurredAt } = media;
  const scoreOf = (period: TimePeriod): number =>
    withView(scores?.[period], occurredAt, halfLifeMs(period));
  return {
    ...media,
    lastViewAt: Math.max(lastViewAt, occurredAt),
    scores: {
      HOUR: scoreOf('HOUR'),
      DAY: scoreOf('DAY'),
      WEEK: scoreOf('WEEK'),
      MONTH: scoreOf('MONTH'),
    },
  };
}

function withCountedView(
  views: ViewsDocument,
  bucket: number,
  { data: { quality } }: PlaybackEvent,
): ViewsDocument {
  const counts = views[bucket] ?? {};
  return { ...views, [bucket]: { ...counts, [quality]: (counts[quality] ?? 0) + 1 } };
}

function indexValuesOf(document: MediaDocument | ViewsDocument, key: string): IndexValues {
  const [kind, , span] = partsOf(key);
  if (kind === 'hourly-views') return { [RETIRES_AT]: (Number(span) + 1) * DAY_MS };
  if (kind === 'minutely-views') return { [RETIRES_AT]: (Number(span) + 1) * HOUR_MS };
  const { lastViewAt, scores } = document as MediaDocument;
  if (lastViewAt === undefined || scores === undefined) return {};
  const ranks = TIME_PERIODS.map((period) => [rankIndex(period), rankOf(scores[period])] as const);
  return { [LAST_VIEW_AT]: lastViewAt, ...Object.fromEntries(ranks) };
}

function measure(document: MediaDocument | ViewsDocument, key: string): Totals {
  const [kind] = partsOf(key);
  if (kind === 'media') return { media: 1 };
  if (kind !== 'hourly-views') return {};
  let views = 0;
  for (const counts of Object.values(document as ViewsDocument)) {
    for (const count of Object.values(counts)) views += count;
  }
  return { views };
}

/** Which media items are popular now, over each period, and their views. */
export const popularity: Projection<MediaDocument | ViewsDocument> = {
  name: 'popularity',
  version: 2,
  indexes: [RETIRES_AT, LAST_VIEW_AT, ...TIME_PERIODS.map(rankIndex)],
  keysOf,
  evolve,
  indexValuesOf,
  measure,
};
