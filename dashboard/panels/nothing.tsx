import type { JSX } from 'preact';
import { address, go, holding } from '../address/router.js';
import { filterText } from '../head/filters.jsx';
import { SAYS, WORDS } from '../texts.js';

/** Says that nothing matches, and names each filter that could be taken away. */
export function Nothing(): JSX.Element {
  const { page, filters, failed, stalled } = address.value;
  const isOfSessions = page === 'sessions';
  const ways = [
    ...holding.value.map((filter) => ({
      name: filterText(filter),
      without: { filters: filters.filter((one) => one !== filter) },
    })),
    ...(isOfSessions && failed ? [{ name: WORDS.failed, without: { failed: false } }] : []),
    ...(isOfSessions && stalled ? [{ name: WORDS.stalled, without: { stalled: false } }] : []),
  ];
  return (
    <div class="nothing">
      <p>{WORDS.nothingMatches}</p>
      {ways.length === 0 && page !== 'live' && <p>{WORDS.longerRange}</p>}
      {ways.map(({ name, without }) => (
        <button
          key={name}
          type="button"
          dir="auto"
          onClick={() => {
            go(without);
          }}
        >
          {SAYS.without(name)}
        </button>
      ))}
    </div>
  );
}
