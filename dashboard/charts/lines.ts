import type { Span } from '../address/ranges.js';
import { METRIC } from '../figures/metrics.js';
import { short, type Unit } from '../figures/format.js';
import { METRIC_NAMES, SAYS, WORDS } from '../texts.js';
import type { FiguresReport, LiveSnapshot, Metric, TimeSeries } from '../api/schema.js';

/** What is drawn of one metric. */
export interface Line {
  readonly name: string;
  /** What scripts know it by: its name in `Metric`, or that of its field. */
  readonly metric: string;
  readonly unit: Unit;
  /** Null where there is nothing: no value, or a bucket that has not begun. */
  readonly values: readonly (number | null)[];
  readonly previous: readonly (number | null)[] | undefined;
}

/** What a chart shows: lines over the same buckets. */
export interface Drawing {
  /** The starts of the buckets in epoch milliseconds. */
  readonly at: readonly number[];
  /** The first bucket that still grows; the number of buckets if none does. */
  readonly openFrom: number;
  readonly endMs: number;
  readonly lines: readonly Line[];
}

/**
 * Returns the values of a series, of the range or of the one before. Of unique viewers, buckets
 * whose views are all anonymous have none: nobody knows how many viewers they had.
 */
function knownValues(
  all: TimeSeries['series'],
  metric: Metric,
  of: 'values' | 'previous',
): Line['previous'] {
  const valuesOf = (name: Metric): Line['previous'] =>
    all.find((one) => one.metric === name)?.[of] ?? undefined;
  const values = valuesOf(metric);
  if (metric !== 'UNIQUE_VIEWERS') return values;
  const [views, anonymous] = [valuesOf('VIEWS'), valuesOf('ANONYMOUS_VIEWS')];
  return values?.map((value, i) => {
    const count = views?.[i] ?? 0;
    return count > 0 && (anonymous?.[i] ?? 0) >= count ? null : value;
  });
}

/** Takes what a chart shows from series; buckets that have not begun are left empty. */
export function drawingOf(series: TimeSeries, metrics: readonly Metric[]): Drawing {
  const at = series.at.map((time) => Date.parse(time));
  const completeMs = Date.parse(series.period.completeUntil);
  const openFrom = firstFrom(at, completeMs);
  // The bucket that holds the present has begun; those after it have not.
  const begun = openFrom + 1;
  const endMs = Date.parse(series.period.to);
  const lines = metrics.flatMap((metric) => {
    const known = knownValues(series.series, metric, 'values');
    if (known === undefined) return [];
    const values = known.map((value, i) => (i < begun ? value : null));
    const previous = knownValues(series.series, metric, 'previous');
    return [{ name: METRIC_NAMES[metric], metric, unit: METRIC[metric].unit, values, previous }];
  });
  return { at, openFrom, endMs, lines };
}

const firstFrom = (at: readonly number[], timeMs: number): number => {
  const found = at.findIndex((startMs) => startMs >= timeMs);
  return found < 0 ? at.length : found;
};

/** Returns the stretch of the buckets that hold two times, each to its end. */
export function stretchOf({ at, endMs }: Drawing, { fromMs, toMs }: Span): Span {
  const holding = (timeMs: number): number => Math.max(0, firstFrom(at, timeMs + 1) - 1);
  return { fromMs: at[holding(fromMs)] ?? fromMs, toMs: at[holding(toMs) + 1] ?? endMs };
}

/** Says in one sentence what a chart shows. */
export function summaryOf({ at, lines }: Drawing, when: (timeMs: number) => string): string {
  const told = lines.map(({ name, unit, values }) => {
    const there = values.flatMap((value, i) => (value === null ? [] : [{ value, i }]));
    const [first] = there;
    const last = there.at(-1);
    if (first === undefined || last === undefined) return `${name}: ${WORDS.nothingThere}`;
    const highest = there.reduce((one, other) => (other.value > one.value ? other : one));
    return SAYS.course(
      name,
      [first, last, highest].map(({ value, i }) => [short(value, unit), when(at[i] ?? 0)]),
    );
  });
  return `${told.join('; ')}.`;
}

/** Says whether nothing is there to be drawn: no session, now or before, and no viewer either. */
export const isNothing = (
  report: FiguresReport | undefined,
  series: TimeSeries | undefined,
  metrics: readonly Metric[],
): boolean =>
  report?.figures.attempts === 0 &&
  (series?.series ?? [])
    .filter(({ metric }) => metrics.includes(metric))
    .every(({ values, previous }) => ![...values, ...(previous ?? [])].some(Boolean));

/** What a card's line is drawn from: the series that has the metric, of some. */
export function lineOf(
  all: readonly (TimeSeries | undefined)[],
  metric: Metric,
): { readonly values: Line['values']; readonly openFrom: number } | undefined {
  const found = all.find((one) => one?.series.some((line) => line.metric === metric));
  if (found === undefined) return undefined;
  const { lines, openFrom } = drawingOf(found, [metric]);
  return { values: lines[0]?.values ?? [], openFrom };
}

/**
 * What the card of the viewers now draws: the last hour, up to now. Of the minute under way only
 * those are counted who told of it so far, which nobody should take for all who watch.
 */
export const lineUntilNow = ({
  perMinute,
  viewers,
}: Pick<LiveSnapshot, 'perMinute' | 'viewers'>): ReturnType<typeof lineOf> => ({
  values: [...perMinute.slice(0, -1), Math.max(viewers, perMinute.at(-1) ?? 0)],
  openFrom: perMinute.length - 1,
});
