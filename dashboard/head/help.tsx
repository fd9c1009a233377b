import type { JSX } from 'preact';
import { server } from '../api/server.js';
import { Dialog } from '../panels/dialog.jsx';
import { WORDS } from '../texts.js';
import { areKeysOn, switchKeys } from './keys.js';
import { isHelpShown } from './shown.js';

const KEYS: readonly (readonly [string, string])[] = [
  ['1 – 6', 'live, 1 h, 24 h, 7 d, 28 d, 12 months'],
  ['7', 'choose days of the calendar'],
  ['X', 'compare with the period before, or with nothing'],
  ['L', 'who watches now'],
  ['/', 'search a title'],
  ['Esc', 'close, or take all filters away'],
  ['← →', 'on a chart: go from bucket to bucket; in a table: from number to number'],
  ['?', 'this'],
];

export function Help(): JSX.Element {
  return (
    <Dialog
      title={WORDS.help}
      onClose={() => {
        isHelpShown.value = false;
      }}
    >
      <dl class="facts keys">
        {KEYS.map(([key, meaning]) => [
          <dt>
            <kbd>{key}</kbd>
          </dt>,
          <dd>{meaning}</dd>,
        ])}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={areKeysOn.value}
          onChange={({ currentTarget }) => {
            switchKeys(currentTarget.checked);
          }}
        />{' '}
        Single keys do this
      </label>
      <ul class="prose">
        <li>Press a row to filter by it, with Shift to leave it out.</li>
        <li>Drag over a chart to look at that stretch.</li>
        <li>Press a number, or the ? beside it, to see how it came about.</li>
        <li>The address is the view: whoever has it and a key sees the same.</li>
      </ul>
      <p>
        <small>
          {WORDS.product} {server.value?.version}
        </small>
      </p>
    </Dialog>
  );
}
