import { effect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { zone } from '../address/router.js';
import { useAnswer, type Answer } from '../api/answers.js';
import { variablesOf, type Parts } from '../api/document.js';
import type { FiguresAnswer } from '../api/parts.js';
import { isBusy } from '../api/readiness.js';
import { Failure } from './panel.jsx';

/** How long a page is ready before the period before is asked for, in milliseconds. */
const REST_MS = 100;

/** Says whether the page has been ready: what is not of its first numbers waits for that. */
function useTurn(): boolean {
  const [isTurn, setTurn] = useState(false);
  useEffect(
    () =>
      effect(() => {
        if (isBusy.value) return undefined;
        const timer = setTimeout(() => {
          setTurn(true);
        }, REST_MS);
        return () => {
          clearTimeout(timer);
        };
      }),
    [],
  );
  return isTurn;
}

/**
 * Asks the same of the period that is compared with, once an answer says which that is and the page
 * is ready: `retention` and `delivery` compare nothing. Without data nothing is compared, or it is
 * not known yet.
 */
export function useBefore<Data extends object>(
  parts: Parts,
  { data, question: { variables } }: Answer<FiguresAnswer>,
): Answer<Data> {
  const isTurn = useTurn();
  const period = data?.figures?.previousPeriod;
  const isThere = isTurn && period != null && period.from < period.to;
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
