/**
 * The prices of the work for an answer. One unit is a tenth to a quarter of a millisecond of one
 * core, on the machine of bench/RESULTS.md; `npm run bench -- cost` measures how near the prices
 * are to the work.
 */

import type { FigureParts } from '../../domain/figures/figure-totals.js';
import { RETENTION_STEPS } from '../../domain/figures/retention.js';
import { PERIOD_MINUTES, TIME_PERIODS, type TimePeriod } from '../../domain/period.js';
import { DAY_MS, MINUTES_PER_HOUR, parseTime } from '../../domain/time.js';
import { METRICS, partsFor, type Metric } from '../../queries/figures/figures.query.js';
import { FILTERS_MAX, FILTER_VALUES_MAX, METRICS_MAX, PAGE_LENGTH_MAX } from './document-limits.js';
import { partsNamed } from './figure-parts.js';

/** Receiving a request and sending its answer. */
export const REQUEST_PRICE = 5;
/** Putting a field into the answer, apart from the work for its value. */
export const FIELD_PRICE = 0.017;

/** Opening a consistent state of the read models. */
const SNAPSHOT_PRICE = 3;
/** Reading a row of an index, with its document. */
const ROW_PRICE = 0.2;
/** Reading one kind of sums of a day: its counters, or its startup times. */
const BUCKET_PRICE = 0.3;
/** Reading the viewers of a day, and uniting them with others. */
const VIEWERS_PRICE = 1.2;
/** Reading the minutes of a day for the most viewers at a time. */
const PEAK_PRICE = 0.6;
/** Reading an hour of bandwidth: 60 minutes for each quality. */
const HOUR_PRICE = 0.17;
/** Comparing the progress of the read models with the end of the log. */
const LAG_PRICE = 2;
/** Writing to the log. */
const APPEND_PRICE = 14;
/** Deciding, storing and folding one event. */
const EVENT_PRICE = 0.9;
/** Reading the streams of a session. */
const TIMELINE_PRICE = 5;
/** Passing an order on. Other threads and the store do its work. */
const ORDER_PRICE = 1;

/** Reading an hour's sums of sessions, each in a quarter of an hour or a minute. */
const SUMS_PRICE = 0.05;

/** The length of a list of who watches that states none. */
export const LIVE_LENGTH_DEFAULT = 20;
const HOURS_PER_DAY = 24;
/** The values of a series with as many buckets as there may be. */
const SERIES_VALUES = 2_000;
/** Reading the sums of a title, of those of all titles: they hold fewer viewers and minutes. */
const TITLE_SHARE = 0.4;
/** The range of a query that gives none. */
const RANGE_DAYS_DEFAULT = 30;
/** The most days that count: only documents are read, and few titles have one on more days. */
const RANGE_DAYS_MAX = 1_000;
/**
 * The hours beside the whole days of a range, about, as it begins and ends within a day: in days,
 * as reading an hour takes less than half as long.
 */
const DAYS_OF_HOURS = 9;

/**
 * Returns an argument by its name, as it stands in the document or in the variables; undefined if
 * it is not given. Nobody has checked it yet.
 */
export type ArgumentOf = (name: string) => unknown;

/** The facts that a field's price depends on. */
interface Asked {
  readonly argument: ArgumentOf;
  /** The time of the request, epoch milliseconds. */
  readonly now: number;
  /** Returns the names of all fields that are selected below. */
  readonly selected: () => ReadonlySet<string>;
}

/** Returns the price of a field's own work. */
type WorkPrice = (asked: Asked) => number;

const order: WorkPrice = () => ORDER_PRICE;
const live: WorkPrice = ({ argument }) =>
  4 * SNAPSHOT_PRICE + LAG_PRICE + scopesOf(argument) * HOURS_PER_DAY * SUMS_PRICE;
const events: WorkPrice = ({ argument }) => APPEND_PRICE + eventsOf(argument) * EVENT_PRICE;

/** The prices of the fields of the schema's roots. */
export const WORK_PRICES: Readonly<Record<string, WorkPrice>> = {
  'Query.streamingAnalytics': ({ argument, now }) =>
    SNAPSHOT_PRICE + bucketsOf(argument, now) * BUCKET_PRICE,
  'Query.popularStreams': ({ argument }) =>
    SNAPSHOT_PRICE + pageLengthOf(argument) * (ROW_PRICE + VIEWS_PRICES[periodOf(argument)]),
  'Query.bandwidthUsage': ({ argument }) => SNAPSHOT_PRICE + hoursOf(argument) * HOUR_PRICE,
  'Query.figures': ({ argument, now, selected }) =>
    SNAPSHOT_PRICE + LAG_PRICE + sumsOf(argument, now, partsNamed(selected())),
  'Query.timeSeries': ({ argument, now }) =>
    2 * SNAPSHOT_PRICE + LAG_PRICE + sumsOf(argument, now, partsFor(metricsOf(argument))),
  // The sessions that it reads are charged when their number is known.
  'Query.breakdown': ({ argument, now }) =>
    SNAPSHOT_PRICE + LAG_PRICE + sumsOf(argument, now, partsFor([])),
  'Query.retention': () => 2 * SNAPSHOT_PRICE + ROW_PRICE + SUMS_PRICE,
  // So are the hours that it reads.
  'Query.delivery': () => SNAPSHOT_PRICE + LAG_PRICE,
  'Query.sessions': ({ argument, selected }) =>
    2 * SNAPSHOT_PRICE + pageLengthOf(argument) * (ROW_PRICE + titleOf(selected())),
  'Query.session': ({ selected }) => 2 * SNAPSHOT_PRICE + ROW_PRICE + titleOf(selected()),
  // The sessions heard of lately are charged when their number is known.
  'Query.live': live,
  'Subscription.live': live,
  'LiveSnapshot.media': ({ argument }) => liveLengthOf(argument) * (ROW_PRICE + VIEWS_PRICES.WEEK),
  'LiveSnapshot.by': ({ argument }) => liveLengthOf(argument) * ROW_PRICE,
  'Query.media': () => SNAPSHOT_PRICE + ROW_PRICE + VIEWS_PRICES.WEEK,
  // And the titles that a search looks at. The titles of a page lie together.
  'Query.mediaList': ({ argument }) => SNAPSHOT_PRICE + pageLengthOf(argument) * VIEWS_PRICES.WEEK,
  // The events of the session are charged when their number is known.
  'Session.timeline': () => TIMELINE_PRICE,
  'Query.freshness': () => LAG_PRICE,
  'Query.server': ({ selected }) => (selected().has('firstEventAt') ? SNAPSHOT_PRICE : 0),
  'Query.ingest': () => 0,
  'Query.projections': order,
  'Subscription.advanced': () => LAG_PRICE,
  'Subscription.projection': () => LAG_PRICE,
  'Subscription.events': () => TIMELINE_PRICE,
  'Query.parkedEvents': order,
  'Mutation.recordStreamingEvent': events,
  'Mutation.recordStreamingEvents': events,
  'Mutation.reportStreamingQuality': events,
  'Mutation.registerMedia': order,
  'Mutation.aggregateRollup': order,
  'Mutation.rebuildProjection': order,
  'Mutation.cancelRebuild': order,
  'Mutation.rollBackProjection': order,
  'Mutation.retryParkedEvents': order,
  'Mutation.skipParkedEvent': order,
  'Mutation.verifyProjection': order,
};

/** The mutations that record events. */
export const RECORDING_FIELDS: readonly string[] = [
  'Mutation.recordStreamingEvent',
  'Mutation.recordStreamingEvents',
  'Mutation.reportStreamingQuality',
];

/** Returns the number of events that a recording field records: 1 without a list. */
export function eventsOf(argument: ArgumentOf): number {
  const inputs = argument('inputs');
  return Array.isArray(inputs) ? inputs.length : 1;
}

/** The number of rows of a field: the length of the page or period that is asked for. */
export const ROW_COUNTS: Readonly<Record<string, (argument: ArgumentOf) => number>> = {
  'Query.popularStreams': pageLengthOf,
  'Query.bandwidthUsage': hoursOf,
  'Query.breakdown': pageLengthOf,
  'Session.timeline': pageLengthOf,
  'Query.sessions': pageLengthOf,
  'Query.mediaList': pageLengthOf,
};

/** The lists that hold these rows. */
export const ROW_LISTS: readonly string[] = [
  'StreamConnection.edges',
  'BandwidthReport.byHour',
  'BreakdownConnection.edges',
  'SessionConnection.edges',
  'TimelineConnection.edges',
];

/** The lengths of lists that are asked for by their arguments. */
export const ASKED_LENGTHS: Readonly<Record<string, (argument: ArgumentOf) => number>> = {
  'LiveSnapshot.media': (argument) => liveLengthOf(argument),
  'LiveSnapshot.by': (argument) => liveLengthOf(argument),
};

/**
 * The lengths of the other lists: the greatest, or for the schema's own lists the average over all
 * types. For a field that may be missing it is how often the field is there.
 */
export const LENGTHS: Readonly<Record<string, number>> = {
  'LiveSnapshot.perMinute': MINUTES_PER_HOUR,
  'StreamingAnalytics.qualityDistribution': 5,
  'BandwidthReport.byQuality': 5,
  'Query.projections': 10,
  'Query.parkedEvents': 1_000,
  'DocumentDifference.positions': 100,
  'Server.customDimensions': 3,
  'IngestCounts.refused': 4,
  'Freshness.stopped': 4,
  'Figures.byQuality': 5,
  'TimeSeries.at': SERIES_VALUES,
  'TimeSeries.series': 6,
  'Series.values': SERIES_VALUES,
  'Series.previous': SERIES_VALUES,
  'RetentionCurve.audience': RETENTION_STEPS,
  'RetentionCurve.plays': RETENTION_STEPS,
  'Delivery.at': SERIES_VALUES,
  'Delivery.byQuality': 5,
  'DeliverySeries.bytes': SERIES_VALUES,
  'Subscription.events': 200,
  '__Schema.types': 80,
  '__Schema.directives': 6,
  '__Type.fields': 3.6,
  '__Type.interfaces': 0.1,
  '__Type.possibleTypes': 0.1,
  '__Type.enumValues': 0.5,
  '__Type.inputFields': 0.8,
  '__Type.ofType': 0.3,
  '__Field.args': 0.2,
  '__Directive.locations': 4,
  '__Directive.args': 1,
};

/** Returns the page's length; a length that will be refused counts as the greatest. */
function pageLengthOf(argument: ArgumentOf): number {
  const length = Number(argument('first'));
  return length >= 1 && length <= PAGE_LENGTH_MAX ? length : PAGE_LENGTH_MAX;
}

/** Returns the length of a list of who watches, which need not be given. */
const liveLengthOf = (argument: ArgumentOf): number =>
  pageLengthOf(() => argument('first') ?? LIVE_LENGTH_DEFAULT);

/** Reading a title's views: a document for each hour by minute, or for each day by hour. */
const VIEWS_PRICES: Readonly<Record<TimePeriod, number>> = {
  HOUR: 0.1,
  DAY: 0.65,
  WEEK: 0.45,
  MONTH: 2.1,
};

/** Returns the period that is asked for; one that will be refused counts as the longest. */
function periodOf(argument: ArgumentOf): TimePeriod {
  const period = argument('period') ?? 'WEEK';
  return TIME_PERIODS.find((one) => one === period) ?? 'MONTH';
}

/** Returns the price of a session's title with its views, where it is selected. */
const titleOf = (selected: ReadonlySet<string>): number =>
  selected.has('media') ? ROW_PRICE + VIEWS_PRICES.WEEK : 0;

/** Returns the hours of the period that is asked for. */
function hoursOf(argument: ArgumentOf): number {
  return 1 + PERIOD_MINUTES[periodOf(argument)] / MINUTES_PER_HOUR;
}

/** Returns what a range is made of, in days. */
function bucketsOf(argument: ArgumentOf, now: number): number {
  const [from, to = now] = [timeOf(argument('from')), timeOf(argument('to'))];
  const days = from === undefined ? RANGE_DAYS_DEFAULT : (to - from) / DAY_MS;
  return DAYS_OF_HOURS + Math.min(Math.max(days, 0), RANGE_DAYS_MAX);
}

/** Returns the price of reading the sums of a range, for each title and each period. */
function sumsOf(argument: ArgumentOf, now: number, parts: FigureParts): number {
  const range = argument('range') as { readonly from?: unknown; readonly to?: unknown } | undefined;
  const bounds: ArgumentOf = (name) => (name === 'from' ? range?.from : range?.to);
  const buckets = bucketsOf(bounds, now);
  const perBucket =
    BUCKET_PRICE +
    (parts.startupTime ? BUCKET_PRICE : 0) +
    (parts.uniqueViewers ? VIEWERS_PRICE : 0) +
    (parts.peak ? PEAK_PRICE : 0);
  return scopesOf(argument) * periodsOf(argument) * buckets * perBucket;
}

/** Returns the metrics that are asked for: all, if there are so many that they will be refused. */
function metricsOf(argument: ArgumentOf): readonly Metric[] {
  const metrics: unknown = argument('metrics');
  const names: readonly unknown[] = Array.isArray(metrics) ? metrics : [metrics];
  if (names.length > METRICS_MAX) return METRICS;
  return METRICS.filter((metric) => names.includes(metric));
}

/**
 * Returns how many times the sums of all titles are about as much as those that are read: 1 unless
 * titles are read one by one. So many filters that they will be refused count as the most titles.
 */
function scopesOf(argument: ArgumentOf): number {
  const filters: unknown = argument('filter');
  const all: readonly unknown[] = Array.isArray(filters) ? filters : [filters];
  if (all.length > FILTERS_MAX) return FILTER_VALUES_MAX;
  const counts = all.map((filter) => {
    const { dimension, anyOf } = Object(filter) as Partial<Record<string, unknown>>;
    if (dimension !== 'MEDIA') return 1;
    return Array.isArray(anyOf) ? anyOf.length * TITLE_SHARE : 1;
  });
  return Math.min(Math.max(1, ...counts), FILTER_VALUES_MAX);
}

const periodsOf = (argument: ArgumentOf): number => (argument('compare') === undefined ? 1 : 2);

const timeOf = (value: unknown): number | undefined =>
  typeof value === 'string' ? parseTime(value) : undefined;
