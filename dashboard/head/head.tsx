import type { ComponentChildren, JSX } from 'preact';
import { address, go, linkTo, zone } from '../address/router.js';
import type { Page } from '../address/address.js';
import { forgetKey, key, refusal } from '../api/key.js';
import { server } from '../api/server.js';
import { moved, unfollowed } from '../api/stream.js';
import { PAGE_NAMES, WORDS } from '../texts.js';
import { Filters } from './filters.jsx';
import { freshnessNotes, freshnessWord, isBehind } from './freshness.js';
import { isHelpShown } from './shown.js';
import { Pickers } from './pickers.jsx';
import { Search } from './search.jsx';
import { nextTheme, theme } from './theme.js';

const LINKED: readonly Page[] = [
  ...(['overview', 'live', 'quality', 'delivery', 'sessions', 'system'] as const),
];

/** The head of every page: where one is, what is asked for, and how fresh it is. */
export function Head({
  found,
}: {
  /** Shows what a search found. */
  readonly found: ComponentChildren;
}): JSX.Element {
  const { page } = address.value;
  return (
    <header class="head">
      <div class="bar">
        <a class="brand" href={linkTo({ page: 'overview', id: undefined })}>
          {WORDS.product}
        </a>
        <nav aria-label={WORDS.pages}>
          {LINKED.map((name) => (
            <a
              key={name}
              href={linkTo({ page: name, id: undefined })}
              aria-current={name === page ? 'page' : undefined}
            >
              {PAGE_NAMES[name]}
            </a>
          ))}
        </nav>
        <Search found={found} />
        <Freshness />
        <Tools />
      </div>
      {page !== 'system' && (
        <div class="bar asked">
          <Pickers />
          <Filters />
        </div>
      )}
    </header>
  );
}

/** Light or dark, help, and the way out. */
function Tools(): JSX.Element {
  return (
    <span class="tools">
      <button
        type="button"
        class="quiet"
        aria-label={`${WORDS.theme}: ${theme.value}`}
        title={`${WORDS.theme}: ${theme.value}`}
        onClick={nextTheme}
      >
        {{ auto: '◐', light: '☀', dark: '☾' }[theme.value]}
      </button>
      <button
        type="button"
        class="quiet"
        aria-label={WORDS.help}
        title={WORDS.help}
        onClick={() => {
          isHelpShown.value = true;
        }}
      >
        ?
      </button>
      {key.value !== '' && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            forgetKey();
            server.value = undefined;
            refusal.value = 'asked';
          }}
        >
          {WORDS.signOut}
        </button>
      )}
    </span>
  );
}

/** How fresh the figures are, and what is not in them. */
function Freshness(): JSX.Element {
  const freshness = moved.value;
  const notes = freshnessNotes(freshness, zone.value, unfollowed.value);
  const { parkedEvents = 0 } = freshness ?? {};
  const isUntold = unfollowed.value !== undefined;
  return (
    <button
      type="button"
      class={`pill ${isUntold || isBehind(freshness) || parkedEvents > 0 ? 'warn' : ''}`}
      title={notes.join(' ')}
      data-metric="lagSeconds"
      data-value={freshness?.lagSeconds ?? ''}
      onClick={() => {
        go({ page: 'system', id: undefined });
      }}
    >
      {isUntold ? WORDS.notFollowed : freshnessWord(freshness)}
    </button>
  );
}

/** What nobody should overlook: what is behind, parked, stopped or not followed. */
export function FreshnessNotes(): JSX.Element | null {
  const notes = freshnessNotes(moved.value, zone.value, unfollowed.value);
  if (notes.length === 0) return null;
  return (
    <p class="notice" role="status">
      {notes.join(' ')}
    </p>
  );
}
