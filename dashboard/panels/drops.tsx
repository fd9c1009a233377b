import type { JSX } from 'preact';
import type { Answer } from '../api/answers.js';
import type { Question } from '../api/document.js';
import type { RetentionAnswer } from '../api/parts.js';
import type { RetentionCurve } from '../api/schema.js';
import { certaintyOfCount } from '../figures/certainty.js';
import { largestDrops, lostBySteps } from '../figures/drops.js';
import { clock, short } from '../figures/format.js';
import type { Reason } from '../figures/reason.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { BeforeFailure } from './before.jsx';
import { Change } from './change.jsx';
import { Why } from './why.jsx';

const DROPS = 3;

/** A curve of retention that is shown. */
export interface CurveProps {
  readonly curve: RetentionCurve;
  readonly length: number;
  /** That of the period before; of another length it has other steps. */
  readonly before: Answer<RetentionAnswer>;
  readonly question: Question;
}

/** Where the most viewers leave for good, how many, and whether more than in the period before. */
export function Drops({
  curve: { audience, views, sampled, duration },
  length,
  before,
  question,
}: CurveProps): JSX.Element | null {
  const drops = largestDrops(audience, DROPS);
  if (drops.length === 0) return null;
  const timeOf = (step: number): string => clock((step / audience.length) * length);
  const earlier = before.data?.retention;
  const isAlike = earlier?.duration === duration;
  const lostBefore = isAlike ? lostBySteps(earlier.audience) : undefined;
  return (
    <section class="drops">
      <h3>{LATER_WORDS.drops}</h3>
      <ol>
        {drops.map(({ step, lost }) => {
          const place = LATER_SAYS.between(timeOf(step), timeOf(step + 1));
          const reason: Reason = {
            ...{ metric: 'drop', value: lost, unit: 'rate', better: 'less', question },
            previous: lostBefore && (lostBefore[step] ?? null),
            ofCount: Math.min(views, earlier?.views ?? views),
            label: LATER_SAYS.dropAt(place),
            formula: LATER_WORDS.dropFormula,
            section: '#retention',
            certainty: certaintyOfCount(sampled),
          };
          return (
            <li key={step}>
              <b>{place}</b>
              <Why text={`−${short(lost, 'rate')}`} reason={reason} />
              <span data-metric="lostViews" data-value={Math.round(lost * views)}>
                {LATER_SAYS.ofViews(Math.round(lost * views), views)}
              </span>
              <Change {...reason} />
            </li>
          );
        })}
      </ol>
      <BeforeFailure before={before} />
    </section>
  );
}
