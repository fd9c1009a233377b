import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { refusal, takeKey } from '../api/key.js';
import { LATER_WORDS, REFUSALS } from '../texts-later.js';
import { WORDS } from '../texts.js';

/** Asks for a key. It is kept for the tab, or on the device, and sent as a header. */
export function KeyField(): JSX.Element {
  const [entered, setEntered] = useState('');
  const [isRemembered, setRemembered] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const state = refusal.value ?? 'asked';
  // There is nothing else to do; after a wrong key the field is a new one.
  useEffect(() => {
    field.current?.focus();
  }, []);
  return (
    <section class="panel key" data-panel="key" data-state={state}>
      <h2>{LATER_WORDS.key}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (entered.trim() !== '') takeKey(entered.trim(), isRemembered);
        }}
      >
        <label>
          <span role={state === 'asked' ? undefined : 'alert'}>{REFUSALS[state]}</span>
          <input
            ref={field}
            type="password"
            autocomplete="current-password"
            value={entered}
            onInput={({ currentTarget }) => {
              setEntered(currentTarget.value);
            }}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={isRemembered}
            onChange={({ currentTarget }) => {
              setRemembered(currentTarget.checked);
            }}
          />{' '}
          {LATER_WORDS.remember}
        </label>
        <button type="submit" class="primary">
          {WORDS.open}
        </button>
      </form>
    </section>
  );
}
