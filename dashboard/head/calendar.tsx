import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { span } from '../address/asked.js';
import { dateOf, readRange } from '../address/ranges.js';
import { goRange, zone } from '../address/router.js';
import { civilAt } from '../address/zone.js';
import { Dialog } from '../panels/dialog.jsx';
import { LATER_SAYS, LATER_WORDS } from '../texts-later.js';
import { WORDS } from '../texts.js';
import { isCalendarShown } from './shown.js';

/** Chooses days of the calendar. */
export function Calendar(): JSX.Element {
  const close = (): void => {
    isCalendarShown.value = false;
  };
  const [from, setFrom] = useState(dateOf(civilAt(span.value.fromMs, zone.value)));
  const [to, setTo] = useState(dateOf(civilAt(span.value.toMs - 1, zone.value)));
  const range = readRange(`${from}..${to}`);
  return (
    <Dialog title={WORDS.calendar} onClose={close}>
      <form
        method="dialog"
        class="bar"
        onSubmit={() => {
          if (range !== undefined) goRange(range);
        }}
      >
        <label class="pick">
          <span>{LATER_WORDS.from}</span>
          <input
            type="date"
            value={from}
            required
            onInput={({ currentTarget }) => {
              setFrom(currentTarget.value);
            }}
          />
        </label>
        <label class="pick">
          <span>{LATER_WORDS.to}</span>
          <input
            type="date"
            value={to}
            required
            onInput={({ currentTarget }) => {
              setTo(currentTarget.value);
            }}
          />
        </label>
        <button type="submit" disabled={range === undefined}>
          {LATER_WORDS.show}
        </button>
      </form>
      <p>{LATER_SAYS.bothDays(zone.value)}</p>
    </Dialog>
  );
}
