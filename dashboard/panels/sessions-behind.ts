import type { Filter } from '../address/filters.js';
import { address, linkTo } from '../address/router.js';
import type { Dimension } from '../api/schema.js';
import type { Column } from '../figures/metrics.js';
import type { Reason } from '../figures/reason.js';
import { WORDS } from '../texts.js';

/** The filters of the address with one title in place of whatever they say of titles. */
export const mediaOnly = (mediaId: string): readonly Filter[] => [
  ...address.value.filters.filter(({ dimension }) => dimension !== 'MEDIA'),
  { dimension: 'MEDIA', anyOf: [mediaId], exclude: false },
];

/** The filters that hold on the page: a title's page is of that title. */
export function filtersHere(): readonly Filter[] {
  const { page, id = '', filters } = address.value;
  return page === 'media' ? mediaOnly(id) : filters;
}

/** Those with one value of a dimension. */
export const onlyOf = (by: Dimension, value: string): readonly Filter[] =>
  by === 'MEDIA'
    ? mediaOnly(value)
    : [...filtersHere(), { dimension: by, anyOf: [value], exclude: false }];

const OF_FAILURES: readonly Column[] = ['START_FAILURE_RATE', 'PLAYBACK_FAILURE_RATE'];
const NOT_ENDED: Filter = { dimension: 'END_REASON', anyOf: ['ENDED'], exclude: true };

/** Leads to the sessions behind a figure: of failures to those that failed. */
export function sessionsBehind(
  metric: Column,
  filters: readonly Filter[],
): NonNullable<Reason['link']> {
  const failed = OF_FAILURES.includes(metric);
  const of = metric === 'LEFT_EARLY' ? [...filters, NOT_ENDED] : filters;
  return {
    href: linkTo({ page: 'sessions', id: undefined, filters: of, failed, stalled: false }),
    text: failed ? WORDS.itsFailures : WORDS.itsSessions,
  };
}
