import type { JSX } from 'preact';
import { span } from '../address/asked.js';
import { intervalsFor } from '../address/intervals.js';
import { rangeAround, widened, type Span } from '../address/ranges.js';
import { address, go, goRange, zone } from '../address/router.js';
import type { Answer } from '../api/answers.js';
import type { FiguresAnswer } from '../api/parts.js';
import type { Interval, TimeSeries } from '../api/schema.js';
import { Chart } from '../charts/chart.jsx';
import { drawingOf, isNothing } from '../charts/lines.js';
import { METRIC } from '../figures/metrics.js';
import { Pick } from '../head/controls.jsx';
import { INTERVAL_NAMES, METRIC_NAMES, SAYS, WORDS } from '../texts.js';
import { Notes } from './notes.jsx';
import { sampledNotes } from '../figures/notes.js';
import { Nothing } from './nothing.jsx';
import { Panel } from './panel.jsx';
import { SaveCsv } from './save-csv.jsx';

/** Makes what was dragged over on a chart the range. */
export function zoom(stretch: Span): void {
  goRange(rangeAround(widened(stretch), zone.value));
}

export interface MetricChartProps {
  readonly answer: Answer<FiguresAnswer>;
  /** The parts of the answer that hold series; the one with the metric is drawn. */
  readonly parts: readonly string[];
  readonly interval: Interval;
}

/** The chart of the metric that the address names. */
export function MetricChart({ answer, parts, interval }: MetricChartProps): JSX.Element {
  const { metric, compare } = address.value;
  const { figures } = answer.data ?? {};
  const data = (answer.data ?? {}) as Readonly<Record<string, unknown>>;
  const series = parts
    .map((name) => data[name] as TimeSeries | undefined)
    .find((one) => one?.series.some((line) => line.metric === metric));
  const isEmpty = isNothing(figures, series, [metric]);
  // Its values are counts, which say 0 where nobody knows.
  const isUnknown =
    metric === 'UNIQUE_VIEWERS' &&
    figures !== undefined &&
    METRIC.UNIQUE_VIEWERS.of(figures.figures) === null;
  const label = SAYS.by(METRIC_NAMES[metric], INTERVAL_NAMES[interval]);
  return (
    <Panel
      name="chart"
      title={METRIC_NAMES[metric]}
      answer={answer}
      parts={parts}
      isEmpty={isEmpty}
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
      {isEmpty && <Nothing />}
      {isUnknown && <p class="nothing">{SAYS.viewsWithViewer(figures.figures)}</p>}
      {series !== undefined && !isEmpty && !isUnknown && (
        <>
          <Chart drawing={drawingOf(series, [metric])} label={label} onSelect={zoom} />
          <Notes notes={sampledNotes(series.sampled)} />
        </>
      )}
    </Panel>
  );
}

/** Chooses the length of the buckets. */
export function IntervalPicker({ chosen }: { readonly chosen: Interval }): JSX.Element {
  return (
    <Pick
      label={WORDS.interval}
      names={intervalsFor(span.value)}
      chosen={chosen}
      nameOf={(name) => INTERVAL_NAMES[name]}
      onPick={(interval) => {
        go({ interval });
      }}
    />
  );
}
