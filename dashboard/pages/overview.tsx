import type { JSX } from 'preact';
import { interval, variables } from '../address/asked.js';
import { address, go } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { FIGURES as OFTEN, TABLES } from '../api/course.js';
import {
  FIGURES,
  HEAD,
  rowsBy,
  seriesOf,
  VIEWERS_NOW,
  type FiguresAnswer,
  type HeadAnswer,
  type SeriesAnswer,
  type ViewersNowAnswer,
} from '../api/parts.js';
import type { Dimension, Metric } from '../api/schema.js';
import { customDimensions, dimensionName } from '../api/server.js';
import { Breakdown, Tabs, titleOrder } from '../panels/breakdown.jsx';
import { Cards } from '../panels/figure-cards.jsx';
import { MetricChart } from '../panels/metric-chart.jsx';
import { Qualities } from '../panels/qualities.jsx';
import { WORDS } from '../texts.js';

const FIRST: readonly Metric[] = [
  ...(['VIEWS', 'UNIQUE_VIEWERS', 'WATCH_TIME', 'AVERAGE_WATCH_TIME'] as const),
  ...(['COMPLETION_RATE', 'REBUFFER_RATIO'] as const),
];
const SECOND: readonly Metric[] = ['START_FAILURE_RATE', 'BYTES', 'COST'];
/** The cards after that of the viewers now, in their order. */
const CARD_METRICS = [...FIRST, ...SECOND];

const TABLE_METRICS = [...(['VIEWS', 'WATCH_TIME', 'COMPLETION_RATE', 'REBUFFER_RATIO'] as const)];
const SIDE_METRICS = [...(['VIEWS', 'WATCH_TIME', 'COMPLETION_RATE'] as const)];
export const TABS: readonly Dimension[] = [
  ...(['COUNTRY', 'DEVICE', 'PLAYER', 'APP', 'CDN', 'REFERRER', 'PAGE', 'OS', 'BROWSER'] as const),
];

export type FrontAnswer = HeadAnswer &
  FiguresAnswer &
  ViewersNowAnswer &
  SeriesAnswer<'first' | 'second'>;

/** The parts of cards and chart: all of them in one request. */
export function frontParts(metric: Metric): Readonly<Record<string, string>> {
  const more = CARD_METRICS.includes(metric) ? [] : [metric];
  return {
    ...HEAD,
    ...FIGURES,
    ...VIEWERS_NOW,
    first: seriesOf(FIRST),
    second: seriesOf([...SECOND, ...more]),
  };
}

export function Overview(): JSX.Element {
  const { metric, order } = address.value;
  const front = useAnswer<FrontAnswer>(
    { parts: frontParts(metric), variables: variables.value },
    OFTEN,
  );
  const tabs = [...TABS, ...customDimensions.value];
  const by = tabs.includes(address.value.by) ? address.value.by : 'COUNTRY';
  const tables = useAnswer<object>(
    {
      parts: { titles: rowsBy({ by: 'MEDIA', order }), rows: rowsBy({ by }) },
      variables: variables.value,
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
          order={titleOrder()}
        />
        <SideTable answer={tables} by={by} tabs={tabs} />
      </div>
      <Qualities answer={front} />
    </>
  );
}

/** The table whose tabs choose the dimension. */
export function SideTable({
  answer,
  by,
  tabs,
}: {
  readonly answer: Answer<object>;
  readonly by: Dimension;
  readonly tabs: readonly Dimension[];
}): JSX.Element {
  return (
    <Breakdown
      by={by}
      title={WORDS.whereAndHow}
      answer={answer}
      part="rows"
      metrics={SIDE_METRICS}
      aside={
        <Tabs
          names={tabs}
          chosen={by}
          nameOf={dimensionName}
          label={WORDS.interval}
          onChoose={(chosen) => {
            go({ by: chosen });
          }}
        />
      }
    />
  );
}
