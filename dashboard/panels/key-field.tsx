import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { refusal, takeKey, type Refusal } from '../api/key.js';

const SAYS: Readonly<Record<Refusal, string>> = {
  asked: 'Enter a read key or an admin key of this server.',
  wrong: 'This server does not know that key.',
  forbidden: 'That key does not open this: it takes a read key or an admin key.',
};

/** Asks for a key. It is kept for the tab, or on the device, and sent as a header. */
export function KeyField(): JSX.Element {
  const [entered, setEntered] = useState('');
  const [isRemembered, setRemembered] = useState(false);
  const state = refusal.value ?? 'asked';
  return (
    <section class="panel key" data-panel="key" data-state={state}>
      <h2>Key</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (entered.trim() !== '') takeKey(entered.trim(), isRemembered);
        }}
      >
        <label>
          <span role={state === 'asked' ? undefined : 'alert'}>{SAYS[state]}</span>
          <input
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
          Remember on this device
        </label>
        <button type="submit" class="primary">
          Open
        </button>
      </form>
    </section>
  );
}
