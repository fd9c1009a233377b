import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { address } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { rowsBy, type Rows as Page } from '../api/parts.js';
import { dimensionName } from '../api/server.js';
import { short } from '../figures/format.js';
import { WORDS } from '../texts.js';
import { allShown, type AllOf } from './all-shown.js';
import { Dialog } from './dialog.jsx';
import { Pager, type Cursors } from './pager.jsx';
import { Panel } from './panel.jsx';
import { Rows } from './rows.jsx';
import { SaveCsv } from './save-csv.jsx';

const ROWS = 50;
const MORE = ', search: $search, after: $after, minViews: $minViews, minAttempts: $minAttempts';

const close = (): void => {
  allShown.value = undefined;
};

/** Asks for the page at a cursor, of what a search leaves. */
function useRows(
  { by, order, least, variables }: AllOf,
  search: string,
  cursors: Cursors,
): Answer<{ rows: Page }> {
  const rows = rowsBy({ by, order, first: ROWS, more: MORE });
  const place = { search: search === '' ? null : search, after: cursors.at(-1) ?? null };
  return useAnswer({ parts: { rows }, variables: { ...variables, ...place, ...least } }, undefined);
}

/** All rows of the table that was chosen. They are of a view, and go with it. */
export function AllRows(): JSX.Element | null {
  useEffect(() => close, [address.value]);
  const of = allShown.value;
  return of === undefined ? null : <AllRowsDialog {...of} />;
}

/** All rows of a dimension in pages, with a search, and as a file. */
function AllRowsDialog(props: AllOf): JSX.Element {
  const { by, metrics, order, least, variables } = props;
  const [search, setSearch] = useState('');
  const [cursors, setCursors] = useState<Cursors>([]);
  const answer = useRows(props, search, cursors);
  const page = answer.data?.rows;
  return (
    <Dialog title={dimensionName(by)} onClose={close}>
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
        <SaveCsv
          file="breakdown"
          variables={variables}
          asked={{ by, orderBy: order, ...least, search }}
        />
      </div>
      <Panel name={`all-${by}`} answer={answer} parts={['rows']} isEmpty={page?.edges.length === 0}>
        {page !== undefined && (
          <>
            <div class="scroll" tabIndex={0} role="region" aria-label={dimensionName(by)}>
              <Rows
                by={by}
                rows={page.edges.map(({ node }) => node)}
                metrics={metrics}
                order={{ metric: order }}
                sampled={page.sampled}
                question={answer.question}
                onChosen={close}
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
