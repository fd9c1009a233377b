import type { JSX } from 'preact';
import { interval, variables } from '../address/asked.js';
import { spanOf } from '../address/ranges.js';
import { address, zone } from '../address/router.js';
import { civilAt, instantOf, moved as movedCivil } from '../address/zone.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { FIGURES as OFTEN, TABLES } from '../api/course.js';
import {
  DELIVERY,
  FIGURES,
  HEAD,
  rowsBy,
  type FiguresAnswer,
  type HeadAnswer,
} from '../api/parts.js';
import type { Delivery as Delivered, FiguresReport } from '../api/schema.js';
import type { Moving, Question } from '../api/document.js';
import { Chart } from '../charts/chart.jsx';
import type { Drawing } from '../charts/lines.js';
import { DAY_CLOCK, exact, short, timeIn, type Unit } from '../figures/format.js';
import { onlyPart } from '../figures/reasons.js';
import { DELIVERY_FORMULAS, FORMULAS, INTERVAL_NAMES } from '../texts.js';
import { Breakdown } from '../panels/breakdown.jsx';
import { IntervalPicker, zoom } from '../panels/metric-chart.jsx';
import { Notes } from '../panels/notes.jsx';
import { Panel } from '../panels/panel.jsx';
import { WhyMark } from '../panels/why.jsx';

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
  const asked = { ...variables.value, month: monthSoFar() };
  const front = useAnswer<DeliveryAnswer>(
    {
      parts: {
        ...HEAD,
        ...FIGURES,
        delivery: `delivery(range: $range, interval: $interval) { ${DELIVERY} }`,
        month: 'delivery(range: $month, interval: DAY) { bytes cost }',
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
  const isFiltered = address.value.filters.length > 0;
  return (
    <>
      <Panel name="figures" answer={front} parts={['delivery', 'month', 'figures']}>
        <Numbers answer={front} />
        <Notes
          notes={[
            'What was delivered counts when it was loaded: that is what a CDN bills.',
            ...(isFiltered ? ['It is of all titles: filters hold for the two tables alone.'] : []),
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
          title="Titles"
          answer={tables}
          part="titles"
          metrics={['BYTES', 'COST', 'AVERAGE_MBPS']}
          order={{ metric: 'BYTES' }}
        />
      </div>
    </>
  );
}

interface Shown {
  readonly label: string;
  readonly metric: string;
  readonly value: number | null;
  readonly unit: Unit;
  readonly formula: string;
  readonly question: Question;
  readonly note?: string | undefined;
}

function Numbers({ answer }: { readonly answer: Answer<DeliveryAnswer> }): JSX.Element {
  const { delivery, month, figures } = answer.data ?? {};
  const shown = [
    ...(delivery === undefined ? [] : ofRange(delivery, onlyPart(answer.question, 'delivery'))),
    ...(figures === undefined ? [] : [perHour(figures, onlyPart(answer.question, 'figures'))]),
    ...(month === undefined ? [] : ofMonth(month, onlyPart(answer.question, 'month'))),
  ];
  return (
    <ul class="cards four">
      {shown.map((one) => (
        <NumberCard key={one.metric} {...one} />
      ))}
    </ul>
  );
}

const formula = (name: string): string => DELIVERY_FORMULAS[name] ?? '';

function ofRange(delivery: Delivered, question: Question): readonly Shown[] {
  const rate = (label: string, name: 'averageMbps' | 'peakMbps' | 'p95Mbps'): Shown => ({
    label,
    metric: name,
    value: delivery[name],
    unit: 'mbps',
    formula: formula(name),
    question,
  });
  const { bytes, cost, peakAt } = delivery;
  return [
    {
      ...{ label: 'Delivered', metric: 'bytes', value: bytes, unit: 'bytes' },
      ...{ formula: formula('bytes'), question },
    },
    {
      ...{ label: 'Cost', metric: 'cost', value: cost, unit: 'usd' },
      ...{ formula: formula('cost'), question },
    },
    rate('Average', 'averageMbps'),
    {
      ...rate('Peak', 'peakMbps'),
      note: peakAt === null ? undefined : timeIn(peakAt, zone.value, DAY_CLOCK),
    },
    rate('95th percentile', 'p95Mbps'),
  ];
}

function perHour({ figures: { watchTime, cost } }: FiguresReport, question: Question): Shown {
  const ofSessions = 'cost / watchTime in hours, of the sessions that started in the range';
  return {
    label: 'Cost a watched hour',
    metric: 'costPerHour',
    value: watchTime === 0 ? null : cost / (watchTime / HOUR),
    unit: 'usd',
    formula: `${ofSessions}; cost: ${FORMULAS.cost ?? ''}`,
    question,
  };
}

const ofMonth = ({ bytes, cost }: Delivered, question: Question): readonly Shown[] => [
  {
    ...{ label: 'Delivered, month to date', metric: 'monthBytes', value: bytes, unit: 'bytes' },
    ...{ formula: formula('bytes'), question },
  },
  {
    ...{ label: 'Cost, month to date', metric: 'monthCost', value: cost, unit: 'usd' },
    ...{ formula: formula('cost'), question },
  },
];

function NumberCard({ label, metric, value, unit, formula, question, note }: Shown): JSX.Element {
  return (
    <li class="card">
      <div class="face">
        <span class="label">{label}</span>
        <span
          class="value"
          data-metric={metric}
          data-value={value ?? ''}
          title={exact(value, unit)}
        >
          {short(value, unit)}
        </span>
        {note !== undefined && <span class="change below">{note}</span>}
      </div>
      <WhyMark
        reason={{
          label,
          value,
          unit,
          formula,
          section: '#delivery',
          question,
          certainty: 'Exact.',
        }}
      />
    </li>
  );
}

function Stacked({ answer }: { readonly answer: Answer<DeliveryAnswer> }): JSX.Element {
  const delivery = answer.data?.delivery;
  const label = `Delivered by quality and ${INTERVAL_NAMES[interval.value]}`;
  return (
    <Panel
      name="chart"
      title="Delivered by quality"
      answer={answer}
      parts={['delivery']}
      isEmpty={delivery?.bytes === 0}
      aside={<IntervalPicker chosen={interval.value} />}
    >
      {delivery !== undefined && delivery.byQuality.length > 0 && (
        <Chart isStacked label={label} drawing={stackOf(delivery)} onSelect={zoom} />
      )}
      {delivery?.bytes === 0 && <p class="nothing">Nothing was delivered.</p>}
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
    unit: 'bytes' as const,
    values: bytes.map((value, i) => (i <= openFrom ? value : null)),
    previous: undefined,
  }));
  return { at: starts, openFrom, endMs: Date.parse(period.to), lines };
}
