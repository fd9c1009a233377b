import type { Document, Filter } from 'mongodb';
import { DIMENSION_PATHS, type Dimension } from '../../../domain/figures/dimensions.js';
import {
  areAll,
  daysIn,
  placesOn,
  REACHED_DAY,
  SAMPLE_SLOTS,
  STARTED_ON,
  TITLE_STARTED_ON,
} from '../../../domain/figures/session-places.js';
import { dayOf, minuteOf, type Stretch } from '../../../domain/time.js';
import type { Slice, SliceFilter } from '../../../ports/read-model/slices.js';
import { pathOf, type DocumentRecord } from './stored-documents.js';

/** An expression of the aggregation language. */
export type Expression = string | number | Document;

const STARTED_AT = 'body.startedAt';
const MINUTES = 'body.minutes';

/** The part of a question that chooses the sessions. */
type Reach = Pick<Slice, 'stretches' | 'mediaIds' | 'slots'>;

/** Returns the index that the sessions of a slice are found by when they started. */
export const indexFor = ({ mediaIds }: Pick<Slice, 'mediaIds'>): string =>
  pathOf(mediaIds === undefined ? STARTED_ON : TITLE_STARTED_ON);

/** Returns what all of some stretches lie within. */
export const hullOf = (stretches: readonly Stretch[]): Stretch => ({
  from: stretches[0]?.from ?? 0,
  to: stretches.at(-1)?.to ?? 0,
});

/** Matches the sessions that started in the stretches, or in a gap between them. */
export function startedIn(slice: Reach): Filter<DocumentRecord> {
  const { from, to } = hullOf(slice.stretches);
  return {
    $and: [
      { $or: [...placesOf(slice)] },
      { [STARTED_AT]: { $gte: from, $lt: to } },
      ...titlesOf(slice.mediaIds),
    ],
  };
}

/** Matches the sessions that were watched in the stretches, and some more. */
export function watchedIn(slice: Slice): Filter<DocumentRecord> {
  const { from, to } = hullOf(slice.stretches);
  const places = [...placesOf(slice), { [pathOf(REACHED_DAY)]: { $gte: dayOf(from) } }];
  const slot = { $mod: [`$${pathOf(STARTED_ON)}`, SAMPLE_SLOTS] };
  const { slots } = slice;
  const isAll = areAll(slots);
  return {
    $and: [
      { $or: places },
      { [`${MINUTES}.0`]: { $lt: minuteOf(to) } },
      ...titlesOf(slice.mediaIds),
      ...(isAll ? [] : [{ $expr: { $gte: [slot, slots.from] } }]),
      ...(isAll ? [] : [{ $expr: { $lt: [slot, slots.before] } }]),
    ],
  };
}

/** Says whether no session can be one of a slice. */
export const isOfNothing = (slice: Slice): boolean => placesOf(slice).length === 0;

/** The ranges of the index where the sessions are that started on the days of the stretches. */
function placesOf({ stretches, mediaIds, slots }: Reach): readonly Filter<DocumentRecord>[] {
  const path = pathOf(mediaIds === undefined ? STARTED_ON : TITLE_STARTED_ON);
  const titles: readonly (string | undefined)[] = mediaIds ?? [undefined];
  return titles.flatMap((mediaId) =>
    daysIn(stretches).flatMap((days) =>
      placesOn(days, slots, mediaId).map(({ from, before }) => ({
        [path]: { $gte: from, $lt: before },
      })),
    ),
  );
}

const titlesOf = (mediaIds: Slice['mediaIds']): readonly Filter<DocumentRecord>[] =>
  mediaIds === undefined ? [] : [{ 'body.mediaId': { $in: mediaIds } }];

/** Matches the sessions for which a filter holds. */
export function matching({ dimension, anyOf, exclude }: SliceFilter): Filter<DocumentRecord> {
  const values = dimension === 'LIVE' ? anyOf.map(flagOf) : anyOf;
  const paths = DIMENSION_PATHS[dimension].map((path) => `body.${path}`);
  const isMissing = (some: readonly string[]): object =>
    Object.fromEntries(some.map((path) => [path, null]));
  const found = paths.map((path, i) => ({
    ...isMissing(paths.slice(0, i)),
    [path]: { $in: values },
  }));
  const any = anyOf.includes('') ? [...found, isMissing(paths)] : found;
  return exclude ? { $nor: any } : { $or: any };
}

const flagOf = (text: string): boolean | string =>
  text === 'true' || text === 'false' ? text === 'true' : text;

/** Returns the value that a session has, as it is stored; '' where it is not known. */
export const valueIn = (dimension: Dimension): Expression => ({
  $ifNull: [...DIMENSION_PATHS[dimension].map((path) => `$body.${path}`), ''],
});

/** Some stretches of one length, without a gap. */
interface StretchRun extends Stretch {
  readonly length: number;
  /** The number of the first one. */
  readonly first: number;
}

/** Works out in which of some stretches a session started; -1: in a gap between two of them. */
export const stretchIn = (stretches: readonly Stretch[]): Expression => numberIn(runsOf(stretches));

/** By halves: stretches are up to thousands, and each session is looked up. */
function numberIn(runs: readonly StretchRun[]): Expression {
  const half = Math.ceil(runs.length / 2);
  const middle = runs[half];
  const [run] = runs;
  if (run === undefined) return -1;
  if (middle === undefined) return numberInRun(run);
  const [before, after] = [runs.slice(0, half), runs.slice(half)];
  return { $cond: [{ $lt: [`$${STARTED_AT}`, middle.from] }, numberIn(before), numberIn(after)] };
}

function numberInRun({ from, to, length, first }: StretchRun): Expression {
  const since = { $subtract: [`$${STARTED_AT}`, from] };
  const number = { $add: [first, { $floor: { $divide: [since, length] } }] };
  return { $cond: [{ $lt: [`$${STARTED_AT}`, to] }, number, -1] };
}

function runsOf(stretches: readonly Stretch[]): readonly StretchRun[] {
  const runs: StretchRun[] = [];
  for (const [first, { from, to }] of stretches.entries()) {
    const length = to - from;
    const run = runs.at(-1);
    if (run?.to === from && run.length === length) runs.splice(-1, 1, { ...run, to });
    else runs.push({ from, to, length, first });
  }
  return runs;
}

/**
 * Makes an edge of each first minute of a session, and of each minute behind a last one. What lies
 * before the stretches counts from their start on.
 */
export function edgesOf(by: Dimension | undefined, { from }: Stretch): readonly Document[] {
  const isSplit = by !== undefined;
  const isEnd = { $mod: ['$place', 2] };
  const minute = { $max: [{ $add: ['$minute', isEnd] }, minuteOf(from)] };
  return [
    { $project: { _id: 0, ...(isSplit && { v: valueIn(by) }), minute: `$${MINUTES}` } },
    { $unwind: { path: '$minute', includeArrayIndex: 'place' } },
    {
      $group: {
        _id: { ...(isSplit && { v: '$v' }), minute },
        change: { $sum: { $subtract: [1, { $multiply: [2, isEnd] }] } },
      },
    },
    { $sort: { _id: 1 } },
  ];
}
