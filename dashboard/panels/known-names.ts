import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { address } from '../address/router.js';
import type { Dimension } from '../api/schema.js';

/** What people call the values of filters, as answers told it: addresses have the values alone. */
const names = signal<Readonly<Record<string, string>>>({});

const keyOf = (by: Dimension, value: string): string => `${by}:${value}`;

/** Returns what people call a value; as long as no answer has told it, the value. */
export const knownName = (by: Dimension, value: string): string =>
  names.value[keyOf(by, value)] ?? value;

export function learnName(by: Dimension, value: string, label: string): void {
  const key = keyOf(by, value);
  if (names.peek()[key] !== label) names.value = { ...names.peek(), [key]: label };
}

/** Learns what a value that is shown is called, where filters name it. */
export function useLearntName(by: Dimension, value: string, label: string): void {
  const { filters } = address.value;
  const isNamed = filters.some(({ dimension, anyOf }) => dimension === by && anyOf.includes(value));
  useLayoutEffect(() => {
    if (isNamed) learnName(by, value, label);
  }, [isNamed, by, value, label]);
}
