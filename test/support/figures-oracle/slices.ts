import { valueOf, isSlice, type Dimension } from './dimensions.js';
import { figuresOf, startedIn, type Figures, type Question } from './figures.js';
import type { Session } from './sessions.js';

/** A figure as one number; durations in seconds. */
const NUMBER_OF = {
  VIEWS: ({ views }) => views,
  QUALIFIED_VIEWS: ({ qualifiedViews }) => qualifiedViews,
  ANONYMOUS_VIEWS: ({ anonymousViews }) => anonymousViews,
  UNIQUE_VIEWERS: ({ uniqueViewers }) => uniqueViewers,
  WATCH_TIME: ({ watchTime }) => watchTime,
  AVERAGE_WATCH_TIME: ({ averageWatchTime }) => averageWatchTime,
  COMPLETION_RATE: ({ completionRate }) => completionRate,
  ATTEMPTS: ({ attempts }) => attempts,
  START_FAILURE_RATE: ({ startFailureRate }) => startFailureRate,
  EXIT_BEFORE_START_RATE: ({ exitBeforeStartRate }) => exitBeforeStartRate,
  PLAYBACK_FAILURE_RATE: ({ playbackFailureRate }) => playbackFailureRate,
  STARTUP_P50: ({ startupTime }) => startupTime?.p50 ?? null,
  STARTUP_P75: ({ startupTime }) => startupTime?.p75 ?? null,
  STARTUP_P95: ({ startupTime }) => startupTime?.p95 ?? null,
  STALLS: ({ stalls }) => stalls,
  STALLED_TIME: ({ stalledTime }) => stalledTime,
  STALLS_PER_HOUR: ({ stallsPerHour }) => stallsPerHour,
  REBUFFER_RATIO: ({ rebufferRatio }) => rebufferRatio,
  BYTES: ({ bytes }) => bytes,
  AVERAGE_MBPS: ({ averageMbps }) => averageMbps,
  COST: ({ cost }) => cost,
  CONCURRENT_VIEWERS_PEAK: ({ peakConcurrentViewers }) => peakConcurrentViewers,
} as const satisfies Readonly<Record<string, (figures: Figures) => number | null>>;

export type Metric = keyof typeof NUMBER_OF;
export const METRICS = Object.keys(NUMBER_OF) as readonly Metric[];

export interface TimeSeries {
  /** Epoch milliseconds. */
  readonly at: readonly number[];
  readonly series: readonly {
    readonly metric: Metric;
    readonly values: readonly (number | null)[];
  }[];
}

/**
 * A bucket is from one edge up to the next. The edges are those of the range and those of the
 * calendar inside it: "The first and last bucket hold only what lies in the range."
 */
export function timeSeriesOf(
  sessions: readonly Session[],
  {
    edges,
    metrics,
    ...question
  }: Omit<Question, 'from' | 'to'> & {
    readonly edges: readonly number[];
    readonly metrics: readonly Metric[];
  },
): TimeSeries {
  const buckets = edges
    .slice(1)
    .map((to, i) => ({ from: edges[i] ?? NaN, to }))
    .map((bucket) => ({ ...bucket, figures: figuresOf(sessions, { ...question, ...bucket }) }));
  return {
    at: buckets.map(({ from }) => from),
    series: metrics.map((metric) => ({
      metric,
      values: buckets.map(({ figures }) => NUMBER_OF[metric](figures)),
    })),
  };
}

export interface BreakdownQuestion extends Question {
  readonly by: Dimension;
  readonly orderBy?: Metric;
  readonly minViews?: number;
  readonly minAttempts?: number;
  readonly search?: string;
  /** What a value is shown as, where that is not the value: a title, a country's name. */
  readonly labels?: Readonly<Record<string, string>>;
}

interface BreakdownRow {
  readonly value: string;
  readonly label: string;
  readonly figures: Figures;
  readonly share: number;
}

export interface Breakdown {
  readonly rows: readonly BreakdownRow[];
  readonly totalCount: number;
  readonly total: Figures;
}

/**
 * "a row for each value with a session started in the range; descending, null last, ties by value
 * (UTF-8) [...] `search`: a case-blind part of value or label. totalCount after search and
 * minViews, total and share before."
 */
export function breakdownOf(sessions: readonly Session[], asked: BreakdownQuestion): Breakdown {
  const { by, orderBy = 'VIEWS', search = '', labels = {}, ...question } = asked;
  const { minViews = 0, minAttempts = 0 } = asked;
  const slice = sessions.filter((session) => isSlice(session, question.filter ?? []));
  const total = figuresOf(slice, question);
  const counted = startedIn(slice, question.from, question.to);
  const values = [...new Set(counted.map((session) => valueOf(session, by)))];
  const rows = values
    .map((value): BreakdownRow => {
      const own = slice.filter((session) => valueOf(session, by) === value);
      const figures = figuresOf(own, question);
      // "share: of views"; "share is 0..100, all 0 without views"
      const share = total.views === 0 ? 0 : (100 * figures.views) / total.views;
      return { value, label: labels[value] ?? value, figures, share };
    })
    .filter(({ figures: { views, attempts } }) => views >= minViews && attempts >= minAttempts)
    .filter(({ value, label }) => isPartOf(search, value) || isPartOf(search, label))
    .sort((a, b) => {
      const order = descending(NUMBER_OF[orderBy](a.figures), NUMBER_OF[orderBy](b.figures));
      return order === 0 ? Buffer.from(a.value).compare(Buffer.from(b.value)) : order;
    });
  return { rows, totalCount: rows.length, total };
}

const isPartOf = (search: string, text: string): boolean =>
  text.toLowerCase().includes(search.toLowerCase());

function descending(a: number | null, b: number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return b - a;
}
