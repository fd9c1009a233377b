import type { ComponentChildren, JSX } from 'preact';
import { address, go } from '../address/router.js';
import type { Answer } from '../api/answers.js';
import type { Rows as Page } from '../api/parts.js';
import type { Dimension, Metric } from '../api/schema.js';
import { dimensionName } from '../api/server.js';
import { short } from '../figures/format.js';
import { onlyPart } from '../figures/reasons.js';
import { Toggle } from '../head/controls.jsx';
import { WORDS } from '../texts.js';
import { Notes } from './notes.jsx';
import { sampledNotes } from '../figures/notes.js';
import { Nothing } from './nothing.jsx';
import { allShown, NO_LEAST, type Least } from './all-shown.js';
import { Panel } from './panel.jsx';
import { Rows, type RowsProps } from './rows.jsx';

export interface BreakdownProps {
  readonly by: Dimension;
  readonly answer: Answer<object>;
  /** The part of the answer that holds the rows. */
  readonly part: string;
  readonly metrics: readonly Metric[];
  /** What the rows are listed by; undefined: by views. */
  readonly order?: RowsProps['order'];
  readonly least?: Least;
  readonly title?: string;
  readonly aside?: ComponentChildren;
}

/** As the API lists rows that are asked for in no other order. */
const BY_VIEWS = { metric: 'VIEWS' } as const;

/** The first rows of a dimension; the rest is one press away. */
export function Breakdown(props: BreakdownProps): JSX.Element {
  const { by, answer, part, metrics, order = BY_VIEWS, least = NO_LEAST, aside } = props;
  const page = (answer.data as Readonly<Record<string, Page>> | undefined)?.[part];
  const rows = page?.edges.map(({ node }) => node) ?? [];
  return (
    <Panel
      name={`breakdown-${by}`}
      title={props.title ?? dimensionName(by)}
      answer={answer}
      parts={[part]}
      isEmpty={rows.length === 0}
      aside={aside}
    >
      {page !== undefined && rows.length > 0 ? (
        <>
          <Rows
            by={by}
            rows={rows}
            metrics={metrics}
            sampled={page.sampled}
            question={onlyPart(answer.question, part)}
            order={order}
          />
          <Notes notes={sampledNotes(page.sampled)} />
          <p class="more">
            <button
              type="button"
              class="quiet"
              onClick={() => {
                allShown.value = {
                  by,
                  metrics,
                  order: order.metric,
                  least,
                  variables: answer.question.variables,
                };
              }}
            >
              {WORDS.all}{' '}
              <span data-metric="totalCount" data-value={page.totalCount}>
                {short(page.totalCount, 'count')}
              </span>
            </button>
          </p>
        </>
      ) : (
        <Nothing />
      )}
    </Panel>
  );
}

/** Tabs that choose what a table is by. */
export function Tabs<Name extends string>({
  names,
  chosen,
  nameOf,
  onChoose,
  label,
}: {
  readonly names: readonly Name[];
  readonly chosen: Name;
  readonly nameOf: (name: Name) => string;
  readonly onChoose: (name: Name) => void;
  readonly label: string;
}): JSX.Element {
  return (
    <div class="tabs" role="group" aria-label={label}>
      {names.map((name) => (
        <Toggle
          key={name}
          isOn={name === chosen}
          onPress={() => {
            onChoose(name);
          }}
        >
          {nameOf(name)}
        </Toggle>
      ))}
    </div>
  );
}

/** The order of titles, as the address has it. */
export const titleOrder = (): RowsProps['order'] => ({
  metric: address.value.order,
  set: (order: Metric) => {
    go({ order });
  },
});
