import type { JSX } from 'preact';
import { linkTo } from '../address/router.js';
import type { Answer } from '../api/answers.js';
import type { Dimension, LiveCount } from '../api/schema.js';
import { dimensionName } from '../api/server.js';
import { short } from '../figures/format.js';
import { NOT_KNOWN } from '../texts.js';
import { Panel } from './panel.jsx';
import { choose } from './rows.jsx';

/** What the stream has said so far. */
export type LiveAnswer = Pick<Answer<object>, 'isAsking' | 'data' | 'errors' | 'retry'>;

/** The viewers now by the values of a dimension; pressing one filters by it. */
export function LiveCounts({
  by,
  counts,
  answer,
  title,
}: {
  readonly by: Dimension;
  readonly counts: readonly LiveCount[];
  readonly answer: LiveAnswer;
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
      {counts.length === 0 && <p class="nothing">Nobody.</p>}
      <table class="rows">
        <thead class="hidden">
          <tr>
            <th scope="col">{dimensionName(by)}</th>
            <th scope="col">Viewers</th>
          </tr>
        </thead>
        <tbody>
          {counts.map((count) => (
            <CountRow key={count.value} by={by} count={count} high={high} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function CountRow({
  by,
  count: { value, label, viewers },
  high,
}: {
  readonly by: Dimension;
  readonly count: LiveCount;
  readonly high: number;
}): JSX.Element {
  return (
    <tr data-value={value}>
      <th scope="row">
        <span
          class="share"
          style={{ width: `${String((viewers / high) * 100)}%` }}
          aria-hidden="true"
        />
        <span class="name">
          <button
            type="button"
            class="quiet"
            dir="auto"
            onClick={({ shiftKey }) => {
              choose(by, value, shiftKey);
            }}
          >
            {value === '' ? NOT_KNOWN : label}
          </button>
          {by === 'MEDIA' && (
            <a href={linkTo({ page: 'media', id: value })} aria-label={`Open ${label}`}>
              ›
            </a>
          )}
        </span>
      </th>
      <td data-metric="viewers" data-value={viewers}>
        {short(viewers, 'count')}
      </td>
    </tr>
  );
}
