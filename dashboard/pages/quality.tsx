import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { interval, variables } from '../address/asked.js';
import { go, zone } from '../address/router.js';
import { by, tabs } from '../address/tabs.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { FIGURES as OFTEN, TABLES } from '../api/course.js';
import { FIGURES, HEAD, dimensionOf, rowsBy, seriesOf } from '../api/parts.js';
import type { FiguresAnswer, HeadAnswer, SeriesAnswer } from '../api/parts.js';
import type { Metric, TimeSeries } from '../api/schema.js';
import { dimensionName } from '../api/server.js';
import { Chart } from '../charts/chart.jsx';
import { drawingOf, isNothing, lineOf } from '../charts/lines.js';
import { numbered } from '../charts/numbered.jsx';
import { Pick } from '../head/controls.jsx';
import { METRIC_NAMES, WORDS } from '../texts.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import type { Least } from '../panels/all-shown.js';
import { Breakdown, Tabs } from '../panels/breakdown.jsx';
import { MetricCard } from '../panels/cards.jsx';
import { Funnel } from '../panels/funnel.jsx';
import { IntervalPicker, zoom } from '../panels/metric-chart.jsx';
import { Notes } from '../panels/notes.jsx';
import { notesOf, sampledNotes } from '../figures/notes.js';
import { Nothing } from '../panels/nothing.jsx';
import { Panel } from '../panels/panel.jsx';

const FAILURES: readonly Metric[] = [
  ...(['START_FAILURE_RATE', 'EXIT_BEFORE_START_RATE', 'PLAYBACK_FAILURE_RATE'] as const),
  'REBUFFER_RATIO',
];
const STARTUP: readonly Metric[] = ['STARTUP_P50', 'STARTUP_P75', 'STARTUP_P95'];
const SHOWN: readonly Metric[] = [...FAILURES, 'STALLS_PER_HOUR', ...STARTUP];
const WORST: readonly Metric[] = [...FAILURES, 'STALLS_PER_HOUR', 'STARTUP_P95'];
/** Rates of attempts; the others are of views. */
const OF_ATTEMPTS: readonly Metric[] = ['START_FAILURE_RATE', 'EXIT_BEFORE_START_RATE'];
/** Of fewer views a rate says little: one view is never the worst. */
const MIN_VIEWS = 10;

type QualityAnswer = HeadAnswer & FiguresAnswer & SeriesAnswer<'failures' | 'startup'>;

export function Quality(): JSX.Element {
  const front = useAnswer<QualityAnswer>(
    {
      parts: {
        ...HEAD,
        ...FIGURES,
        failures: seriesOf([...FAILURES, 'STALLS_PER_HOUR']),
        startup: seriesOf(STARTUP),
      },
      variables: variables.value,
    },
    OFTEN,
  );
  const report = front.data?.figures;
  return (
    <>
      <Panel
        name="figures"
        answer={front}
        parts={['figures']}
        isEmpty={report?.figures.attempts === 0}
      >
        {report !== undefined && (
          <>
            <Funnel report={report} question={front.question} />
            <ul class="cards four">
              {SHOWN.map((metric) => (
                <MetricCard
                  key={metric}
                  metric={metric}
                  report={report}
                  question={front.question}
                  line={lineOf([front.data?.failures, front.data?.startup], metric)}
                />
              ))}
            </ul>
            <Notes notes={notesOf(report, zone.value)} />
            {report.figures.attempts === 0 && <Nothing />}
          </>
        )}
      </Panel>
      <SeriesPanels answer={front} />
      <Tables />
    </>
  );
}

const CHARTS: readonly {
  readonly name: string;
  readonly title: string;
  readonly part: 'failures' | 'startup';
  readonly metrics: readonly Metric[];
}[] = [
  { name: 'chart', title: LATER_WORDS.failuresAndRebuffering, part: 'failures', metrics: FAILURES },
  { name: 'chart-startup', title: LATER_WORDS.startupTime, part: 'startup', metrics: STARTUP },
  {
    name: 'chart-stalls',
    title: METRIC_NAMES.STALLS_PER_HOUR,
    part: 'failures',
    metrics: ['STALLS_PER_HOUR'],
  },
];

function SeriesPanels({ answer }: { readonly answer: Answer<QualityAnswer> }): JSX.Element {
  return (
    <div class="columns three">
      {CHARTS.map(({ name, title, part, metrics }) => {
        const series = answer.data?.[part];
        const isEmpty = isNothing(answer.data?.figures, series, metrics);
        return (
          <Panel
            key={name}
            name={name}
            title={title}
            answer={answer}
            parts={[part]}
            isEmpty={isEmpty}
            aside={name === 'chart' && <IntervalPicker chosen={interval.value} />}
          >
            {isEmpty && <Nothing />}
            {series !== undefined && !isEmpty && (
              <Lines title={title} series={series} metrics={metrics} />
            )}
          </Panel>
        );
      })}
    </div>
  );
}

/** One line with that of the period before; several are enough to look at without those. */
function Lines({
  title,
  series,
  metrics,
}: {
  readonly title: string;
  readonly series: TimeSeries;
  readonly metrics: readonly Metric[];
}): JSX.Element {
  const drawing = drawingOf(series, metrics);
  const isOne = metrics.length === 1;
  const plain = drawing.lines.map((line) => ({ ...line, previous: undefined }));
  return (
    <>
      <Chart
        label={title}
        drawing={isOne ? drawing : { ...drawing, lines: plain }}
        numbered={isOne ? undefined : numbered(drawing)}
        onSelect={zoom}
      />
      <Notes notes={sampledNotes(series.sampled)} />
    </>
  );
}

/** Asks for so many of what a rate is of: where nobody came to see anything there are no views. */
const leastOf = (metric: Metric, count: number): Least =>
  OF_ATTEMPTS.includes(metric)
    ? { minViews: 0, minAttempts: count }
    : { minViews: count, minAttempts: 0 };

function Tables(): JSX.Element {
  const [metric, setMetric] = useState<Metric>('START_FAILURE_RATE');
  const [minViews, setMinViews] = useState(MIN_VIEWS);
  const least = leastOf(metric, minViews);
  const tables = useAnswer<object>(
    {
      parts: {
        worst: rowsBy({
          by: by.value,
          order: metric,
          more: ', minViews: $minViews, minAttempts: $minAttempts',
        }),
        errors: rowsBy({ by: 'ERROR_CODE', order: 'ATTEMPTS' }),
      },
      variables: { ...variables.value, ...least, by: by.value },
    },
    TABLES,
  );
  return (
    <div class="columns">
      <Breakdown
        by={dimensionOf(tables.question)}
        title={LATER_SAYS.worstFirst(METRIC_NAMES[metric])}
        answer={tables}
        part="worst"
        metrics={[OF_ATTEMPTS.includes(metric) ? 'ATTEMPTS' : 'VIEWS', metric]}
        order={{
          metric,
          set: (chosen) => {
            if (WORST.includes(chosen)) setMetric(chosen);
          },
        }}
        least={least}
        aside={
          <>
            <Tabs
              names={tabs.value}
              chosen={by.value}
              nameOf={dimensionName}
              label={WORDS.interval}
              onChoose={(chosen) => {
                go({ by: chosen });
              }}
            />
            <WorstPicker {...{ metric, setMetric, minViews, setMinViews }} />
          </>
        }
      />
      <Breakdown
        by="ERROR_CODE"
        title={LATER_WORDS.errorCodes}
        answer={tables}
        part="errors"
        metrics={['ATTEMPTS', 'VIEWS', 'PLAYBACK_FAILURE_RATE']}
        order={{ metric: 'ATTEMPTS' }}
      />
    </div>
  );
}

interface WorstPickerProps {
  readonly metric: Metric;
  readonly setMetric: (metric: Metric) => void;
  readonly minViews: number;
  readonly setMinViews: (views: number) => void;
}

/** Chooses what is worst, and of how many views at least. */
function WorstPicker(props: WorstPickerProps): JSX.Element {
  const { metric, setMetric, minViews, setMinViews } = props;
  return (
    <>
      <Pick
        label={LATER_WORDS.worst}
        names={WORST}
        chosen={metric}
        nameOf={(name) => METRIC_NAMES[name]}
        onPick={setMetric}
      />
      <label class="pick">
        <span>
          {LATER_SAYS.atLeast(METRIC_NAMES[OF_ATTEMPTS.includes(metric) ? 'ATTEMPTS' : 'VIEWS'])}
        </span>
        <input
          type="number"
          min="1"
          value={minViews}
          onChange={({ currentTarget }) => {
            setMinViews(Math.max(1, Math.floor(currentTarget.valueAsNumber) || MIN_VIEWS));
          }}
        />
      </label>
    </>
  );
}
