import type { JSX } from 'preact';
import type { Question } from '../api/document.js';
import type { FiguresReport } from '../api/schema.js';
import { short } from '../figures/format.js';
import { onlyPart } from '../figures/reasons.js';
import { FORMULAS } from '../texts.js';
import { Why } from './why.jsx';

/** How many who wanted to play came to see something, and how many the end. */
export function Funnel({
  report: { figures, sampled },
  question,
}: {
  readonly report: FiguresReport;
  readonly question: Question;
}): JSX.Element {
  const { attempts, views, viewsWithoutStates, completionRate } = figures;
  const completed = Math.round((completionRate ?? 0) * (views - viewsWithoutStates));
  const steps = [
    { name: 'Attempts', metric: 'ATTEMPTS', value: attempts, formula: FORMULAS.attempts },
    { name: 'Started', metric: 'VIEWS', value: views, formula: FORMULAS.views },
    {
      name: 'Completed',
      metric: 'completed',
      value: completed,
      formula: 'completionRate × (views − viewsWithoutStates)',
    },
  ];
  return (
    <ol class="funnel">
      {steps.map(({ name, metric, value, formula = '' }) => (
        <li key={name}>
          <span class="bar-box" aria-hidden="true">
            <span style={{ width: `${String(attempts === 0 ? 0 : (value / attempts) * 100)}%` }} />
          </span>
          <span class="label">{name}</span>
          <Why
            reason={{
              label: name,
              value,
              unit: 'count',
              formula,
              section: '#figures-timeseries-breakdown-and-retention',
              question: onlyPart(question, 'figures'),
              certainty: sampled < 1 ? 'Estimated.' : 'Exact.',
            }}
          >
            <span data-metric={metric} data-value={value}>
              {short(value, 'count')}
            </span>
          </Why>
          <span class="change">{attempts === 0 ? '' : short(value / attempts, 'rate')}</span>
        </li>
      ))}
    </ol>
  );
}
