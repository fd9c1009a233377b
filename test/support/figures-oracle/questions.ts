import fc from 'fast-check';
import { DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS } from '../../../src/domain/time.js';
import type { SliceFilter } from '../../../src/ports/read-model/slices.js';
import { DIMENSIONS } from '../../../src/queries/figures/breakdown.query.js';
import type { Comparison, Interval } from '../../../src/queries/figures/figures.query.js';
import { NOON } from '../playback.js';
import { METRICS } from './slices.js';

/** A title, spelled as the API hands it on. */
const TITLE = '\u1e3f';

const zones = fc.constantFrom(
  ...['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Sao_Paulo'],
);

/** What some session has, what none has, and what is not known. */
export const values: Readonly<Record<string, readonly string[]>> = {
  MEDIA: [TITLE, 'm1', 'channel', 'nobody'],
  QUALITY: ['LOW', 'HIGH', 'ULTRA'],
  COUNTRY: ['DE', 'BR', ''],
  DEVICE: ['PHONE', 'TV', ''],
  LIVE: ['true', 'false', ''],
  END_REASON: ['ENDED', 'QUIT', 'TIMEOUT', ''],
  ERROR_CODE: ['e1', ''],
  CUSTOM_1: ['sport', '\u00e9', ''],
};

const oneFilter = fc.constantFrom(...DIMENSIONS).chain((dimension) =>
  fc.record({
    dimension: fc.constant(dimension),
    anyOf: fc.uniqueArray(fc.constantFrom(...(values[dimension] ?? ['', 'x'])), { minLength: 1 }),
    exclude: fc.boolean(),
  }),
);
const ofTitles = fc
  .constantFrom([TITLE], ['m1', 'channel'], ['nobody'])
  .map((anyOf) => [{ dimension: 'MEDIA' as const, anyOf, exclude: false }]);
const filters: fc.Arbitrary<readonly SliceFilter[]> = fc.oneof(
  fc.constant([]),
  ofTitles,
  fc.array(oneFilter, { minLength: 1, maxLength: 2 }),
);

/** What may be asked about a log of `randomLogs(NOON)`. */
export const questions = fc.record({
  from: fc.integer({ min: NOON - 2 * DAY_MS, max: NOON + DAY_MS }),
  length: fc.oneof(
    fc.integer({ min: 1, max: 5 * HOUR_MS }),
    fc.integer({ min: 1, max: 4 * DAY_MS }),
  ),
  zone: zones,
  filter: filters,
  by: fc.constantFrom(...DIMENSIONS),
  orderBy: fc.constantFrom(...METRICS),
  minViews: fc.constantFrom(0, 0, 1, 2),
  minAttempts: fc.constantFrom(0, 0, 1, 2),
  search: fc.constantFrom('', '', 'a', 'E', '\u00e9'),
  compare: fc.constantFrom<(Comparison | undefined)[]>(undefined, 'PREVIOUS', 'SAME_WEEKDAYS'),
  interval: fc.constantFrom<Interval[]>('MINUTE', 'QUARTER_HOUR', 'HOUR', 'DAY', 'WEEK', 'MONTH'),
});
export type Question = typeof questions extends fc.Arbitrary<infer One> ? One : never;

/** The range as it is widened; by minutes, a day at most. */
export function onGrid(
  { from, length }: Question,
  stepMs = QUARTER_MS,
): { from: number; to: number } {
  const cut = stepMs === MINUTE_MS ? Math.min(length, DAY_MS) : length;
  return {
    from: Math.floor(from / stepMs) * stepMs,
    to: Math.ceil((from + cut) / stepMs) * stepMs,
  };
}
