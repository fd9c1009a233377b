import { STREAM_QUALITIES, type StreamQuality } from '../quality.js';

/** The names of the counts of a session, all whole numbers, in the order of storage. */
const COUNTED = [
  'sessions',
  /** Sessions that are not over. */
  'open',
  'views',
  'qualifiedViews',
  /** Views whose viewer is not known. */
  'anonymousViews',
  /** Views of players that report no play states. */
  'viewsWithoutStates',
  'completedViews',
  'attempts',
  'startFailures',
  'exitsBeforeStart',
  'playbackFailures',
  'watchedMs',
  'stalledMs',
  'stalls',
  'bytes',
  /** The part of the watched time that a CDN's log shows: an upper bound. */
  'deliveredMs',
  /** Of the stalls, what a CDN's log shows: a rough count. */
  'deliveredStalls',
] as const;
export type Counted = (typeof COUNTED)[number];

/** The names of the counts for each quality, stored after the others. */
const COUNTED_BY_QUALITY = ['watchedMs', 'bytes', 'stalls'] as const;
export type CountedByQuality = (typeof COUNTED_BY_QUALITY)[number];

/** The counts of one session, or their sums over many. */
export type FigureCounts = readonly number[];

/** The place of each number among the counts. */
export const PLACE = Object.fromEntries(COUNTED.map((name, place) => [name, place])) as Readonly<
  Record<Counted, number>
>;

/** Returns the place of a number for one quality among the counts. */
export const placeAtQuality = (quality: StreamQuality, name: CountedByQuality): number =>
  COUNTED.length +
  STREAM_QUALITIES.indexOf(quality) * COUNTED_BY_QUALITY.length +
  COUNTED_BY_QUALITY.indexOf(name);

const LENGTH = COUNTED.length + STREAM_QUALITIES.length * COUNTED_BY_QUALITY.length;
export const NO_COUNTS: FigureCounts = new Array<number>(LENGTH).fill(0);

/** Adds a number to one of the counts, in place. */
export function addTo(counts: number[], place: number, amount: number): void {
  counts[place] = (counts[place] ?? 0) + amount;
}

/** Adds counts to sums, in place. */
export function addCounts(sums: number[], counts: FigureCounts): void {
  for (let place = 0; place < LENGTH; place += 1) addTo(sums, place, counts[place] ?? 0);
}

/** Returns what is in `after` and not in `before`; undefined if they are the same. */
export function countsBetween(before: FigureCounts, after: FigureCounts): FigureCounts | undefined {
  const difference = after.slice();
  let isSame = true;
  for (let place = 0; place < LENGTH; place += 1) {
    const count = (difference[place] ?? 0) - (before[place] ?? 0);
    difference[place] = count;
    if (count !== 0) isSame = false;
  }
  return isSame ? undefined : difference;
}
