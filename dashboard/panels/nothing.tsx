import type { JSX } from 'preact';
import { address, go } from '../address/router.js';
import { dimensionName } from '../api/server.js';
import { WORDS } from '../texts.js';

/** Says that nothing matches, and which filters could be taken away. */
export function Nothing(): JSX.Element {
  const { filters } = address.value;
  return (
    <div class="nothing">
      <p>{WORDS.nothingMatches}</p>
      {filters.length === 0 && <p>Choose a longer range.</p>}
      {filters.map((filter, i) => (
        <button
          key={i}
          type="button"
          onClick={() => {
            go({ filters: filters.filter((one) => one !== filter) });
          }}
        >
          Without the filter on {dimensionName(filter.dimension).toLowerCase()}
        </button>
      ))}
    </div>
  );
}
