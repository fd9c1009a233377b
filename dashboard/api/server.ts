import { computed, signal } from '@preact/signals';
import type { Dimension, Server } from './schema.js';
import { DIMENSION_NAMES } from '../texts.js';

/** What this server says of itself; undefined until it was asked. */
export const server = signal<Server | undefined>(undefined);

const CUSTOM: readonly Dimension[] = ['CUSTOM_1', 'CUSTOM_2', 'CUSTOM_3'];

/** The dimensions that the operator named. */
export const customDimensions = computed(() =>
  CUSTOM.slice(0, server.value?.customDimensions.length ?? 0),
);

/** Returns the name of a dimension, the operator's where there is one. */
export function dimensionName(dimension: Dimension): string {
  const own = server.value?.customDimensions[CUSTOM.indexOf(dimension)];
  return own ?? DIMENSION_NAMES[dimension];
}
