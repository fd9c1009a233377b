import { signal } from '@preact/signals';
import { RANGE_WORDS } from '../address/ranges.js';
import { address, go, goRange } from '../address/router.js';
import { onDevice } from '../api/storage.js';
import { SEARCH_ID } from './search.jsx';
import { isCalendarShown, isHelpShown } from './shown.js';

const NAME = 'playhead-keys';

/** Says whether keys without Ctrl or Alt do something: WCAG 2.1.4 wants a switch for that. */
export const areKeysOn = signal(onDevice?.getItem(NAME) !== 'off');

export function switchKeys(isOn: boolean): void {
  areKeysOn.value = isOn;
  onDevice?.setItem(NAME, isOn ? 'on' : 'off');
}

const search = (): void => {
  document.getElementById(SEARCH_ID)?.focus();
};

const ACTIONS: Readonly<Record<string, () => void>> = {
  '7': () => {
    if (address.value.page !== 'system') isCalendarShown.value = true;
  },
  x: () => {
    go({ compare: address.value.compare === undefined ? 'PREVIOUS' : undefined });
  },
  l: () => {
    go({ page: 'live', id: undefined });
  },
  '/': search,
  '?': () => {
    isHelpShown.value = true;
  },
  Escape: () => {
    const { filters } = address.value;
    if (filters.length > 0) go({ filters: [] });
  },
};

/** Listens to the keys that docs/dashboard.md names, but not while somebody types. */
export function followKeys(): void {
  addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, altKey, target, defaultPrevented } = event;
    if (ctrlKey || metaKey || altKey || defaultPrevented) return;
    const isTyping = target instanceof Element && target.closest('input, select, textarea, dialog');
    if (isTyping !== null && isTyping !== false) return;
    if (!areKeysOn.value && key !== 'Escape') return;
    const word = RANGE_WORDS[Number(key) - 1];
    const act =
      word === undefined
        ? ACTIONS[key.length === 1 ? key.toLowerCase() : key]
        : () => {
            goRange({ word });
          };
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}
