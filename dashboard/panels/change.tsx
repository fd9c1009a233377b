import type { JSX } from 'preact';
import { zone } from '../address/router.js';
import { compared, sinceWhen } from '../api/server.js';
import { change, exact, judged, periodIn, tick } from '../figures/format.js';
import type { Reason } from '../figures/reason.js';
import { SAYS, WORDS } from '../texts.js';

/** Judges a change, but where nothing was recorded for some of the period before. */
export const judgedHere = (reason: Reason): ReturnType<typeof judged> =>
  sinceWhen.value === undefined ? judged(reason) : '';

/** Tells the value of the period before, and which period that is. */
export const beforeText = ({ previous, unit }: Reason): string =>
  exact(previous, unit) +
  (compared.value === null ? '' : ` (${periodIn(compared.value, zone.value)})`);

/** How a figure differs from the one before; what is worse stands out by its weight, too. */
export function Change(reason: Reason): JSX.Element | null {
  const { value, previous, unit } = reason;
  if (previous === undefined) return null;
  const isNone = sinceWhen.value?.isNone === true;
  const difference = isNone ? undefined : change(value, previous, unit);
  const word = judgedHere(reason);
  const isUntold = isNone || value === null || previous === null;
  return (
    <span class={`change ${word}`} data-previous={previous ?? ''}>
      {difference ?? (isUntold ? '' : SAYS.from(tick(previous, unit)))}
      {word === 'few' && <span aria-hidden="true"> {WORDS.ofFew}</span>}
      {difference !== undefined && (
        <span class="hidden">
          {' '}
          {word !== '' && WORDS[word]} {word !== 'few' && WORDS.thanBefore}
        </span>
      )}
    </span>
  );
}
