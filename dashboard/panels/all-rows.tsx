import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { variables } from '../address/asked.js';
import { useAnswer } from '../api/answers.js';
import { rowsBy, type Rows as Page } from '../api/parts.js';
import type { Dimension, Metric } from '../api/schema.js';
import { dimensionName } from '../api/server.js';
import { short } from '../figures/format.js';
import { WORDS } from '../texts.js';
import { Dialog } from './dialog.jsx';
import { Pager, type Cursors } from './pager.jsx';
import { Panel } from './panel.jsx';
import { Rows } from './rows.jsx';
import { SaveCsv } from './save-csv.jsx';

const ROWS = 50;

export interface AllRowsProps {
  readonly by: Dimension;
  readonly metrics: readonly Metric[];
  readonly order: Metric;
  readonly minViews: number;
  readonly onClose: () => void;
}

/** All rows of a dimension in pages, with a search, and as a file. */
export function AllRows({ by, metrics, order, minViews, onClose }: AllRowsProps): JSX.Element {
  const [search, setSearch] = useState('');
  const [cursors, setCursors] = useState<Cursors>([]);
  const more = ', search: $search, after: $after, minViews: $minViews';
  const after = cursors.at(-1) ?? null;
  const asked = { ...variables.value, search: search === '' ? null : search, after, minViews };
  const answer = useAnswer<{ rows: Page }>(
    { parts: { rows: rowsBy({ by, order, first: ROWS, more }) }, variables: asked },
    undefined,
  );
  const page = answer.data?.rows;
  return (
    <Dialog title={dimensionName(by)} onClose={onClose}>
      <div class="bar">
        <input
          type="search"
          placeholder={WORDS.search}
          aria-label={`${WORDS.search}: ${dimensionName(by)}`}
          value={search}
          onInput={({ currentTarget }) => {
            setCursors([]);
            setSearch(currentTarget.value);
          }}
        />
        <SaveCsv file="breakdown" asked={{ by, orderBy: order, minViews, search }} />
      </div>
      <Panel name={`all-${by}`} answer={answer} parts={['rows']} isEmpty={page?.edges.length === 0}>
        {page !== undefined && (
          <>
            <div class="scroll" tabIndex={0} role="region" aria-label={dimensionName(by)}>
              <Rows
                by={by}
                rows={page.edges.map(({ node }) => node)}
                metrics={metrics}
                sampled={page.sampled}
                question={answer.question}
                onChosen={onClose}
              />
            </div>
            <Pager
              cursors={cursors}
              pageInfo={page.pageInfo}
              names={[WORDS.back, WORDS.next]}
              onTurn={setCursors}
            >
              <span>{placeOf(page, cursors.length * ROWS)}</span>
            </Pager>
          </>
        )}
      </Panel>
    </Dialog>
  );
}

/** Says which rows are shown, of how many. */
function placeOf({ edges, totalCount }: Page, before: number): string {
  const [from, to] = [edges.length === 0 ? 0 : before + 1, before + edges.length];
  return `${short(from, 'count')} to ${short(to, 'count')} of ${short(totalCount, 'count')}`;
}
