import { signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { zone } from '../address/router.js';
import { ask } from '../api/ask.js';
import { standalone, type Question } from '../api/document.js';
import { keyHeaders } from '../api/key.js';
import { moved } from '../api/stream.js';
import { CLOCK_SECONDS, exact, timeIn, type Unit } from '../figures/format.js';
import { freshnessNotes } from '../head/freshness.js';
import { WORDS } from '../texts.js';
import { Copied } from './copied.jsx';
import { Dialog } from './dialog.jsx';

/** What there is to say of one number. */
export interface Reason {
  readonly label: string;
  readonly value: number | null;
  readonly unit: Unit;
  /** The value of the period before, where there is one. */
  readonly previous?: number | null | undefined;
  /** How it is worked out, in the words of docs/metrics.md, and where that stands. */
  readonly formula: string;
  readonly section: string;
  readonly question: Question;
  /** Whether it is exact, an estimate, or of a sample. */
  readonly certainty: string;
  /** Where it leads on to: the title's sessions, the session's events. */
  readonly link?: { readonly href: string; readonly text: string } | undefined;
}

const shown = signal<Reason | undefined>(undefined);

/** A number that can be asked why. */
export function Why({
  reason,
  children,
  isInTable = false,
}: {
  readonly reason: Reason;
  readonly children: ComponentChildren;
  /** Within tables the arrow keys lead to numbers. */
  readonly isInTable?: boolean;
}): JSX.Element {
  return (
    <button
      type="button"
      class="number"
      title={`${reason.label}: ${exact(reason.value, reason.unit)}`}
      tabIndex={isInTable ? -1 : 0}
      onClick={() => {
        shown.value = reason;
      }}
    >
      {children}
    </button>
  );
}

/** The button beside a card that asks why. */
export function WhyMark({ reason }: { readonly reason: Reason }): JSX.Element {
  return (
    <button
      type="button"
      class="why-mark"
      aria-label={`${WORDS.why}: ${reason.label}`}
      onClick={() => {
        shown.value = reason;
      }}
    >
      ?
    </button>
  );
}

/** Explains the number that was asked about, from its formula to the query that gave it. */
export function WhyDialog(): JSX.Element | null {
  const reason = shown.value;
  if (reason === undefined) return null;
  const { label, value, unit, previous, formula, section, question, certainty, link } = reason;
  const notes = freshnessNotes(moved.value, zone.value);
  const asOf = moved.value?.asOf;
  return (
    <Dialog
      title={label}
      onClose={() => {
        shown.value = undefined;
      }}
    >
      <dl class="facts">
        <dt>Value</dt>
        <dd>{exact(value, unit)}</dd>
        {previous !== undefined && (
          <>
            <dt>Before</dt>
            <dd>{exact(previous, unit)}</dd>
          </>
        )}
        <dt>Formula</dt>
        <dd>
          {formula}
          <br />
          <small>
            docs/metrics.md, <code>{section}</code>
          </small>
        </dd>
        <dt>Certainty</dt>
        <dd>{certainty}</dd>
        <dt>Freshness</dt>
        <dd>
          {asOf !== undefined && `As of ${timeIn(asOf, zone.value, CLOCK_SECONDS)}. `}
          {notes.join(' ')}
        </dd>
      </dl>
      <Query question={question} />
      {link !== undefined && (
        <p>
          <a
            href={link.href}
            onClick={() => {
              shown.value = undefined;
            }}
          >
            {link.text}
          </a>
        </p>
      )}
    </Dialog>
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
      <pre class="code" tabIndex={0} aria-label="The query">
        {query}
      </pre>
      <p class="actions">
        <Copied text={curl} label="Copy as curl" />
        {hasGraphiql && (
          <a class="button" href={`/graphiql#${encodeURIComponent(query)}`} target="_blank">
            Open in GraphiQL
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
