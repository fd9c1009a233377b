import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { holding } from '../address/router.js';
import type { Answer } from '../api/answers.js';
import type { Question } from '../api/document.js';
import { RETENTION, type FiguresAnswer, type RetentionAnswer } from '../api/parts.js';
import type { RetentionCurve } from '../api/schema.js';
import { Frame } from '../charts/frame.jsx';
import { Legend } from '../charts/legend.jsx';
import { certaintyOfCount } from '../figures/certainty.js';
import { clock, duration, short, tick } from '../figures/format.js';
import type { Reason } from '../figures/reason.js';
import { onlyPart } from '../figures/reasons.js';
import { RETENTION_FORMULAS } from '../formulas.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { useBefore } from './before.jsx';
import { Drops, type CurveProps } from './drops.jsx';
import { Notes } from './notes.jsx';
import { sampledNotes } from '../figures/notes.js';
import { Nothing } from './nothing.jsx';
import { Panel } from './panel.jsx';
import { WhyMark } from './why.jsx';

const HEIGHT = 100;
/** How high the styles make the curve, and where it has a mark for the eye, of the views. */
const PLOT_PX = 180;
const LEVELS = [1, 0.5];

/** How far into a title its viewers go, what they watch again, and where they leave. */
export function Retention({
  answer,
}: {
  readonly answer: Answer<RetentionAnswer & FiguresAnswer>;
}): JSX.Element {
  const before = useBefore<RetentionAnswer>(RETENTION, answer);
  const curve = answer.data?.retention;
  const isEmpty = curve?.audience.length === 0;
  return (
    <Panel
      name="retention"
      title={LATER_WORDS.retention}
      answer={answer}
      parts={['retention']}
      isEmpty={isEmpty}
      aside={curve !== undefined && <WhyMark reason={reasonOf(curve, answer.question)} />}
    >
      {curve !== undefined &&
        (isEmpty || curve.duration === null ? (
          <>
            <p>{LATER_SAYS.noRetention(curve.duration)}</p>
            {(curve.duration !== null || holding.value.length > 0) && <Nothing />}
          </>
        ) : (
          <>
            <Curve
              curve={curve}
              length={curve.duration}
              before={before}
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

const reasonOf = ({ views, sampled }: RetentionCurve, question: Question): Reason => ({
  metric: 'views',
  label: LATER_WORDS.retentionViews,
  value: views,
  unit: 'count',
  formula: Object.values(RETENTION_FORMULAS).join('; '),
  section: '#retention',
  question: onlyPart(question, 'retention'),
  certainty: certaintyOfCount(sampled),
});

function Curve({ curve, length, before, question }: CurveProps): JSX.Element {
  const { audience, plays, views } = curve;
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
      <Drops {...{ curve, length, before, question }} />
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
