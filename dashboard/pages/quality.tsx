import type { JSX } from 'preact';
import { interval, variables } from '../address/asked.js';
import { zone } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { FIGURES as OFTEN } from '../api/course.js';
import { FIGURES, HEAD, seriesOf } from '../api/parts.js';
import type { FiguresAnswer, HeadAnswer, SeriesAnswer } from '../api/parts.js';
import type { Metric, TimeSeries } from '../api/schema.js';
import { Chart } from '../charts/chart.jsx';
import { drawingOf, isNothing, lineOf } from '../charts/lines.js';
import { numbered } from '../charts/numbered.jsx';
import { METRIC_NAMES } from '../texts.js';
import { LATER_WORDS } from '../texts-later.js';
import { MetricCard } from '../panels/cards.jsx';
import { Funnel } from '../panels/funnel.jsx';
import { IntervalPicker, zoom } from '../panels/metric-chart.jsx';
import { Notes } from '../panels/notes.jsx';
import { notesOf, sampledNotes } from '../figures/notes.js';
import { Nothing } from '../panels/nothing.jsx';
import { Panel } from '../panels/panel.jsx';
import { filtersHere, sessionsBehind } from '../panels/sessions-behind.js';
import { FAILURES, Worst } from '../panels/worst.jsx';

const STARTUP: readonly Metric[] = ['STARTUP_P50', 'STARTUP_P75', 'STARTUP_P95'];
const SHOWN: readonly Metric[] = [...FAILURES, 'STALLS_PER_HOUR', ...STARTUP];

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
                  link={sessionsBehind(metric, filtersHere())}
                />
              ))}
            </ul>
            <Notes notes={notesOf(report, zone.value)} />
            {report.figures.attempts === 0 && <Nothing />}
          </>
        )}
      </Panel>
      <SeriesPanels answer={front} />
      <Worst hasAttempts={report !== undefined && report.figures.attempts > 0} />
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
