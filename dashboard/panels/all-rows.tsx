import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { address } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { rowsBy, type Rows as Page } from '../api/parts.js';
import { dimensionName } from '../api/server.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { Dialog } from './dialog.jsx';
import { Notes } from './notes.jsx';
import { sampledNotes } from '../figures/notes.js';
import { allShown, type AllOf } from './all-shown.js';
import { Pager, type Cursors } from './pager.jsx';
import { Panel } from './panel.jsx';
import { mostOf, Rows } from './rows.jsx';
import { SaveCsv } from './save-csv.jsx';
import { Scroll } from './table.jsx';

const ROWS = 50;
const MORE = ', search: $search, after: $after, minViews: $minViews, minAttempts: $minAttempts';

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

const close = (): void => {
  allShown.value = undefined;
};

/** Where somebody is, and the most that a row of the pages before has. */
interface Place {
  readonly cursors: Cursors;
  readonly mostBefore: number;
}
const FIRST_PAGE: Place = { cursors: [], mostBefore: 0 };

/** All rows of a dimension in pages, with a search, and as a file. */
function AllRowsDialog(props: AllOf): JSX.Element {
  const { by, metrics, order, least, variables } = props;
  const [search, setSearch] = useState('');
  const [{ cursors, mostBefore }, turn] = useState(FIRST_PAGE);
  const answer = useRows(props, search, cursors);
  const page = answer.data?.rows;
  const rows = page?.edges.map(({ node }) => node) ?? [];
  return (
    <Dialog title={dimensionName(by)} onClose={close}>
      <div class="bar">
        <input
          type="search"
          placeholder={LATER_WORDS.search}
          aria-label={`${LATER_WORDS.search}: ${dimensionName(by)}`}
          value={search}
          onInput={({ currentTarget }) => {
            turn(FIRST_PAGE);
            setSearch(currentTarget.value);
          }}
        />
        <SaveCsv
          file="breakdown"
          variables={variables}
          asked={{ by, orderBy: order, ...least, search }}
        />
      </div>
      <Panel name={`all-${by}`} answer={answer} parts={['rows']} isEmpty={rows.length === 0}>
        {page !== undefined && (
          <>
            <Scroll label={dimensionName(by)}>
              <Rows
                by={by}
                rows={rows}
                metrics={metrics}
                order={{ metric: order }}
                sampled={page.sampled}
                question={answer.question}
                onChosen={close}
                mostBefore={mostBefore}
              />
            </Scroll>
            <Pager
              cursors={cursors}
              pageInfo={page.pageInfo}
              names={[LATER_WORDS.back, LATER_WORDS.next]}
              onTurn={(turned) => {
                turn({ cursors: turned, mostBefore: Math.max(mostBefore, mostOf(rows, order)) });
              }}
            >
              <Shown page={page} before={cursors.length * ROWS} />
            </Pager>
            <Notes notes={sampledNotes(page.sampled)} />
          </>
        )}
      </Panel>
    </Dialog>
  );
}

/** Says which rows are shown, of how many. */
function Shown({
  page: { edges, totalCount },
  before,
}: {
  readonly page: Page;
  /** The rows of the pages before. */
  readonly before: number;
}): JSX.Element {
  const from = edges.length === 0 ? 0 : before + 1;
  return (
    <span data-metric="totalCount" data-value={totalCount}>
      {LATER_SAYS.place(from, before + edges.length, totalCount)}
    </span>
  );
}
