import { rankOfScore, scoreWithoutView, scoreWithView } from '../src/domain/decayed-score.js';
import { asNumber, asText, DocumentKind } from '../src/domain/document-key.js';
import { isMediaEvent, type MediaDescription, type MediaEvent } from '../src/domain/event.js';
import { halfLifeMs, TIME_PERIODS, type TimePeriod } from '../src/domain/period.js';
import type { ByQuality, StreamQuality } from '../src/domain/quality.js';
import { inNfc } from '../src/domain/text.js';
import { DAY_MS, dayOf, HOUR_MS, hourOf, minuteOf } from '../src/domain/time.js';
import {
  createProjection,
  RETIRES_AT,
  type IndexValues,
  type Totals,
} from '../src/ports/projection.js';

/** One media item: its properties, and its popularity over each period. */
export interface MediaDocument {
  readonly mediaId: string;
  readonly description?: MediaDescription;
  /** Its registration or its first event, whichever is earlier; epoch milliseconds. */
  readonly createdAt: number;
  /** Absent without a view. After the last one was withdrawn, the latest that it can be. */
  readonly lastViewAt?: number;
  /** The views that its scores hold; absent without one. */
  readonly views?: number;
  /** Decayed scores as binary logarithms; absent without a view. */
  readonly scores?: Readonly<Record<TimePeriod, number>>;
}

/** Views of one media item by the hours of a UTC day, or the minutes of a UTC hour; by quality. */
export type ViewsDocument = Readonly<Record<number, ByQuality<number>>>;

export const MEDIA = new DocumentKind<MediaDocument, [mediaId: string]>('media', [asText]);
export const HOURLY_VIEWS = new DocumentKind<ViewsDocument, [mediaId: string, day: number]>(
  'hourly-views',
  [asText, asNumber],
);
export const MINUTELY_VIEWS = new DocumentKind<ViewsDocument, [mediaId: string, hour: number]>(
  'minutely-views',
  [asText, asNumber],
);

/** The index of the media items with a view, the most popular first. */
export const rankIndex = (period: TimePeriod): string => `rank${period}`;
export const LAST_VIEW_AT = 'lastViewAt';
/** The index of all media items, the oldest first. */
export const CREATED_AT = 'createdAt';

/** A view that an event adds, or takes away again. */
interface ViewChange {
  readonly at: number;
  readonly quality: StreamQuality;
  readonly count: 1 | -1;
}

function viewChangeIn(event: MediaEvent): ViewChange | undefined {
  if (event.type === 'session_start') {
    const { occurredAt: at, quality } = event.data;
    return { at, quality, count: 1 };
  }
  const withdrawn = event.type === 'view_withdrawn' ? event.data.withdrawn.start : undefined;
  return withdrawn === undefined ? undefined : { ...withdrawn, count: -1 };
}

function keysOf(event: MediaEvent): readonly string[] {
  const mediaId = inNfc(event.data.mediaId);
  const change = viewChangeIn(event);
  if (change === undefined) return [MEDIA.key(mediaId)];
  return [
    MEDIA.key(mediaId),
    HOURLY_VIEWS.key(mediaId, dayOf(change.at)),
    MINUTELY_VIEWS.key(mediaId, hourOf(change.at)),
  ];
}

function withMediaEvent(document: MediaDocument | undefined, event: MediaEvent): MediaDocument {
  const { occurredAt } = event.data;
  const media = document ?? { mediaId: inNfc(event.data.mediaId), createdAt: occurredAt };
  const dated = occurredAt < media.createdAt ? { ...media, createdAt: occurredAt } : media;
  const change = viewChangeIn(event);
  if (change !== undefined) {
    return change.count > 0 ? withScoredView(dated, change.at) : withoutView(dated, change.at);
  }
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
  const { scores, lastViewAt = occurredAt, views = 0 } = media;
  const scoreOf = (period: TimePeriod): number =>
    scoreWithView(scores?.[period], occurredAt, halfLifeMs(period));
  return {
    ...media,
    lastViewAt: Math.max(lastViewAt, occurredAt),
    views: views + 1,
    scores: {
      HOUR: scoreOf('HOUR'),
      DAY: scoreOf('DAY'),
      WEEK: scoreOf('WEEK'),
      MONTH: scoreOf('MONTH'),
    },
  };
}

function withoutView(
  { scores, lastViewAt, views = 0, ...media }: MediaDocument,
  at: number,
): MediaDocument {
  if (scores === undefined || lastViewAt === undefined || views <= 1) return media;
  const scoreOf = (period: TimePeriod): number =>
    scoreWithoutView(scores[period], at, halfLifeMs(period));
  const left = {
    HOUR: scoreOf('HOUR'),
    DAY: scoreOf('DAY'),
    WEEK: scoreOf('WEEK'),
    MONTH: scoreOf('MONTH'),
  };
  // No view is later than a time at which one view would have the whole score.
  const latest = TIME_PERIODS.map((period) => Math.ceil(left[period] * halfLifeMs(period)));
  return {
    ...media,
    lastViewAt: Math.min(lastViewAt, ...latest),
    views: views - 1,
    scores: left,
  };
}

/** Counts a view in a bucket; what no view is left in is as if there had been none. */
function withCountedView(
  views: ViewsDocument | undefined,
  event: MediaEvent,
  bucketOf: (timeMs: number) => number,
): ViewsDocument | undefined {
  const change = viewChangeIn(event);
  if (change === undefined) return views;
  const { at, quality, count } = change;
  const bucket = bucketOf(at);
  const counts = views?.[bucket] ?? {};
  const sum = (counts[quality] ?? 0) + count;
  const counted = { ...views, [bucket]: { ...counts, [quality]: sum } };
  return count > 0 ? counted : withoutZeros(counted);
}

function withoutZeros(views: ViewsDocument): ViewsDocument | undefined {
  const buckets = Object.entries(views).flatMap(([bucket, counts]) => {
    const left = Object.entries(counts).filter(([, count]) => count > 0);
    return left.length === 0 ? [] : [[bucket, Object.fromEntries(left)] as const];
  });
  return buckets.length === 0 ? undefined : Object.fromEntries(buckets);
}

function indexValuesOf({ createdAt, lastViewAt, scores }: MediaDocument): IndexValues {
  if (lastViewAt === undefined || scores === undefined) return { [CREATED_AT]: createdAt };
  const ranks = TIME_PERIODS.map(
    (period) => [rankIndex(period), rankOfScore(scores[period])] as const,
  );
  return {
    [CREATED_AT]: createdAt,
    [LAST_VIEW_AT]: lastViewAt,
    ...Object.fromEntries(ranks),
  };
}

function viewsIn(document: ViewsDocument): Totals {
  let views = 0;
  for (const counts of Object.values(document)) {
    for (const count of Object.values(counts)) views += count;
  }
  return { views };
}

/** The popularity of media items over each period, and their views. */
export const popularity = createProjection<
  [typeof MEDIA, typeof HOURLY_VIEWS, typeof MINUTELY_VIEWS],
  MediaEvent
>({
  name: 'popularity',
  version: 6,
  indexes: [RETIRES_AT, CREATED_AT, LAST_VIEW_AT, ...TIME_PERIODS.map(rankIndex)],
  takes: isMediaEvent,
  keysOf,
  folds: [
    {
      kind: MEDIA,
      evolve: withMediaEvent,
      indexValuesOf,
      measure: () => ({ media: 1 }),
    },
    {
      kind: HOURLY_VIEWS,
      evolve: (views, event) => withCountedView(views, event, (at) => hourOf(at % DAY_MS)),
      indexValuesOf: (_, [, day]) => ({ [RETIRES_AT]: (day + 1) * DAY_MS }),
      measure: viewsIn,
    },
    {
      kind: MINUTELY_VIEWS,
      evolve: (views, event) => withCountedView(views, event, (at) => minuteOf(at % HOUR_MS)),
      indexValuesOf: (_, [, hour]) => ({ [RETIRES_AT]: (hour + 1) * HOUR_MS }),
      measure: () => ({}),
    },
  ],
});
