import { inNfc, isText } from '../../domain/text.js';

/** The decoded keys of one report or request. */
export type CmcdValues = Readonly<Record<string, unknown>>;

/** The bounds of what is taken: the latest version, and values beyond which none makes sense. */
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

/** The items of a list, or the only value. */
export const itemsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : [value];

interface Item {
  readonly value: unknown;
  readonly params?: CmcdValues;
}
const isItem = (item: unknown): item is Item =>
  typeof item === 'object' && item !== null && 'value' in item;

/** Returns what an item says, whatever parameters it has. */
export const plainOf = (item: unknown): unknown => (isItem(item) ? item.value : item);

/** Says whether an item is for a type of what is loaded, such as `v`. */
export const isFor = (item: unknown, type: string): boolean =>
  isItem(item) && item.params?.[type] === true;

/** A list holds a value for each type of what is loaded: that of the picture, else the first. */
export function ofPicture(value: unknown): unknown {
  const items = itemsOf(value);
  return plainOf(items.find((item) => isFor(item, 'v')) ?? items[0]);
}
