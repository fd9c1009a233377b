import type { ComponentChildren, JSX } from 'preact';
import { interval, variables } from '../address/asked.js';
import { spanOf } from '../address/ranges.js';
import { address, zone } from '../address/router.js';
import { civilAt, instantOf, moved as movedCivil } from '../address/zone.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { FIGURES as OFTEN, TABLES } from '../api/course.js';
import { FIGURES, HEAD, rowsBy, type FiguresAnswer, type HeadAnswer } from '../api/parts.js';
import type { Delivery as Delivered, Figures, FiguresReport } from '../api/schema.js';
import type { Moving, Question } from '../api/document.js';
import { Chart } from '../charts/chart.jsx';
import type { Drawing } from '../charts/lines.js';
import { numbered } from '../charts/numbered.jsx';
import { DAY_CLOCK, MONTH, timeIn, type Unit } from '../figures/format.js';
import { certaintyOf } from '../figures/certainty.js';
import { FIGURES_SECTION, onlyPart } from '../figures/reasons.js';
import { FORMULAS, INTERVAL_NAMES, WORDS } from '../texts.js';
import { DELIVERY_FORMULAS } from '../formulas.js';
import { DELIVERY_NAMES, LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { filterText } from '../head/filters.jsx';
import { BeforeFailure, useBefore } from '../panels/before.jsx';
import { Breakdown } from '../panels/breakdown.jsx';
import { Card } from '../panels/cards.jsx';
import { IntervalPicker, zoom } from '../panels/metric-chart.jsx';
import { Notes } from '../panels/notes.jsx';
import { comparedNotes } from '../figures/notes.js';
import { Panel } from '../panels/panel.jsx';

const DELIVERY = `bytes cost averageMbps peakMbps peakAt p95Mbps
  period { from to completeUntil } at byQuality { quality bytes }`;

/** What was delivered in a range; it knows of no comparison. */
const OF_RANGE = { delivery: `delivery(range: $range, interval: $interval) { ${DELIVERY} }` };
const HOUR = 3_600;

type DeliveryAnswer = HeadAnswer &
  FiguresAnswer & { readonly delivery: Delivered; readonly month: Delivered };

/** This month of the zone, from its first day to its end; of a range in the past the last one. */
function monthSoFar(): Moving {
  const { range } = address.value;
  const timeZone = zone.value;
  const valueAt = (nowMs: number): object => {
    const today = civilAt(Math.min(nowMs, spanOf(range, timeZone, nowMs).toMs - 1), timeZone);
    const first = { ...today, day: 1, hour: 0, minute: 0 };
    const [from, to] = [first, movedCivil(first, { months: 1 })].map((civil) =>
      new Date(instantOf(civil, timeZone)).toISOString(),
    );
    return { from, to, timeZone };
  };
  return { valueAt };
}

export function Delivery(): JSX.Element {
  // A CDN bills all titles.
  const asked = { ...variables.value, filter: [], month: monthSoFar() };
  const front = useAnswer<DeliveryAnswer>(
    {
      parts: {
        ...HEAD,
        ...FIGURES,
        ...OF_RANGE,
        month: 'delivery(range: $month, interval: DAY) { bytes cost period { from } }',
      },
      variables: asked,
    },
    OFTEN,
  );
  const tables = useAnswer<object>(
    {
      parts: {
        cdns: rowsBy({ by: 'CDN', order: 'BYTES' }),
        titles: rowsBy({ by: 'MEDIA', order: 'BYTES' }),
      },
      variables: variables.value,
    },
    TABLES,
  );
  const before = useBefore<Pick<DeliveryAnswer, 'delivery'>>(OF_RANGE, front);
  return (
    <>
      <Panel name="figures" answer={front} parts={['delivery', 'month', 'figures']}>
        <OfAll />
        <Numbers answer={front} before={before.data?.delivery} />
        <BeforeFailure before={before} />
        <Notes
          notes={[
            { text: LATER_WORDS.billed },
            { text: LATER_WORDS.bytesTold },
            ...comparedNotes(zone.value),
          ]}
        />
      </Panel>
      <Stacked answer={front} />
      <div class="columns">
        <Breakdown
          by="CDN"
          answer={tables}
          part="cdns"
          metrics={['BYTES', 'COST', 'AVERAGE_MBPS']}
          order={{ metric: 'BYTES' }}
        />
        <Breakdown
          by="MEDIA"
          title={WORDS.titles}
          answer={tables}
          part="titles"
          metrics={['BYTES', 'COST', 'AVERAGE_MBPS']}
          order={{ metric: 'BYTES' }}
        />
      </div>
    </>
  );
}

/** Says before the numbers which filters they do not follow: a CDN bills all that it delivered. */
function OfAll(): JSX.Element | null {
  const { filters } = address.value;
  if (filters.length === 0) return null;
  return (
    <p class="notice" data-panel="unfiltered">
      {LATER_SAYS.filtersOfTables(filters.map(filterText))}
    </p>
  );
}

interface Shown {
  readonly metric: keyof typeof DELIVERY_NAMES;
  readonly value: number | null;
  readonly previous?: number | null | undefined;
  readonly unit: Unit;
  readonly formula: string;
  readonly section: string;
  readonly question: Question;
  readonly certainty: string;
  readonly note?: ComponentChildren;
}

function Numbers({
  answer,
  before,
}: {
  readonly answer: Answer<DeliveryAnswer>;
  /** What was delivered in the period that is compared with. */
  readonly before: Delivered | undefined;
}): JSX.Element {
  const { delivery, month, figures } = answer.data ?? {};
  const shown = [
    ...(delivery === undefined
      ? []
      : ofRange(delivery, before, onlyPart(answer.question, 'delivery'))),
    ...(figures === undefined ? [] : [perHour(figures, onlyPart(answer.question, 'figures'))]),
    ...(month === undefined ? [] : ofMonth(month, onlyPart(answer.question, 'month'))),
  ];
  return (
    <ul class="cards four">
      {shown.map(({ note, ...reason }) => (
        <Card key={reason.metric} reason={{ ...reason, label: DELIVERY_NAMES[reason.metric] }}>
          {note}
        </Card>
      ))}
    </ul>
  );
}

const COMMON = { section: '#delivery', certainty: LATER_WORDS.exactBytes };

function ofRange(
  delivery: Delivered,
  before: Delivered | undefined,
  question: Question,
): readonly Shown[] {
  const { peakAt } = delivery;
  const figure = (metric: keyof typeof DELIVERY_FORMULAS, unit: Unit): Shown => ({
    ...{ ...COMMON, metric, unit, question },
    value: delivery[metric],
    section: `#delivery.${metric}`,
    previous: before?.[metric],
    formula: DELIVERY_FORMULAS[metric],
  });
  return [
    figure('bytes', 'bytes'),
    figure('cost', 'usd'),
    figure('averageMbps', 'mbps'),
    {
      ...figure('peakMbps', 'mbps'),
      note: peakAt !== null && (
        <span class="change below" data-metric="peakAt" data-value={peakAt}>
          {timeIn(peakAt, zone.value, DAY_CLOCK)}
        </span>
      ),
    },
    figure('p95Mbps', 'mbps'),
  ];
}

const perHour = (report: FiguresReport, question: Question): Shown => {
  const { figures, previous } = report;
  const perHourOf = ({ watchTime, cost }: Pick<Figures, 'watchTime' | 'cost'>): number | null =>
    watchTime === 0 ? null : cost / (watchTime / HOUR);
  return {
    metric: 'costPerHour',
    value: perHourOf(figures),
    previous: previous === null ? undefined : perHourOf(previous),
    unit: 'usd',
    formula: LATER_SAYS.costPerHour(FORMULAS.cost ?? ''),
    section: FIGURES_SECTION,
    question,
    certainty: certaintyOf({ metric: 'AVERAGE_MBPS', ...report }),
  };
};

/** The month is named: of a range that is over it is that one's, and not the current one. */
function ofMonth({ bytes, cost, period }: Delivered, question: Question): readonly Shown[] {
  const name = timeIn(period.from, zone.value, MONTH);
  const note = <span class="change below">{name}</span>;
  return [
    {
      ...{ ...COMMON, metric: 'monthBytes', value: bytes, unit: 'bytes' },
      ...{ formula: DELIVERY_FORMULAS.bytes, question, note },
    },
    {
      ...{ ...COMMON, metric: 'monthCost', value: cost, unit: 'usd' },
      ...{ formula: DELIVERY_FORMULAS.cost, question, note },
    },
  ];
}

function Stacked({ answer }: { readonly answer: Answer<DeliveryAnswer> }): JSX.Element {
  const delivery = answer.data?.delivery;
  const drawing = delivery && stackOf(delivery);
  const label = LATER_SAYS.deliveredBy(INTERVAL_NAMES[interval.value]);
  return (
    <Panel
      name="chart"
      title={LATER_WORDS.deliveredByQuality}
      answer={answer}
      parts={['delivery']}
      isEmpty={delivery?.bytes === 0}
      aside={<IntervalPicker chosen={interval.value} />}
    >
      {drawing !== undefined && drawing.lines.length > 0 && (
        <Chart
          isStacked
          label={label}
          drawing={drawing}
          numbered={numbered(drawing, true)}
          onSelect={zoom}
        />
      )}
      {delivery?.bytes === 0 && <p class="nothing">{LATER_WORDS.nothingDelivered}</p>}
    </Panel>
  );
}

function stackOf({ at, byQuality, period }: Delivered): Drawing {
  const starts = at.map((time) => Date.parse(time));
  const completeMs = Date.parse(period.completeUntil);
  const open = starts.findIndex((startMs) => startMs >= completeMs);
  const openFrom = open < 0 ? starts.length : open;
  const lines = byQuality.map(({ quality, bytes }) => ({
    name: quality,
    metric: 'bytes',
    unit: 'bytes' as const,
    values: bytes.map((value, i) => (i <= openFrom ? value : null)),
    previous: undefined,
  }));
  return { at: starts, openFrom, endMs: Date.parse(period.to), lines };
}
