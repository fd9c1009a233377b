import type { JSX } from 'preact';
import type { Question } from '../api/document.js';
import type { FiguresReport } from '../api/schema.js';
import { certaintyOfCount } from '../figures/certainty.js';
import { completedOf } from '../figures/completed.js';
import { FIGURES_SECTION, onlyPart } from '../figures/reasons.js';
import { FORMULAS, NOT_KNOWN } from '../texts.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { Notes } from './notes.jsx';
import { Why } from './why.jsx';

/** How many who wanted to play came to see something, and how many the end. */
export function Funnel({
  report: { figures, sampled },
  question,
}: {
  readonly report: FiguresReport;
  readonly question: Question;
}): JSX.Element {
  const { attempts, views } = figures;
  const shareOf = (value: number | null): number | null =>
    value === null || attempts === 0 ? null : value / attempts;
  const steps = [
    {
      label: LATER_WORDS.attempts,
      metric: 'ATTEMPTS',
      value: attempts,
      formula: FORMULAS.attempts,
    },
    { label: LATER_WORDS.started, metric: 'VIEWS', value: views, formula: FORMULAS.views },
    {
      label: LATER_WORDS.completed,
      metric: 'completed',
      value: completedOf(figures),
      formula: LATER_WORDS.completedFormula,
    },
  ];
  const common = {
    section: FIGURES_SECTION,
    question: onlyPart(question, 'figures'),
    certainty: certaintyOfCount(sampled),
  };
  return (
    <>
      <ol class="funnel">
        {steps.map(({ label, metric, value, formula = '' }) => (
          <li key={metric}>
            <span class="bar-box" aria-hidden="true">
              <span style={{ width: `${String((shareOf(value) ?? 0) * 100)}%` }} />
            </span>
            <span class="label">{label}</span>
            <Why reason={{ label, metric, value, unit: 'count', formula, ...common }} />
            <Why
              reason={{
                label: LATER_SAYS.ofAttempts(label),
                metric: `${metric.toLowerCase()}PerAttempt`,
                value: shareOf(value),
                missing: value === null ? NOT_KNOWN : undefined,
                unit: 'rate',
                formula: LATER_SAYS.perAttempt(formula),
                ...common,
              }}
            />
          </li>
        ))}
      </ol>
      <Notes notes={[{ text: LATER_WORDS.funnelMeans }]} />
    </>
  );
}
