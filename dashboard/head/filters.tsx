import type { JSX } from 'preact';
import { address, go, holding } from '../address/router.js';
import { leftOut } from '../address/tabs.js';
import type { Filter } from '../address/filters.js';
import { dimensionName } from '../api/server.js';
import { knownName } from '../panels/known-names.js';
import { nameOf } from '../panels/value-name.jsx';
import { SAYS, WORDS } from '../texts.js';

/** Says a filter in words. */
export const filterText = ({ dimension, anyOf, exclude }: Filter): string =>
  SAYS.filter(
    dimensionName(dimension),
    exclude,
    anyOf.map((value) => nameOf(dimension, value, knownName(dimension, value))),
  );

/** The filters that hold, each with a button that takes it away. */
export function Filters(): JSX.Element | null {
  if (holding.value.length === 0) return null;
  return (
    <ul class="chips" aria-label={WORDS.filters}>
      {holding.value.map((filter, i) => (
        <li key={i} class={filter.exclude ? 'exclude' : ''}>
          <bdi title={filterText(filter)}>{filterText(filter)}</bdi>
          <button
            type="button"
            class="quiet"
            aria-label={SAYS.without(filterText(filter))}
            onClick={() => {
              go({ filters: address.value.filters.filter((one) => one !== filter) });
            }}
          >
            ✕
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Names what the address says that this page does not follow. */
export function Ignored(): JSX.Element | null {
  if (leftOut.value.length === 0) return null;
  return (
    <p class="notice" role="status" data-panel="ignored">
      {WORDS.ignored}{' '}
      {leftOut.value.map((text, i) => (
        <code key={i}>{text}</code>
      ))}
    </p>
  );
}
