import type { JSX } from 'preact';
import type { Answer } from '../api/answers.js';
import type { Question } from '../api/document.js';
import type { FiguresAnswer } from '../api/parts.js';
import type { FiguresReport, Metric, QualityFigures } from '../api/schema.js';
import type { Unit } from '../figures/format.js';
import { METRIC } from '../figures/metrics.js';
import { FIGURES_SECTION, onlyPart } from '../figures/reasons.js';
import { moveByArrows } from './arrows.js';
import { Notes } from './notes.jsx';
import { sampledNotes } from '../figures/notes.js';
import { Nothing } from './nothing.jsx';
import { Panel } from './panel.jsx';
import { METRIC_NAMES, SAYS, WORDS } from '../texts.js';
import { HeadRow, RowName } from './table.jsx';
import { Why } from './why.jsx';

const COLUMNS: readonly {
  readonly name: string;
  readonly metric: Metric;
  readonly unit: Unit;
  readonly of: (row: QualityFigures) => number;
}[] = (
  [
    ['WATCH_TIME', ({ watchTime }) => watchTime],
    ['BYTES', ({ bytes }) => bytes],
    ['STALLS', ({ stalls }) => stalls],
  ] as const satisfies readonly (readonly [Metric, (row: QualityFigures) => number])[]
).map(([metric, of]) => ({ name: METRIC_NAMES[metric], metric, unit: METRIC[metric].unit, of }));

/** What was watched at each quality, by the quality of each event. */
export function Qualities({ answer }: { readonly answer: Answer<FiguresAnswer> }): JSX.Element {
  const report = answer.data?.figures;
  const rows = report?.figures.byQuality ?? [];
  const watched = rows.reduce((sum, { watchTime }) => sum + watchTime, 0);
  return (
    <Panel
      name="breakdown-QUALITY"
      title={WORDS.qualityWatched}
      answer={answer}
      parts={['figures']}
      isEmpty={rows.length === 0}
    >
      {report !== undefined && rows.length > 0 ? (
        <>
          <table class="rows" onKeyDown={moveByArrows}>
            <HeadRow columns={[WORDS.quality, ...COLUMNS.map(({ name }) => name)]} />
            <tbody>
              {rows.map((row) => (
                <QualityRow
                  key={row.quality}
                  row={row}
                  watched={watched}
                  report={report}
                  question={onlyPart(answer.question, 'figures')}
                />
              ))}
            </tbody>
          </table>
          <Notes notes={sampledNotes(report.sampled)} />
        </>
      ) : (
        <Nothing />
      )}
    </Panel>
  );
}

function QualityRow({
  row,
  watched,
  report,
  question,
}: {
  readonly row: QualityFigures;
  /** Seconds watched at all qualities. */
  readonly watched: number;
  readonly report: FiguresReport;
  readonly question: Question;
}): JSX.Element {
  const { quality, watchTime } = row;
  return (
    <tr data-value={quality}>
      <RowName share={watched === 0 ? 0 : watchTime / watched}>{quality}</RowName>
      {COLUMNS.map(({ name, metric, unit, of }, i) => (
        <td key={metric} data-label={name}>
          <Why
            isInTable={i > 0}
            reason={{
              metric,
              label: `${name}: ${quality}`,
              value: of(row),
              unit,
              formula: SAYS.ofQuality(quality),
              section: FIGURES_SECTION,
              question,
              certainty: undefined,
              behind: { metric, ...report },
            }}
          />
        </td>
      ))}
    </tr>
  );
}
