import type { JSX } from 'preact';
import { address, go, ignored } from '../address/router.js';
import type { Filter } from '../address/filters.js';
import { dimensionName } from '../api/server.js';
import { NOT_KNOWN, SAYS, WORDS } from '../texts.js';

/** Says a filter in words. */
export const filterText = ({ dimension, anyOf, exclude }: Filter): string =>
  SAYS.filter(
    dimensionName(dimension),
    exclude,
    anyOf.map((value) => (value === '' ? NOT_KNOWN : value)),
  );

/** The filters that hold, each with a button that takes it away. */
export function Filters(): JSX.Element | null {
  const { filters } = address.value;
  if (filters.length === 0) return null;
  return (
    <ul class="chips" aria-label={WORDS.filters}>
      {filters.map((filter, i) => (
        <li key={i} class={filter.exclude ? 'exclude' : ''}>
          <bdi title={filterText(filter)}>{filterText(filter)}</bdi>
          <button
            type="button"
            class="quiet"
            aria-label={SAYS.without(filterText(filter))}
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
