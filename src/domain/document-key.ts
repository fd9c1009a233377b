import { KEY_SEPARATOR } from './text.js';

/** Digits that keep day, hour and minute numbers in order as text until the year 3000. */
const NUMBER_DIGITS = 9;

/** A document's key: its kind, then the parts that identify it; numbers keep their order. */
export const documentKey = (kind: string, ...parts: readonly (string | number)[]): string =>
  [kind, ...parts.map(partOf)].join(KEY_SEPARATOR);

const partOf = (part: string | number): string =>
  typeof part === 'number' ? String(part).padStart(NUMBER_DIGITS, '0') : part;

/** The parts of a key, its kind first. */
export const partsOf = (key: string): readonly string[] => key.split(KEY_SEPARATOR);
