import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Answer } from '../api/answers.js';
import type { Question } from '../api/document.js';
import type { RetentionCurve } from '../api/schema.js';
import { Frame } from '../charts/frame.jsx';
import { Legend } from '../charts/legend.jsx';
import { largestDrops, type Drop } from '../figures/drops.js';
import { clock, duration, short, tick } from '../figures/format.js';
import { onlyPart } from '../figures/reasons.js';
import { SAYS } from '../texts.js';
import { RETENTION_FORMULAS } from '../formulas.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { Notes } from './notes.jsx';
import { sampledNotes } from '../figures/notes.js';
import { Nothing } from './nothing.jsx';
import { Panel } from './panel.jsx';
import { Why, WhyMark } from './why.jsx';

const DROPS = 3;
const HEIGHT = 100;
/** How high the styles make the curve, and where it has a mark for the eye, of the views. */
const PLOT_PX = 180;
const LEVELS = [1, 0.5];

/** How far into a title its viewers go, what they watch again, and where they leave. */
export function Retention({
  answer,
}: {
  readonly answer: Answer<{ readonly retention: RetentionCurve }>;
}): JSX.Element {
  const curve = answer.data?.retention;
  const isEmpty = curve?.audience.length === 0;
  return (
    <Panel
      name="retention"
      title={LATER_WORDS.retention}
      answer={answer}
      parts={['retention']}
      isEmpty={isEmpty}
      aside={
        curve !== undefined && (
          <WhyMark
            reason={{
              metric: 'views',
              label: LATER_WORDS.retentionViews,
              value: curve.views,
              unit: 'count',
              formula: Object.values(RETENTION_FORMULAS).join('; '),
              section: '#retention',
              question: onlyPart(answer.question, 'retention'),
              certainty: SAYS.certainty(curve.sampled),
            }}
          />
        )
      }
    >
      {curve !== undefined &&
        (isEmpty || curve.duration === null ? (
          <>
            <p>{LATER_SAYS.noRetention(curve.duration)}</p>
            <Nothing />
          </>
        ) : (
          <>
            <Curve
              curve={curve}
              length={curve.duration}
              question={onlyPart(answer.question, 'retention')}
            />
            <Notes
              notes={[
                {
                  text: LATER_SAYS.viewsOfLength(curve.views),
                  metric: 'views',
                  value: curve.views,
                },
                ...sampledNotes(curve.sampled),
              ]}
            />
          </>
        ))}
    </Panel>
  );
}

function Curve({
  curve: { audience, plays, views, sampled },
  length,
  question,
}: {
  readonly curve: RetentionCurve;
  readonly length: number;
  readonly question: Question;
}): JSX.Element {
  const [step, setStep] = useState<number | undefined>(undefined);
  const count = audience.length;
  const secondsOf = (index: number): number => (index / count) * length;
  const timeOf = (index: number): string => clock(secondsOf(index));
  const high = Math.max(1, ...plays);
  return (
    <>
      <Frame
        class="retention"
        label={LATER_WORDS.retention}
        summary={LATER_SAYS.retention(
          views,
          [0, Math.floor((count - 1) / 2), count - 1].map((i) => short(audience[i], 'rate')),
        )}
        columns={[LATER_WORDS.place, LATER_WORDS.audience, LATER_WORDS.plays]}
        count={count}
        cellsAt={(i) => [
          { text: timeOf(i), value: secondsOf(i) },
          { text: short(audience[i], 'rate'), metric: 'audience', value: audience[i] },
          { text: LATER_SAYS.times(short(plays[i], 'perHour')), metric: 'plays', value: plays[i] },
        ]}
        cursor={step}
        onCursor={setStep}
        indexAt={(share) => Math.floor(share * count)}
        legend={<Legend marks={MARKS} />}
      >
        <svg
          viewBox={`0 0 ${String(count)} ${String(HEIGHT)}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <path class="area" d={areaOf(audience, high)} />
          <path class="audience" d={lineOf(audience, high)} />
          <path class="plays" d={lineOf(plays, high)} />
          <path
            class="level"
            d={LEVELS.map((one) => `M0,${heightOf(one, high)}H${String(count)}`).join('')}
          />
          {step !== undefined && <rect class="cursor" x={step} y="0" width="1" height={HEIGHT} />}
        </svg>
        <Scales high={high} length={length} />
      </Frame>
      <Drops
        drops={largestDrops(audience, DROPS)}
        timeOf={timeOf}
        question={question}
        sampled={sampled}
      />
    </>
  );
}

/** The names of both scales: shares upwards, the time along. */
const Scales = ({
  high,
  length,
}: {
  readonly high: number;
  readonly length: number;
}): JSX.Element => (
  <>
    {LEVELS.map((level) => (
      <span
        key={level}
        class="level"
        style={{ top: `${String((Number(heightOf(level, high)) / HEIGHT) * PLOT_PX)}px` }}
        aria-hidden="true"
      >
        {tick(level, 'rate')}
      </span>
    ))}
    <p class="scale" aria-hidden="true">
      <span>0:00</span>
      <span>{duration(length)}</span>
    </p>
  </>
);

const MARKS = [
  { name: LATER_WORDS.audienceMeans, mark: <path class="area" d="M0 2H16V14H0Z" /> },
  { name: LATER_WORDS.playsMeans, mark: <path class="plays" d="M0 8H16" /> },
];

function Drops({
  drops,
  timeOf,
  question,
  sampled,
}: {
  readonly drops: readonly Drop[];
  readonly timeOf: (step: number) => string;
  readonly question: Question;
  readonly sampled: number;
}): JSX.Element | null {
  if (drops.length === 0) return null;
  return (
    <p>
      {LATER_WORDS.drops}{' '}
      {drops.map(({ step, lost }, i) => (
        <span key={step}>
          {i > 0 && ', '}
          {timeOf(step + 1)} (
          <Why
            text={`−${short(lost, 'rate')}`}
            reason={{
              ...{ metric: 'drop', value: lost, unit: 'rate', question },
              label: LATER_SAYS.dropAt(timeOf(step + 1)),
              formula: LATER_WORDS.dropFormula,
              section: '#retention',
              certainty: SAYS.certainty(sampled),
            }}
          />
          )
        </span>
      ))}
    </p>
  );
}

const heightOf = (value: number, high: number): string =>
  (HEIGHT - (value / high) * (HEIGHT - 2)).toFixed(2);

const lineOf = (values: readonly number[], high: number): string =>
  values
    .map(
      (value, i) => `${i === 0 ? 'M' : 'L'}${String(i)},${heightOf(value, high)}H${String(i + 1)}`,
    )
    .join('');

const areaOf = (values: readonly number[], high: number): string =>
  `${lineOf(values, high)}V${String(HEIGHT)}H0Z`;
