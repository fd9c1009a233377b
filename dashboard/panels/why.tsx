import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { short } from '../figures/format.js';
import type { Reason } from '../figures/reason.js';
import { WORDS } from '../texts.js';
import { Hinted } from './hint.jsx';

/** The number that was asked about. */
export const askedWhy = signal<Reason | undefined>(undefined);

/** A number that says how it came about where it is pointed at, and more where it is pressed. */
export function Why({
  reason,
  isInTable = false,
  text,
}: {
  readonly reason: Reason;
  /** Within tables the arrow keys lead to numbers. */
  readonly isInTable?: boolean;
  /** What is shown of it; undefined: the value, as short as it can be read. */
  readonly text?: string | undefined;
}): JSX.Element {
  const { metric, value, unit } = reason;
  return (
    <Hinted reason={reason}>
      <button
        type="button"
        class="number"
        tabIndex={isInTable ? -1 : 0}
        data-metric={metric}
        data-value={value ?? ''}
        onClick={() => {
          askedWhy.value = reason;
        }}
      >
        {text ?? short(value, unit)}
      </button>
    </Hinted>
  );
}

/** The button beside a card that asks why. */
export function WhyMark({ reason }: { readonly reason: Reason }): JSX.Element {
  return (
    <button
      type="button"
      class="why-mark"
      aria-label={`${WORDS.why}: ${reason.label}`}
      onClick={() => {
        askedWhy.value = reason;
      }}
    >
      ?
    </button>
  );
}
