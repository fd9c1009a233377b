import type { Span } from '../address/ranges.js';
import { METRIC } from '../figures/metrics.js';
import { exact, short, type Unit } from '../figures/format.js';
import { METRIC_NAMES } from '../texts.js';
import type { Metric, TimeSeries } from '../api/schema.js';

/** What is drawn of one metric. */
export interface Line {
  readonly name: string;
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

/** Takes what a chart shows from series; buckets that have not begun are left empty. */
export function drawingOf(series: TimeSeries, metrics: readonly Metric[]): Drawing {
  const at = series.at.map((time) => Date.parse(time));
  const completeMs = Date.parse(series.period.completeUntil);
  const openFrom = firstFrom(at, completeMs);
  // The bucket that holds the present has begun; those after it have not.
  const begun = openFrom + 1;
  const endMs = Date.parse(series.period.to);
  const lines = metrics.flatMap((metric) => {
    const found = series.series.find((one) => one.metric === metric);
    if (found === undefined) return [];
    const values = found.values.map((value, i) => (i < begun ? value : null));
    const previous = found.previous ?? undefined;
    return [{ name: METRIC_NAMES[metric], unit: METRIC[metric].unit, values, previous }];
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
  const sentences = lines.map(({ name, unit, values }) => {
    const there = values.flatMap((value, i) => (value === null ? [] : [{ value, i }]));
    const [first] = there;
    const last = there.at(-1);
    if (first === undefined || last === undefined) return `${name}: nothing in this range.`;
    const highest = there.reduce((one, other) => (other.value > one.value ? other : one));
    return (
      `${name} from ${short(first.value, unit)} on ${when(at[first.i] ?? 0)} to ` +
      `${short(last.value, unit)} on ${when(at[last.i] ?? 0)}, ` +
      `at most ${short(highest.value, unit)} on ${when(at[highest.i] ?? 0)}.`
    );
  });
  return sentences.join(' ');
}

/** Says what stands in one bucket. */
export const toldAt = ({ lines, openFrom }: Drawing, i: number): string =>
  lines
    .map(({ name, unit, values, previous }) => {
      const before = previous?.[i];
      const tail = before == null ? '' : `, before ${short(before, unit)}`;
      return `${name} ${exact(values[i] ?? null, unit)}${tail}`;
    })
    .join('; ') + (i >= openFrom ? ' (still growing)' : '');

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
