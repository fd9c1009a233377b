import type { JSX } from 'preact';
import { zone } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { variablesOf, type Parts } from '../api/document.js';
import type { FiguresAnswer } from '../api/parts.js';
import { Failure } from './panel.jsx';

/**
 * Asks the same of the period that is compared with, once an answer says which that is: what
 * `retention` and `delivery` tell of it is in no answer of theirs. Undefined data: nothing is
 * compared, or it is not known yet.
 */
export function useBefore<Data extends object>(
  parts: Parts,
  { data, question: { variables } }: Answer<FiguresAnswer>,
): Answer<Data> {
  const period = data?.figures?.previousPeriod;
  const isThere = period != null && period.from < period.to;
  const asked = isThere ? parts : {};
  const range = { from: period?.from, to: period?.to, timeZone: zone.value };
  return useAnswer<Data>(
    { parts: asked, variables: variablesOf(asked, { ...variables, range }) },
    undefined,
  );
}

/** Says why the period before is not known. Out of reach is the server for all of the page. */
export function BeforeFailure({ before }: { readonly before: Answer<object> }): JSX.Element | null {
  const [error] = Object.values(before.errors);
  if (error === undefined || error.code === 'OFFLINE') return null;
  return <Failure error={error} retry={before.retry} />;
}
