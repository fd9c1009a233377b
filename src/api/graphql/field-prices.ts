import { PERIOD_MINUTES, TIME_PERIODS, type TimePeriod } from '../../domain/period.js';
import { DAY_MS, parseTime } from '../../domain/time.js';
import { PAGE_LENGTH_MAX } from './document-limits.js';

/*
 * What answering costs. One unit is about a tenth of a millisecond of one core, on the machine of
 * bench/RESULTS.md; `npm run bench -- cost` measures how near the prices are to the work.
 */

/** Receiving a request and sending its answer. */
export const REQUEST_PRICE = 4.5;
/** Putting one field into the answer, apart from what its value takes. */
export const FIELD_PRICE = 0.025;

/** Opening a consistent state of the read models. */
const SNAPSHOT_PRICE = 3;
/** A row of an index, with its document. */
const ROW_PRICE = 0.2;
/** A bucket of a title's figures: its counters, and its viewers. */
const BUCKET_PRICE = 0.2;
/** An hour of bandwidth, of 60 minutes for each quality. */
const HOUR_PRICE = 0.2;
/** Comparing how far the read models are with the end of the log. */
const LAG_PRICE = 2;
/** Writing to the log. */
const APPEND_PRICE = 12;
/** Deciding, storing and folding one event. */
const EVENT_PRICE = 0.48;
/** Passing an order on; what it then takes, other threads and the store do. */
const ORDER_PRICE = 1;

const MINUTES_PER_HOUR = 60;
/** Where no range is given. */
const RANGE_DAYS_DEFAULT = 30;
/** Only what has a document is read, and few titles have one on more days. */
const RANGE_DAYS_MAX = 1_000;
/** The hours of a range that begins and ends within a day, about. */
const HOURS_BESIDE_DAYS = 24;

/**
 * An argument by its name, as it stands in the document or in the variables, undefined where it is
 * not given. Of a list only the length can be relied on.
 */
export type ArgumentOf = (name: string) => unknown;
/** What a field's own work costs, asked for at a time in epoch milliseconds. */
type WorkPrice = (argument: ArgumentOf, now: number) => number;

const order: WorkPrice = () => ORDER_PRICE;
const events: WorkPrice = (argument) => APPEND_PRICE + eventsOf(argument) * EVENT_PRICE;

/** The work of each field of the schema's roots. */
export const WORK_PRICES: Readonly<Record<string, WorkPrice>> = {
  'Query.streamingAnalytics': (argument, now) =>
    SNAPSHOT_PRICE + bucketsOf(argument, now) * BUCKET_PRICE,
  'Query.popularStreams': (argument) =>
    SNAPSHOT_PRICE + pageLengthOf(argument) * (ROW_PRICE + VIEWS_PRICES[periodOf(argument)]),
  'Query.bandwidthUsage': (argument) => SNAPSHOT_PRICE + hoursOf(argument) * HOUR_PRICE,
  'Query.media': () => SNAPSHOT_PRICE + ROW_PRICE + VIEWS_PRICES.WEEK,
  'Query.freshness': () => LAG_PRICE,
  'Query.projections': order,
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

/** How many events a recording field records: one, where they are no list. */
export function eventsOf(argument: ArgumentOf): number {
  const inputs = argument('inputs');
  return Array.isArray(inputs) ? inputs.length : 1;
}

/** How many rows what a field holds is made of: as long a page or period as is asked for. */
export const ROW_COUNTS: Readonly<Record<string, (argument: ArgumentOf) => number>> = {
  'Query.popularStreams': pageLengthOf,
  'Query.bandwidthUsage': hoursOf,
};

/** The lists that these rows stand in. */
export const ROW_LISTS: readonly string[] = ['StreamConnection.edges', 'BandwidthReport.byHour'];

/**
 * How long the other lists are: at most, and those of what the schema tells of itself on average,
 * over all types. Of what may be missing it is how often it is there.
 */
export const LENGTHS: Readonly<Record<string, number>> = {
  'StreamingAnalytics.qualityDistribution': 5,
  'BandwidthReport.byQuality': 5,
  'Query.projections': 10,
  'Query.parkedEvents': 1_000,
  'DocumentDifference.positions': 100,
  'Freshness.stopped': 3,
  '__Schema.types': 45,
  '__Schema.directives': 6,
  '__Type.fields': 2.5,
  '__Type.interfaces': 0.1,
  '__Type.possibleTypes': 0.1,
  '__Type.enumValues': 0.5,
  '__Type.inputFields': 0.4,
  '__Type.ofType': 0.3,
  '__Field.args': 0.2,
  '__Directive.locations': 4,
  '__Directive.args': 1,
};

/** The page that is asked for; a length that will be refused counts as the greatest. */
function pageLengthOf(argument: ArgumentOf): number {
  const length = Number(argument('first'));
  return length >= 1 && length <= PAGE_LENGTH_MAX ? length : PAGE_LENGTH_MAX;
}

/** The documents of a title's views: by the minute an hour each, by the hour a day each. */
const VIEWS_PRICES: Readonly<Record<TimePeriod, number>> = {
  HOUR: 0.1,
  DAY: 0.65,
  WEEK: 0.45,
  MONTH: 2.1,
};

/** The period that is asked for; one that will be refused counts as the longest. */
function periodOf(argument: ArgumentOf): TimePeriod {
  const period = argument('period') ?? 'WEEK';
  return TIME_PERIODS.find((one) => one === period) ?? 'MONTH';
}

/** The hours of the period that is asked for. */
function hoursOf(argument: ArgumentOf): number {
  return 1 + PERIOD_MINUTES[periodOf(argument)] / MINUTES_PER_HOUR;
}

/** The hours and days that a range is made of. */
function bucketsOf(argument: ArgumentOf, now: number): number {
  const [from, to = now] = [timeOf(argument('from')), timeOf(argument('to'))];
  const days = from === undefined ? RANGE_DAYS_DEFAULT : (to - from) / DAY_MS;
  return HOURS_BESIDE_DAYS + Math.min(Math.max(days, 0), RANGE_DAYS_MAX);
}

const timeOf = (value: unknown): number | undefined =>
  typeof value === 'string' ? parseTime(value) : undefined;
