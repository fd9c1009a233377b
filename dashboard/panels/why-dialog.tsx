import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { zone } from '../address/router.js';
import { ask } from '../api/ask.js';
import type { Question } from '../api/document.js';
import { keyHeaders } from '../api/key.js';
import { standalone } from '../api/standalone.js';
import { moved, unfollowed } from '../api/stream.js';
import { certaintyOf } from '../figures/certainty.js';
import { countsOf } from '../figures/counts.js';
import { CLOCK_SECONDS, duration, exact, timeIn } from '../figures/format.js';
import type { Reason } from '../figures/reason.js';
import { freshnessNotes } from '../head/freshness.js';
import { SAYS, WORDS } from '../texts.js';
import { TERMS } from '../formulas.js';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { beforeText } from './change.jsx';
import { Copied } from './copied.jsx';
import { Dialog } from './dialog.jsx';
import { askedWhy } from './why.jsx';

/** Explains the number that was asked about, from its formula to the query that gave it. */
export function WhyDialog(): JSX.Element | null {
  const reason = askedWhy.value;
  if (reason === undefined) return null;
  const { label, formula, section, question, certainty, behind, link } = reason;
  const notes = freshnessNotes(moved.value, zone.value, unfollowed.value);
  const asOf = moved.value?.asOf;
  return (
    <Dialog
      title={label}
      onClose={() => {
        askedWhy.value = undefined;
      }}
    >
      <dl class="facts">
        <Values {...reason} />
        <dt>{LATER_WORDS.formula}</dt>
        <dd>
          {formula}
          <Terms formula={formula} />
          <a href={`/dashboard/metrics.html${section}`} target="_blank">
            {WORDS.definition}
          </a>
        </dd>
        <dt>{LATER_WORDS.certainty}</dt>
        <dd>{certainty ?? (behind && certaintyOf(behind))}</dd>
        <dt>{LATER_WORDS.freshness}</dt>
        <dd>
          {asOf !== undefined && `${SAYS.asOf(timeIn(asOf, zone.value, CLOCK_SECONDS))}. `}
          {notes.join(' ')}
        </dd>
      </dl>
      <Query question={question} />
      {link !== undefined && (
        <p>
          <a
            href={link.href}
            onClick={() => {
              askedWhy.value = undefined;
            }}
          >
            {link.text}
          </a>
        </p>
      )}
    </Dialog>
  );
}

/** The value, the one of the period before, and of how many it is. */
function Values(reason: Reason): JSX.Element {
  const { metric, value, missing, unit, previous } = reason;
  const counts = countsText(reason);
  return (
    <>
      <dt>{LATER_WORDS.value}</dt>
      <dd data-metric={metric} data-value={value ?? ''}>
        {exact(value, unit, missing)}
      </dd>
      {previous !== undefined && (
        <>
          <dt>{LATER_WORDS.beforeTerm}</dt>
          <dd data-previous={previous ?? ''}>{beforeText(reason)}</dd>
        </>
      )}
      {counts !== undefined && (
        <>
          <dt>{LATER_WORDS.inNumbers}</dt>
          <dd>{counts}</dd>
        </>
      )}
    </>
  );
}

/** Says of how many a rate is. */
function countsText({ behind }: Reason): string | undefined {
  const counts = behind && countsOf(behind.metric, behind.figures);
  if (counts === undefined) return undefined;
  const { part, all, of } = counts;
  return of === 'seconds'
    ? LATER_SAYS.partOf(duration(part), duration(all))
    : LATER_SAYS.ofCounted(part, all, of);
}

/** What the names in a formula stand for, in plain words. */
function Terms({ formula }: { readonly formula: string }): JSX.Element {
  const used = TERMS.filter(([name]) => formula.includes(name));
  return (
    <ul class="terms">
      {used.map(([name, meaning]) => (
        <li key={name}>
          <code>{name}</code>: {meaning}
        </li>
      ))}
    </ul>
  );
}

/** The query behind a number, to be tried elsewhere. */
function Query({ question }: { readonly question: Question }): JSX.Element {
  const query = standalone(question);
  const body = JSON.stringify({ query }).replaceAll("'", String.raw`'\''`);
  const curl = [
    `curl -s ${location.origin}/graphql -H 'content-type: application/json'`,
    `-H "authorization: Bearer $READ_KEY" -d '${body}'`,
  ].join(' ');
  const hasGraphiql = useGraphiql();
  return (
    <>
      <pre class="code" tabIndex={0} aria-label={LATER_WORDS.query}>
        {query}
      </pre>
      <p class="actions">
        <Copied text={curl} label={LATER_WORDS.copyCurl} />
        {hasGraphiql && (
          <a class="button" href={`/graphiql#${encodeURIComponent(query)}`} target="_blank">
            {LATER_WORDS.openGraphiql}
          </a>
        )}
      </p>
    </>
  );
}

const SCHEMA: Question = { parts: { __schema: '__schema { queryType { name } }' }, variables: {} };
let isSchemaTold: boolean | undefined;

/** Finds out whether the server tells its schema: where it does, it has GraphiQL. */
function useGraphiql(): boolean {
  const [has, set] = useState(isSchemaTold === true);
  useEffect(() => {
    if (isSchemaTold !== undefined) return;
    void ask(SCHEMA, { headers: keyHeaders() }).then(
      () => {
        isSchemaTold = true;
        set(true);
      },
      () => {
        isSchemaTold = false;
      },
    );
  }, []);
  return has;
}
