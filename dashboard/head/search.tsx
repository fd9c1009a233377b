import type { ComponentChildren, JSX } from 'preact';
import { WORDS } from '../texts.js';
import { searched } from './shown.js';

export const SEARCH_ID = 'search';

/** Finds a title by a part of its name or id, and leads to its page. */
export function Search({
  found,
}: {
  /** Shows what was found, while there is something to look for. */
  readonly found: ComponentChildren;
}): JSX.Element {
  return (
    <div
      class="search"
      role="search"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          // It is for the search alone.
          event.preventDefault();
          searched.value = '';
          document.getElementById(SEARCH_ID)?.focus();
        } else step(event);
      }}
    >
      <input
        id={SEARCH_ID}
        type="search"
        placeholder={WORDS.searchTitle}
        aria-label={WORDS.searchTitle}
        aria-keyshortcuts="/"
        value={searched.value}
        autocomplete="off"
        onInput={({ currentTarget }) => {
          searched.value = currentTarget.value;
        }}
      />
      {searched.value.trim() !== '' && found}
    </div>
  );
}

/** The arrow keys lead from the field to what was found, and back. */
function step(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, a')];
  const here = stops.findIndex((one) => one === document.activeElement);
  if (event.key === 'Enter' && here === 0) stops[1]?.click();
  if (by === undefined) return;
  event.preventDefault();
  stops[here + by]?.focus();
}
