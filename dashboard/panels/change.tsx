import type { JSX } from 'preact';
import { change, judged, tick } from '../figures/format.js';
import type { Reason } from '../figures/reason.js';
import { SAYS, WORDS } from '../texts.js';

/** How a figure differs from the one before; what is worse stands out by its weight, too. */
export function Change(reason: Reason): JSX.Element | null {
  const { value, previous, unit } = reason;
  if (previous === undefined) return null;
  const difference = change(value, previous, unit);
  const word = judged(reason);
  return (
    <span class={`change ${word}`} data-previous={previous ?? ''}>
      {difference ?? (value === null || previous === null ? '' : SAYS.from(tick(previous, unit)))}
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
