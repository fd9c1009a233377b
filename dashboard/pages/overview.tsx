import type { JSX } from 'preact';
import { interval, variables } from '../address/asked.js';
import { by } from '../address/tabs.js';
import { address } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { FIGURES as OFTEN, TABLES } from '../api/course.js';
import {
  FIGURES,
  HEAD,
  dimensionOf,
  rowsBy,
  seriesOf,
  VIEWERS_NOW,
  type FiguresAnswer,
  type HeadAnswer,
  type SeriesAnswer,
  type ViewersNowAnswer,
} from '../api/parts.js';
import type { Metric } from '../api/schema.js';
import { askedFor } from '../figures/listing.js';
import type { Column } from '../figures/metrics.js';
import { Breakdown, Tabs, titleOrder, type BreakdownProps } from '../panels/breakdown.jsx';
import { CARD_METRICS, Cards } from '../panels/figure-cards.jsx';
import { MetricChart } from '../panels/metric-chart.jsx';
import { Qualities } from '../panels/qualities.jsx';
import { WORDS } from '../texts.js';

/** With unique viewers goes which views have a viewer; a question takes six metrics at most. */
const FIRST: readonly Metric[] = ['ANONYMOUS_VIEWS', ...CARD_METRICS.slice(0, 5)];
const SECOND: readonly Metric[] = CARD_METRICS.slice(5);

const TABLE_METRICS: readonly Column[] = [
  ...(['VIEWS', 'WATCH_TIME', 'LEFT_EARLY', 'COMPLETION_RATE', 'REBUFFER_RATIO'] as const),
];
const SIDE_METRICS: readonly Column[] = ['VIEWS', 'WATCH_TIME', 'COMPLETION_RATE'];

export type FrontAnswer = HeadAnswer &
  FiguresAnswer &
  ViewersNowAnswer &
  SeriesAnswer<'first' | 'second'>;

/** The parts of cards and chart: all of them in one request. */
export function frontParts(metric: Metric): Readonly<Record<string, string>> {
  const more = [...FIRST, ...SECOND].includes(metric) ? [] : [metric];
  return {
    ...HEAD,
    ...FIGURES,
    ...VIEWERS_NOW,
    first: seriesOf(FIRST),
    second: seriesOf([...SECOND, ...more]),
  };
}

export function Overview(): JSX.Element {
  const { metric } = address.value;
  const order = titleOrder();
  const front = useAnswer<FrontAnswer>(
    { parts: frontParts(metric), variables: variables.value },
    OFTEN,
  );
  const tables = useAnswer<object>(
    {
      parts: {
        titles: rowsBy({ by: 'MEDIA', ...askedFor(order) }),
        rows: rowsBy({ by: by.value }),
      },
      variables: { ...variables.value, by: by.value },
    },
    TABLES,
  );
  return (
    <>
      <Cards answer={front} />
      <MetricChart answer={front} parts={['first', 'second']} interval={interval.value} />
      <div class="columns wide-first">
        <Breakdown
          by="MEDIA"
          title={WORDS.titles}
          answer={tables}
          part="titles"
          metrics={TABLE_METRICS}
          order={order}
          // Who lost more viewers may have had more: this says whether it is worse than before.
          compared={order.metric === 'LEFT_EARLY' ? 'COMPLETION_RATE' : undefined}
        />
        <SideTable answer={tables} />
      </div>
      <Qualities answer={front} />
    </>
  );
}

/** The table whose tabs choose the dimension. */
export function SideTable({
  answer,
  ...listing
}: {
  readonly answer: Answer<object>;
} & Pick<BreakdownProps, 'order' | 'compared'> &
  Partial<Pick<BreakdownProps, 'metrics'>>): JSX.Element {
  return (
    <Breakdown
      by={dimensionOf(answer.question)}
      title={WORDS.whereAndHow}
      answer={answer}
      part="rows"
      metrics={SIDE_METRICS}
      {...listing}
      aside={<Tabs />}
    />
  );
}
