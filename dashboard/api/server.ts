import { computed, signal } from '@preact/signals';
import type { Dimension, Period, Server } from './schema.js';
import { DIMENSION_NAMES } from '../texts.js';

/** What this server says of itself; undefined until it was asked. */
export const server = signal<Server | undefined>(undefined);

/** The period that figures are compared with, as the last answer names it; null: none. */
export const compared = signal<Period | null>(null);

const DAY_MS = 86_400_000;

/** When the first event of all was, or of those that are kept; 0 where nobody knows yet. */
const beginMs = computed(() => {
  const { firstEventAt, retentionDays = null } = server.value ?? {};
  const keptMs = retentionDays === null ? 0 : Date.now() - retentionDays * DAY_MS;
  return Math.max(firstEventAt == null ? 0 : Date.parse(firstEventAt), keptMs);
});

/**
 * Says since when there are events, where the period that is compared with began before that: what
 * grew since then was no better or worse. `isNone`: that period was over by then.
 */
export const sinceWhen = computed(() => {
  if (compared.value === null || Date.parse(compared.value.from) >= beginMs.value) return undefined;
  return { beginMs: beginMs.value, isNone: Date.parse(compared.value.to) <= beginMs.value };
});

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
