import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { variables } from '../address/asked.js';
import { by } from '../address/tabs.js';
import { useAnswer } from '../api/answers.js';
import { TABLES } from '../api/course.js';
import { dimensionOf, rowsBy } from '../api/parts.js';
import type { Metric } from '../api/schema.js';
import { Pick } from '../head/controls.jsx';
import { METRIC_NAMES } from '../texts.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import type { Least } from './all-shown.js';
import { Breakdown, Tabs } from './breakdown.jsx';

export const FAILURES: readonly Metric[] = [
  ...(['START_FAILURE_RATE', 'EXIT_BEFORE_START_RATE', 'PLAYBACK_FAILURE_RATE'] as const),
  'REBUFFER_RATIO',
];
const WORST: readonly Metric[] = [...FAILURES, 'STALLS_PER_HOUR', 'STARTUP_P95'];
/** Rates of attempts; the others are of views. */
const OF_ATTEMPTS: readonly Metric[] = ['START_FAILURE_RATE', 'EXIT_BEFORE_START_RATE'];
/** Of fewer views a rate says little: one view is never the worst. */
const MIN_VIEWS = 10;

/** Asks for so many of what a rate is of: where nobody came to see anything there are no views. */
const leastOf = (metric: Metric, count: number): Least =>
  OF_ATTEMPTS.includes(metric)
    ? { minViews: 0, minAttempts: count }
    : { minViews: count, minAttempts: 0 };

/** The worst of a dimension first, of those that have enough to tell; and the error codes. */
export function Worst({
  hasAttempts,
}: {
  /** Whether there is anything that could be too few. */
  readonly hasAttempts: boolean;
}): JSX.Element {
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
            const worst = WORST.find((one) => one === chosen);
            if (worst !== undefined) setMetric(worst);
          },
        }}
        least={least}
        none={
          hasAttempts && minViews > 1 ? (
            <TooFew {...{ metric, minViews, setMinViews }} />
          ) : undefined
        }
        aside={<WorstPicker {...{ metric, setMetric, minViews, setMinViews }} />}
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

/** What rows must have enough of. */
const countedBy = (metric: Metric): string =>
  METRIC_NAMES[OF_ATTEMPTS.includes(metric) ? 'ATTEMPTS' : 'VIEWS'];

/** Says that no row has as much as is asked for, and shows those that have less. */
function TooFew({
  metric,
  minViews,
  setMinViews,
}: Omit<WorstPickerProps, 'setMetric'>): JSX.Element {
  return (
    <div class="nothing">
      <p>{LATER_SAYS.noneHas(minViews, countedBy(metric))}</p>
      <button
        type="button"
        onClick={() => {
          setMinViews(1);
        }}
      >
        {LATER_WORDS.showFewer}
      </button>
    </div>
  );
}

/** Chooses of what the worst is shown, by which rate, and of how many views at least. */
function WorstPicker(props: WorstPickerProps): JSX.Element {
  const { metric, setMetric, minViews, setMinViews } = props;
  return (
    <>
      <Tabs />
      <Pick
        label={LATER_WORDS.worst}
        names={WORST}
        chosen={metric}
        nameOf={(name) => METRIC_NAMES[name]}
        onPick={setMetric}
      />
      <label class="pick">
        <span>{LATER_SAYS.atLeast(countedBy(metric))}</span>
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
