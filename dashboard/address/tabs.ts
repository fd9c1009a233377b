import { computed } from '@preact/signals';
import { customDimensions, server } from '../api/server.js';
import type { Dimension } from '../api/schema.js';
import type { Page } from './address.js';
import { interval } from './asked.js';
import { writeFilter } from './filters.js';
import { address, holding, ignored, isOneSession } from './router.js';
import { DIMENSIONS, INTERVALS } from './words.js';

const SIDE: readonly Dimension[] = [
  ...(['COUNTRY', 'DEVICE', 'PLAYER', 'APP', 'CDN', 'REFERRER', 'PAGE', 'OS', 'BROWSER'] as const),
];
const WORST: readonly Dimension[] = ['MEDIA', 'COUNTRY', 'PLAYER', 'CDN', 'APP', 'DEVICE'];

/** What the second table of the page can be by; none: the page has no such table. */
export const tabs = computed((): readonly Dimension[] => {
  const { page } = address.value;
  if (page === 'quality') return WORST;
  return page === 'overview' || page === 'media' ? [...SIDE, ...customDimensions.value] : [];
});

/** What it is by. */
export const by = computed((): Dimension => {
  const wanted = address.value.by;
  return tabs.value.includes(wanted) ? wanted : (tabs.value[0] ?? 'COUNTRY');
});

const WITH_INTERVAL: readonly Page[] = ['overview', 'media', 'quality', 'delivery'];

/**
 * The parts of the address that the page does not follow: those that say nothing, filters of titles
 * on a title's page, an interval that does not suit the range, and a dimension that its table
 * cannot be by.
 */
export const leftOut = computed((): readonly string[] => {
  const { page, interval: length, by: wanted, filters } = address.value;
  // Those on a session's page are of the list that it was opened from.
  const idle = isOneSession.value ? [] : filters.filter((one) => !holding.value.includes(one));
  const isOtherInterval =
    WITH_INTERVAL.includes(page) && length !== undefined && length !== interval.value;
  // Which dimensions of their own operators have, the server says.
  const isOtherBy = server.value !== undefined && tabs.value.length > 0 && by.value !== wanted;
  return [
    ...ignored.value,
    ...idle.map((filter) => `f=${writeFilter(filter)}`),
    ...(isOtherInterval ? [`i=${INTERVALS.wordOf(length)}`] : []),
    ...(isOtherBy ? [`by=${DIMENSIONS.wordOf(wanted)}`] : []),
  ];
});
