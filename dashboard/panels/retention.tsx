import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Answer } from '../api/answers.js';
import type { RetentionCurve } from '../api/schema.js';
import { largestDrops, type Drop } from '../figures/drops.js';
import { clock, duration, short } from '../figures/format.js';
import { onlyPart, percentOf } from '../figures/reasons.js';
import { Nothing } from './nothing.jsx';
import { Panel } from './panel.jsx';
import { WhyMark } from './why.jsx';

const DROPS = 3;
const HEIGHT = 100;

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
      title="Retention"
      answer={answer}
      parts={['retention']}
      isEmpty={isEmpty}
      aside={
        curve !== undefined && (
          <WhyMark
            reason={{
              label: 'Retention: views with a known length',
              value: curve.views,
              unit: 'count',
              formula:
                'audience[i] = views that showed any of step i / views; plays[i] = seconds of ' +
                'step i that were shown / (views × the step’s length)',
              section: '#retention',
              question: onlyPart(answer.question, 'retention'),
              certainty:
                curve.sampled < 1 ? `From ${percentOf(curve.sampled)} of viewers.` : 'Exact.',
            }}
          />
        )
      }
    >
      {curve !== undefined &&
        (isEmpty || curve.duration === null ? (
          <>
            <p>No view in this range says how long the title is, and it is not registered.</p>
            <Nothing />
          </>
        ) : (
          <Curve curve={curve} length={curve.duration} />
        ))}
    </Panel>
  );
}

function Curve({
  curve: { audience, plays, views },
  length,
}: {
  readonly curve: RetentionCurve;
  readonly length: number;
}): JSX.Element {
  const [step, setStep] = useState<number | undefined>(undefined);
  const timeOf = (index: number): string => clock((index / audience.length) * length);
  const high = Math.max(1, ...plays);
  const last = audience.length - 1;
  const tell = (index: number): string =>
    `${timeOf(index)}: ${short(audience[index], 'rate')} of views, ` +
    `shown ${(plays[index] ?? 0).toFixed(2)} times each`;
  return (
    <figure class="retention">
      <svg
        viewBox={`0 0 ${String(audience.length)} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={summaryOf(audience, views)}
        tabIndex={0}
        onPointerMove={({ currentTarget, clientX }) => {
          const { left, width } = currentTarget.getBoundingClientRect();
          setStep(
            Math.min(last, Math.max(0, Math.floor(((clientX - left) / width) * audience.length))),
          );
        }}
        onPointerLeave={() => {
          setStep(undefined);
        }}
        onKeyDown={(event) => {
          const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          setStep(Math.min(last, Math.max(0, (step ?? -1) + by)));
        }}
      >
        <path class="area" d={areaOf(audience, high)} />
        <path class="plays" d={lineOf(plays, high)} />
        {step !== undefined && <rect class="cursor" x={step} y="0" width="1" height={HEIGHT} />}
      </svg>
      <p class="scale" aria-hidden="true">
        <span>0:00</span>
        <span>{duration(length)}</span>
      </p>
      <ul class="legend">
        <li class="first">audience: views that showed it</li>
        <li class="second">plays: how often each showed it</li>
      </ul>
      <p class="reading" aria-live="polite">
        {step === undefined ? '' : tell(step)}
      </p>
      <Drops drops={largestDrops(audience, DROPS)} timeOf={timeOf} />
    </figure>
  );
}

/** Says in one sentence how far into the title its viewers go. */
function summaryOf(audience: readonly number[], views: number): string {
  const last = audience.length - 1;
  return (
    `Of ${short(views, 'count')} views ${short(audience[0], 'rate')} showed the beginning, ` +
    `${short(audience[Math.floor(last / 2)], 'rate')} the middle and ` +
    `${short(audience[last], 'rate')} the end.`
  );
}

function Drops({
  drops,
  timeOf,
}: {
  readonly drops: readonly Drop[];
  readonly timeOf: (step: number) => string;
}): JSX.Element | null {
  if (drops.length === 0) return null;
  const told = drops.map(({ step, lost }) => `${timeOf(step + 1)} (−${short(lost, 'rate')})`);
  return <p>Largest drops: {told.join(', ')}</p>;
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
