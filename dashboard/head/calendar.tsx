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
        <Day label={LATER_WORDS.from} date={from} onChoose={setFrom} />
        <Day label={LATER_WORDS.to} date={to} onChoose={setTo} />
        <button type="submit" disabled={range === undefined}>
          {LATER_WORDS.show}
        </button>
      </form>
      <p>{LATER_SAYS.bothDays(zone.value)}</p>
    </Dialog>
  );
}

interface DayProps {
  readonly label: string;
  readonly date: string;
  readonly onChoose: (date: string) => void;
}

function Day({ label, date, onChoose }: DayProps): JSX.Element {
  return (
    <label class="pick">
      <span>{label}</span>
      <input
        type="date"
        value={date}
        required
        onInput={({ currentTarget }) => {
          onChoose(currentTarget.value);
        }}
      />
    </label>
  );
}
