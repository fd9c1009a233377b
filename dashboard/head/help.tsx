import type { JSX } from 'preact';
import { server } from '../api/server.js';
import { Dialog } from '../panels/dialog.jsx';
import { WORDS } from '../texts.js';
import { KEY_MEANINGS, LATER_WORDS, TIPS } from '../texts-later.js';
import { areKeysOn, switchKeys } from './keys.js';
import { isHelpShown } from './shown.js';

export function Help(): JSX.Element {
  return (
    <Dialog
      title={WORDS.help}
      onClose={() => {
        isHelpShown.value = false;
      }}
    >
      <dl class="facts keys">
        {KEY_MEANINGS.map(([key, meaning]) => [
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
        {LATER_WORDS.singleKeys}
      </label>
      <ul class="prose">
        {TIPS.map((tip) => (
          <li key={tip}>{tip}</li>
        ))}
      </ul>
      <p>
        <small>
          {WORDS.product} {server.value?.version}
        </small>
      </p>
    </Dialog>
  );
}
