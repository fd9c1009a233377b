import type { JSX } from 'preact';
import { address } from '../address/router.js';
import type { Answer } from '../api/answers.js';
import type { Question } from '../api/document.js';
import type { Dimension, LiveCount } from '../api/schema.js';
import { dimensionName } from '../api/server.js';
import { WORDS } from '../texts.js';
import { LIVE_FORMULAS } from '../formulas.js';
import { LATER_WORDS } from '../texts-later.js';
import { moveByArrows } from './arrows.js';
import { Nothing } from './nothing.jsx';
import { Panel } from './panel.jsx';
import { HeadRow, RowName } from './table.jsx';
import { nameOf, ValueName } from './value-name.jsx';
import { Why } from './why.jsx';

/** What the stream has said so far. */
export type LiveAnswer = Pick<Answer<object>, 'isAsking' | 'data' | 'errors' | 'retry'>;

/** The viewers now by the values of a dimension; pressing one filters by it. */
export function LiveCounts({
  by,
  counts,
  answer,
  question,
  title,
}: {
  readonly by: Dimension;
  readonly counts: readonly LiveCount[];
  readonly answer: LiveAnswer;
  readonly question: Question;
  readonly title: string;
}): JSX.Element {
  const high = Math.max(...counts.map(({ viewers }) => viewers), 1);
  return (
    <Panel
      name={`breakdown-${by}`}
      title={title}
      answer={answer}
      parts={['live']}
      isEmpty={counts.length === 0}
    >
      {counts.length === 0 && (address.value.filters.length > 0 ? <Nothing /> : <Nobody />)}
      <table class="rows" onKeyDown={moveByArrows}>
        <HeadRow isHidden columns={[dimensionName(by), LATER_WORDS.viewers]} />
        <tbody>
          {counts.map((count) => (
            <CountRow key={count.value} by={by} count={count} high={high} question={question} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

const Nobody = (): JSX.Element => <p class="nothing">{LATER_WORDS.nobody}</p>;

function CountRow({
  by,
  count: { value, label, viewers },
  high,
  question,
}: {
  readonly by: Dimension;
  readonly count: LiveCount;
  readonly high: number;
  readonly question: Question;
}): JSX.Element {
  return (
    <tr data-value={value}>
      <RowName share={viewers / high}>
        <ValueName by={by} value={value} label={label} />
      </RowName>
      <td>
        <Why
          isInTable
          reason={{
            ...{ metric: 'viewers', value: viewers, unit: 'count', question },
            label: `${WORDS.viewersNow}: ${nameOf(by, value, label)}`,
            formula: LIVE_FORMULAS.viewers,
            section: '#live',
            certainty: WORDS.exact,
          }}
        />
      </td>
    </tr>
  );
}
