import type { JSX } from 'preact';
import type { Answer } from '../api/answers.js';
import type { Question } from '../api/document.js';
import type { FiguresAnswer } from '../api/parts.js';
import type { QualityFigures } from '../api/schema.js';
import type { Unit } from '../figures/format.js';
import { short } from '../figures/format.js';
import { onlyPart } from '../figures/reasons.js';
import { moveByArrows } from './arrows.js';
import { Nothing } from './nothing.jsx';
import { Panel } from './panel.jsx';
import { Why } from './why.jsx';

const COLUMNS: readonly {
  readonly name: string;
  readonly metric: string;
  readonly unit: Unit;
  readonly of: (row: QualityFigures) => number;
}[] = [
  { name: 'Watch time', metric: 'WATCH_TIME', unit: 'seconds', of: ({ watchTime }) => watchTime },
  { name: 'Delivered', metric: 'BYTES', unit: 'bytes', of: ({ bytes }) => bytes },
  { name: 'Stalls', metric: 'STALLS', unit: 'count', of: ({ stalls }) => stalls },
];

/** What was watched at each quality, by the quality of each event. */
export function Qualities({ answer }: { readonly answer: Answer<FiguresAnswer> }): JSX.Element {
  const report = answer.data?.figures;
  const rows = report?.figures.byQuality ?? [];
  const watched = rows.reduce((sum, { watchTime }) => sum + watchTime, 0);
  return (
    <Panel
      name="breakdown-QUALITY"
      title="Quality watched"
      answer={answer}
      parts={['figures']}
      isEmpty={rows.length === 0}
    >
      {report !== undefined && rows.length > 0 ? (
        <table class="rows" onKeyDown={moveByArrows}>
          <thead>
            <tr>
              <th scope="col">Quality</th>
              {COLUMNS.map(({ name }) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <QualityRow
                key={row.quality}
                row={row}
                watched={watched}
                sampled={report.sampled}
                question={onlyPart(answer.question, 'figures')}
              />
            ))}
          </tbody>
        </table>
      ) : (
        <Nothing />
      )}
    </Panel>
  );
}

function QualityRow({
  row,
  watched,
  sampled,
  question,
}: {
  readonly row: QualityFigures;
  /** Seconds watched at all qualities. */
  readonly watched: number;
  readonly sampled: number;
  readonly question: Question;
}): JSX.Element {
  const { quality, watchTime } = row;
  const width = `${String(watched === 0 ? 0 : (watchTime / watched) * 100)}%`;
  return (
    <tr data-value={quality}>
      <th scope="row">
        <span class="share" style={{ width }} aria-hidden="true" />
        <span class="name">{quality}</span>
      </th>
      {COLUMNS.map(({ name, metric, unit, of }) => (
        <td key={name}>
          <Why
            isInTable
            reason={{
              label: `${name}: ${quality}`,
              value: of(row),
              unit,
              formula: `of the events at ${quality}, whatever the session began with`,
              section: '#figures-timeseries-breakdown-and-retention',
              question,
              certainty: sampled < 1 ? 'Estimated.' : 'Exact.',
            }}
          >
            <span data-metric={metric} data-value={of(row)}>
              {short(of(row), unit)}
            </span>
          </Why>
        </td>
      ))}
    </tr>
  );
}
