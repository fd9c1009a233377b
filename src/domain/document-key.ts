import { KEY_SEPARATOR } from './text.js';

/** Digits that keep day, hour and minute numbers in order as text until the year 3000. */
const NUMBER_DIGITS = 9;

/** A document's key: its kind, then the parts that identify it; numbers keep their order. */
export function documentKey(kind: string, ...parts: readonly (string | number)[]): string {
  let key = kind;
  for (const part of parts) key += KEY_SEPARATOR + partOf(part);
  return key;
}

const partOf = (part: string | number): string =>
  typeof part === 'number' ? String(part).padStart(NUMBER_DIGITS, '0') : part;

let lastKey = '';
let lastParts: readonly string[] = [''];

/** The parts of a key, its kind first. The last answer is kept: folds ask key by key. */
export function partsOf(key: string): readonly string[] {
  if (key !== lastKey) {
    lastKey = key;
    lastParts = key.split(KEY_SEPARATOR);
  }
  return lastParts;
}
