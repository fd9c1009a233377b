import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { variables } from '../address/asked.js';
import { address, go } from '../address/router.js';
import { useAnswer } from '../api/answers.js';
import { TABLES } from '../api/course.js';
import type { Variables } from '../api/document.js';
import { HEAD, type HeadAnswer } from '../api/parts.js';
import type { SessionConnection } from '../api/schema.js';
import { onlyPart } from '../figures/reasons.js';
import { WORDS } from '../texts.js';
import { LATER_WORDS } from '../texts-later.js';
import { Nothing } from '../panels/nothing.jsx';
import { Pager, type Cursors } from '../panels/pager.jsx';
import { Panel } from '../panels/panel.jsx';
import { SaveCsv } from '../panels/save-csv.jsx';
import { SESSION_FIELDS, SessionRows } from '../panels/session-rows.jsx';
import { OneSession } from './session.jsx';

const ROWS = 50;
/** What the filter "stalled" asks for: a twentieth of the time. */
const STALLED_RATIO = 0.05;

export function Sessions(): JSX.Element {
  const { id } = address.value;
  return id === undefined ? <SessionList /> : <OneSession key={id} id={id} />;
}

/** Where somebody is after having turned pages. */
interface Turned {
  /** Names the list whose pages they are. */
  readonly asked: string;
  readonly cursors: Cursors;
  /** The values of the first page: the range of a list does not move while it is read. */
  readonly first: Variables;
}

/** The sessions behind the figures, the newest first. */
function SessionList(): JSX.Element {
  const { failed, stalled } = address.value;
  const asked = JSON.stringify([variables.value.range, variables.value.filter, failed, stalled]);
  const [turned, setTurned] = useState<Turned | undefined>(undefined);
  const place = turned?.asked === asked ? turned : undefined;
  const cursors = place?.cursors ?? [];
  const only = {
    failed: failed ? true : null,
    minRebufferRatio: stalled ? STALLED_RATIO : null,
  };
  const answer = useAnswer<HeadAnswer & { readonly sessions: SessionConnection }>(
    {
      parts: {
        ...HEAD,
        sessions: `sessions(range: $range, filter: $filter, failed: $failed,
          minRebufferRatio: $minRebufferRatio, first: ${String(ROWS)}, after: $after) {
          pageInfo { hasNextPage endCursor } edges { node { ${SESSION_FIELDS} } } }`,
      },
      variables: { ...variables.value, ...only, ...place?.first, after: cursors.at(-1) ?? null },
    },
    cursors.length === 0 ? TABLES : undefined,
  );
  const page = answer.data?.sessions;
  const isEmpty = page?.edges.length === 0;
  return (
    <Panel
      name="sessions"
      title={LATER_WORDS.sessions}
      answer={answer}
      parts={['sessions']}
      isEmpty={isEmpty}
      aside={
        <>
          <Only />
          <SaveCsv file="sessions" variables={answer.question.variables} asked={only} />
        </>
      }
    >
      {isEmpty && <Nothing />}
      {page !== undefined && !isEmpty && (
        <>
          <SessionRows
            sessions={page.edges.map(({ node }) => node)}
            question={onlyPart(answer.question, 'sessions')}
          />
          <Pager
            cursors={cursors}
            pageInfo={page.pageInfo}
            names={[LATER_WORDS.newer, LATER_WORDS.older]}
            onTurn={(to) => {
              const first = place?.first ?? answer.question.variables;
              setTurned(to.length === 0 ? undefined : { asked, cursors: to, first });
            }}
          />
        </>
      )}
    </Panel>
  );
}

function Only(): JSX.Element {
  const { failed, stalled } = address.value;
  return (
    <div class="only" role="group" aria-label={LATER_WORDS.only}>
      <span aria-hidden="true">{LATER_WORDS.only}</span>
      <button
        type="button"
        aria-pressed={failed}
        onClick={() => {
          go({ failed: !failed });
        }}
      >
        {WORDS.failed}
      </button>
      <button
        type="button"
        aria-pressed={stalled}
        onClick={() => {
          go({ stalled: !stalled });
        }}
      >
        {WORDS.stalled}
      </button>
    </div>
  );
}
