import type { JSX } from 'preact';
import { address, go, ignored } from '../address/router.js';
import type { Filter } from '../address/filters.js';
import { dimensionName } from '../api/server.js';
import { NOT_KNOWN, WORDS } from '../texts.js';

/** Says a filter in words. */
const filterText = ({ dimension, anyOf, exclude }: Filter): string => {
  const values = anyOf.map((value) => (value === '' ? NOT_KNOWN : value)).join(', ');
  return `${dimensionName(dimension)} ${exclude ? 'is not' : 'is'} ${values}`;
};

/** The filters that hold, each with a button that takes it away. */
export function Filters(): JSX.Element | null {
  const { filters } = address.value;
  if (filters.length === 0) return null;
  return (
    <ul class="chips" aria-label="Filters">
      {filters.map((filter, i) => (
        <li key={i} class={filter.exclude ? 'exclude' : ''}>
          <bdi>{filterText(filter)}</bdi>
          <button
            type="button"
            class="quiet"
            aria-label={`Take away: ${filterText(filter)}`}
            onClick={() => {
              go({ filters: filters.filter((one) => one !== filter) });
            }}
          >
            ✕
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Names what the address says that this page does not understand. */
export function Ignored(): JSX.Element | null {
  if (ignored.value.length === 0) return null;
  return (
    <p class="notice" role="status" data-panel="ignored">
      {WORDS.ignored}{' '}
      {ignored.value.map((text, i) => (
        <code key={i}>{text}</code>
      ))}
    </p>
  );
}
