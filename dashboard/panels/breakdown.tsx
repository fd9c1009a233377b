import type { ComponentChildren, JSX } from 'preact';
import { address, go } from '../address/router.js';
import { by, tabs } from '../address/tabs.js';
import type { Answer } from '../api/answers.js';
import type { Rows as Page } from '../api/parts.js';
import type { Dimension } from '../api/schema.js';
import { dimensionName } from '../api/server.js';
import { short } from '../figures/format.js';
import { askedFor, isListedInPart, listed } from '../figures/listing.js';
import type { Column } from '../figures/metrics.js';
import { sampledNotes } from '../figures/notes.js';
import { onlyPart } from '../figures/reasons.js';
import { Toggle } from '../head/controls.jsx';
import { SAYS, WORDS } from '../texts.js';
import { Notes } from './notes.jsx';
import { Nothing } from './nothing.jsx';
import { allShown, NO_LEAST, type AllOf, type Least } from './all-shown.js';
import { Panel } from './panel.jsx';
import { Rows, type RowsProps } from './rows.jsx';

export interface BreakdownProps {
  readonly by: Dimension;
  readonly answer: Answer<object>;
  /** The part of the answer that holds the rows. */
  readonly part: string;
  readonly metrics: readonly Column[];
  /** What the rows are listed by; undefined: by views. */
  readonly order?: RowsProps['order'];
  readonly compared?: RowsProps['compared'];
  readonly least?: Least;
  readonly title?: string;
  readonly aside?: ComponentChildren;
  /** What is said where there are no rows; undefined: that nothing matches. */
  readonly none?: ComponentChildren;
}

/** As the API lists rows that are asked for in no other order. */
const BY_VIEWS = { metric: 'VIEWS' } as const;

/** The first rows of a dimension; the rest is one press away. */
export function Breakdown(props: BreakdownProps): JSX.Element {
  const { by, answer, part, order = BY_VIEWS, compared, least = NO_LEAST, aside } = props;
  const metrics = props.metrics.includes(order.metric)
    ? props.metrics
    : [...props.metrics, order.metric];
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
            rows={listed(rows, order)}
            metrics={metrics}
            sampled={page.sampled}
            question={onlyPart(answer.question, part)}
            order={order}
            compared={compared}
          />
          <Notes
            notes={[
              ...sampledNotes(page.sampled),
              ...(isListedInPart(rows, page.totalCount, order)
                ? [{ text: SAYS.ofMost(rows.length, page.totalCount) }]
                : []),
            ]}
          />
          <All
            count={page.totalCount}
            of={{
              ...{ by, metrics, least, variables: answer.question.variables },
              order: askedFor(order).order,
            }}
          />
        </>
      ) : (
        (props.none ?? <Nothing />)
      )}
    </Panel>
  );
}

/** Leads to all rows. */
const All = ({ count, of }: { readonly count: number; readonly of: AllOf }): JSX.Element => (
  <p class="more">
    <button
      type="button"
      class="quiet"
      onClick={() => {
        allShown.value = of;
      }}
    >
      {WORDS.all}{' '}
      <span data-metric="totalCount" data-value={count}>
        {short(count, 'count')}
      </span>
    </button>
  </p>
);

/** Tabs that choose the dimension of the page's second table. */
export const Tabs = (): JSX.Element => (
  <div class="tabs" role="group" aria-label={WORDS.interval}>
    {tabs.value.map((dimension) => (
      <Toggle
        key={dimension}
        isOn={dimension === by.value}
        onPress={() => {
          go({ by: dimension });
        }}
      >
        {dimensionName(dimension)}
      </Toggle>
    ))}
  </div>
);

/** The order of titles, as the address has it. Choosing it once more turns it round. */
export const titleOrder = (): RowsProps['order'] => {
  const { order: metric, ascending } = address.value;
  return {
    metric,
    isAscending: ascending,
    set: (order) => {
      go({ order, ascending: order === metric && !ascending });
    },
  };
};
