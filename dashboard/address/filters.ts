import type { Dimension } from '../api/schema.js';
import { DIMENSIONS } from './words.js';

/** What sessions have to be: one of some values of a dimension, or with `exclude` none of them. */
export interface Filter {
  readonly dimension: Dimension;
  /** 1 to 50; an empty one stands for what is not known. */
  readonly anyOf: readonly string[];
  readonly exclude: boolean;
}

const VALUES_MAX = 50;
/** The API takes no more of them. */
export const FILTERS_MAX = 20;

/** Dimensions whose values are fixed words, and the case that the API knows them in. */
const FIXED: Partial<Record<Dimension, 'upper' | 'lower'>> = {
  QUALITY: 'upper',
  COUNTRY: 'upper',
  DEVICE: 'upper',
  END_REASON: 'upper',
  LIVE: 'lower',
};

/** Reads `country:DE,AT`, or `!device:TV` for all others; undefined where it is no filter. */
export function readFilter(text: string): Filter | undefined {
  const exclude = text.startsWith('!');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const dimension = DIMENSIONS.nameOf(text.slice(exclude ? 1 : 0, colon));
  if (dimension === undefined) return undefined;
  const values = splitValues(text.slice(colon + 1)).map((value) => inCase(dimension, value));
  const anyOf = [...new Set(values)];
  return anyOf.length > VALUES_MAX ? undefined : { dimension, anyOf, exclude };
}

/** Writes a filter as `readFilter` reads it. */
export function writeFilter({ dimension, anyOf, exclude }: Filter): string {
  const values = anyOf.map((value) => value.replace(/[\\,]/g, (mark) => `\\${mark}`));
  return `${exclude ? '!' : ''}${DIMENSIONS.wordOf(dimension)}:${values.join(',')}`;
}

/** Splits at commas; a backslash before a comma or a backslash takes its meaning away. */
function splitValues(text: string): readonly string[] {
  const values: string[] = [];
  let value = '';
  for (let i = 0; i < text.length; i += 1) {
    const [mark = '', next = ''] = [text[i], text[i + 1]];
    if (mark === '\\' && (next === ',' || next === '\\')) {
      value += next;
      i += 1;
    } else if (mark === ',') {
      values.push(value);
      value = '';
    } else value += mark;
  }
  return [...values, value];
}

function inCase(dimension: Dimension, value: string): string {
  const letters = FIXED[dimension];
  if (letters === undefined) return value;
  return letters === 'upper' ? value.toUpperCase() : value.toLowerCase();
}

/**
 * Adds a value to filters, or takes it away where it stands already. Values of one dimension that
 * are wanted stand in one filter, and those that are not in another.
 */
export function withValue(
  filters: readonly Filter[],
  { dimension, value, exclude }: { dimension: Dimension; value: string; exclude: boolean },
): readonly Filter[] {
  const isSame = (one: Filter): boolean => one.dimension === dimension && one.exclude === exclude;
  const found = filters.find(isSame);
  if (found === undefined) {
    return filters.length < FILTERS_MAX
      ? [...filters, { dimension, anyOf: [value], exclude }]
      : filters;
  }
  const isFull = found.anyOf.length >= VALUES_MAX && !found.anyOf.includes(value);
  if (isFull) return filters;
  const anyOf = found.anyOf.includes(value)
    ? found.anyOf.filter((one) => one !== value)
    : [...found.anyOf, value];
  return filters.flatMap((one) =>
    one === found ? (anyOf.length === 0 ? [] : [{ ...one, anyOf }]) : [one],
  );
}
