import { signal } from '@preact/signals';
import { inTab, onDevice } from './storage.js';

const NAME = 'playhead-key';

/** What stands between this page and the data: no key, an unknown one, or one that may not ask. */
export type Refusal = 'asked' | 'wrong' | 'forbidden';

/** No key has other characters, and browsers send none beyond Latin-1 in a header. */
const KEY = /^[\x21-\x7e]+$/;

function readKept(): string {
  const kept = inTab?.getItem(NAME) ?? onDevice?.getItem(NAME) ?? '';
  return KEY.test(kept) ? kept : '';
}

/** The key that is sent; empty without one. It never stands in an address. */
export const key = signal(readKept());
export const refusal = signal<Refusal | undefined>(undefined);

/**
 * Takes a key for this tab, or for this device until it is forgotten; what can be none is wrong
 * without asking.
 */
export function takeKey(entered: string, isRemembered: boolean): void {
  if (!KEY.test(entered)) {
    refusal.value = 'wrong';
    return;
  }
  forgetKey();
  (isRemembered ? onDevice : inTab)?.setItem(NAME, entered);
  key.value = entered;
  refusal.value = undefined;
}

/** Forgets the key everywhere; what is asked from now on has none. */
export function forgetKey(): void {
  for (const storage of [inTab, onDevice]) storage?.removeItem(NAME);
  key.value = '';
}

/** Takes what the code of an error says of the key: one that is refused leads to its field. */
export function noteRefusal(code: string): void {
  if (code === 'UNAUTHENTICATED') refusal.value = key.peek() === '' ? 'asked' : 'wrong';
  else if (code === 'FORBIDDEN') refusal.value = 'forbidden';
}

export const keyHeaders = (): Record<string, string> =>
  key.value === '' ? {} : { authorization: `Bearer ${key.value}` };
