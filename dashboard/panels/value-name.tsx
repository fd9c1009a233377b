import type { JSX } from 'preact';
import { withValue } from '../address/filters.js';
import { address, go, linkTo } from '../address/router.js';
import type { Dimension } from '../api/schema.js';
import { NOT_KNOWN, SAYS, UNSET, WORDS } from '../texts.js';
import { learnName, useLearntName } from './known-names.js';

export interface ValueNameProps {
  readonly by: Dimension;
  readonly value: string;
  /** What people call it; an empty value has a name of its own. */
  readonly label: string;
  /** Called after it was chosen. */
  readonly onChosen?: (() => void) | undefined;
}

export const nameOf = (by: Dimension, value: string, label: string): string =>
  value === '' ? (UNSET[by] ?? NOT_KNOWN) : label;

/** A value of a dimension. Pressing it filters by it, with Shift it is left out. */
export function ValueName({ by, value, label, onChosen }: ValueNameProps): JSX.Element {
  const name = nameOf(by, value, label);
  useLearntName(by, value, label);
  return (
    <>
      <button
        type="button"
        class="quiet"
        dir="auto"
        title={SAYS.filterBy(name)}
        onClick={({ shiftKey: exclude }) => {
          const { filters } = address.value;
          learnName(by, value, label);
          go({ filters: withValue(filters, { dimension: by, value, exclude }) });
          onChosen?.();
        }}
      >
        {name}
      </button>
      {by === 'MEDIA' && (
        <a
          href={linkTo({ page: 'media', id: value })}
          aria-label={`${WORDS.open} ${name}`}
          onClick={onChosen}
        >
          {WORDS.open}
        </a>
      )}
    </>
  );
}
