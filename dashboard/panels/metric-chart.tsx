import type { JSX } from 'preact';
import { span } from '../address/asked.js';
import { intervalsFor } from '../address/intervals.js';
import { rangeAround, widened, type Span } from '../address/ranges.js';
import { address, go, goRange, zone } from '../address/router.js';
import type { Answer } from '../api/answers.js';
import type { Interval, TimeSeries } from '../api/schema.js';
import { Chart } from '../charts/chart.jsx';
import { drawingOf } from '../charts/lines.js';
import { INTERVAL_NAMES, METRIC_NAMES, WORDS } from '../texts.js';
import { Panel } from './panel.jsx';
import { SaveCsv } from './save-csv.jsx';

/** Makes what was dragged over on a chart the range. */
export function zoom(stretch: Span): void {
  goRange(rangeAround(widened(stretch), zone.value));
}

export interface MetricChartProps {
  readonly answer: Answer<object>;
  /** The parts of the answer that hold series; the one with the metric is drawn. */
  readonly parts: readonly string[];
  readonly interval: Interval;
}

/** The chart of the metric that the address names. */
export function MetricChart({ answer, parts, interval }: MetricChartProps): JSX.Element {
  const { metric, compare } = address.value;
  const data = (answer.data ?? {}) as Readonly<Record<string, TimeSeries>>;
  const series = parts
    .map((name) => data[name])
    .find((one) => one?.series.some((line) => line.metric === metric));
  const label = `${METRIC_NAMES[metric]} by ${INTERVAL_NAMES[interval]}`;
  return (
    <Panel
      name="chart"
      title={METRIC_NAMES[metric]}
      answer={answer}
      parts={parts}
      aside={
        <>
          <IntervalPicker chosen={interval} />
          <SaveCsv
            file="timeseries"
            variables={answer.question.variables}
            asked={{ interval, metrics: metric, compare }}
          />
        </>
      }
    >
      {series !== undefined && (
        <Chart drawing={drawingOf(series, [metric])} label={label} onSelect={zoom} />
      )}
    </Panel>
  );
}

/** Chooses the length of the buckets. */
export function IntervalPicker({ chosen }: { readonly chosen: Interval }): JSX.Element {
  return (
    <label class="pick">
      <span>{WORDS.interval}</span>
      <select
        value={chosen}
        onChange={({ currentTarget }) => {
          go({ interval: currentTarget.value as Interval });
        }}
      >
        {intervalsFor(span.value).map((name) => (
          <option key={name} value={name}>
            {INTERVAL_NAMES[name]}
          </option>
        ))}
      </select>
    </label>
  );
}
