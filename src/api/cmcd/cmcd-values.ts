import { inNfc, isText } from '../../domain/text.js';

/** The decoded keys of one report or request. */
export type CmcdValues = Readonly<Record<string, unknown>>;

/** The bounds of values: the latest version, and limits beyond which no value makes sense. */
export const VERSION_MAX = 2;
export const SESSION_ID_LENGTH_MAX = 64;
export const MS_MAX = 600_000;
export const KBPS_MAX = 1_000_000;

export const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;

export function idOf(value: unknown, lengthMax: number): string | undefined {
  const text = typeof value === 'string' ? inNfc(value.trim()) : '';
  return isText(text, lengthMax) ? text : undefined;
}

/** Returns the items of a list; a single value counts as a list of one. */
export const itemsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : [value];

interface Item {
  readonly value: unknown;
  readonly params?: CmcdValues;
}
const isItem = (item: unknown): item is Item =>
  typeof item === 'object' && item !== null && 'value' in item;

/** Returns the value of an item without its parameters. */
export const plainOf = (item: unknown): unknown => (isItem(item) ? item.value : item);

/** Says whether an item states the value for one type of media, such as `v`. */
export const isFor = (item: unknown, type: string): boolean =>
  isItem(item) && item.params?.[type] === true;

/**
 * Returns the value for video from a list that has one for each type of media; else the first
 * value.
 */
export function ofPicture(value: unknown): unknown {
  const items = itemsOf(value);
  return plainOf(items.find((item) => isFor(item, 'v')) ?? items[0]);
}
