import type { Comparison, Dimension, Interval, Metric } from '../api/schema.js';
import { METRIC, type Column } from '../figures/metrics.js';

/** Names that stand in addresses, and what the API calls the same. */
export interface Words<Name extends string> {
  readonly names: readonly Name[];
  /** Undefined where the word is none of these. */
  nameOf(word: string): Name | undefined;
  wordOf(name: Name): string;
}

/** Makes words of names: WATCH_TIME is watchTime in an address. */
function camelWords<Name extends string>(names: readonly Name[]): Words<Name> {
  const byWord = new Map(names.map((name) => [camel(name), name]));
  return { names, nameOf: (word) => byWord.get(word), wordOf: camel };
}

const camel = (name: string): string =>
  name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export const DIMENSIONS = camelWords<Dimension>([
  ...(['MEDIA', 'QUALITY', 'COUNTRY', 'DEVICE', 'OS', 'BROWSER', 'PLAYER', 'APP', 'CDN'] as const),
  ...(['REFERRER', 'PAGE', 'LIVE', 'END_REASON', 'ERROR_CODE'] as const),
  ...(['CUSTOM_1', 'CUSTOM_2', 'CUSTOM_3'] as const),
]);

export const COLUMNS = camelWords<Column>(Object.keys(METRIC) as Column[]);
export const METRICS = camelWords<Metric>(COLUMNS.names.filter((name) => name !== 'LEFT_EARLY'));

export const INTERVALS = camelWords<Interval>([
  ...(['MINUTE', 'QUARTER_HOUR', 'HOUR', 'DAY', 'WEEK', 'MONTH'] as const),
]);

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  prev: 'PREVIOUS',
  weekdays: 'SAME_WEEKDAYS',
  year: 'YEAR_BEFORE',
};

/** The comparisons; `none` stands for no comparison where an address names one. */
export const COMPARE_WORDS: Words<Comparison> = {
  names: Object.values(COMPARISONS),
  nameOf: (word) => (Object.hasOwn(COMPARISONS, word) ? COMPARISONS[word] : undefined),
  wordOf: (name) => Object.keys(COMPARISONS).find((word) => COMPARISONS[word] === name) ?? '',
};
