import { dimensionOf } from '../../../src/domain/figures/dimensions.js';
import { addCounts, NO_COUNTS } from '../../../src/domain/figures/figure-counts.js';
import { isView, LengthCounts, RetentionSum } from '../../../src/domain/figures/retention.js';
import { areAll, slotOf } from '../../../src/domain/figures/session-places.js';
import type { SessionRow } from '../../../src/domain/figures/session-row.js';
import { MINUTE_MS, minuteOf, type Stretch } from '../../../src/domain/time.js';
import type {
  RetentionAnswer,
  RetentionQuestion,
  Slice,
  SliceAnswer,
  SliceGroup,
} from '../../../src/ports/read-model/slices.js';

/** What is collected of one group. */
interface Collected {
  readonly counts: number[];
  readonly viewers: Set<string>;
  readonly startups: Record<number, number>;
  /** Sessions by the minute. */
  readonly minutes: Map<number, number>;
}

/** The reference of what a slice is: a look at every session. */
export function sliceOf(all: Iterable<SessionRow>, slice: Slice): SliceAnswer {
  const { slots, mediaIds } = slice;
  const read = [...all].filter((row) => {
    const slot = slotOf(row);
    const isInSample = slot >= slots.from && slot < slots.before;
    return isInSample && (mediaIds?.includes(row.mediaId) ?? true);
  });
  const started = read.filter(({ startedAt }) => slice.stretches.some(holds(startedAt)));
  const rows = read.filter((row) => isWanted(row, slice));
  const groups = slice.stretches.flatMap((stretch, i) => groupsIn(rows, stretch, i, slice));
  return { groups, ...(!areAll(slots) && { sessions: started.length }) };
}

/** The reference of what retention is: a look at every session. */
export function retentionOf(
  all: Iterable<SessionRow>,
  { stretch, mediaId, filters, slots, registeredMs }: RetentionQuestion,
): RetentionAnswer {
  const read = [...all].filter((row) => {
    const slot = slotOf(row);
    const isInSample = slot >= slots.from && slot < slots.before;
    return isInSample && row.mediaId === mediaId && holds(row.startedAt)(stretch);
  });
  const views = read.filter((row) => isView(row) && isWanted(row, { filters }));
  const lengths = new LengthCounts();
  for (const { mediaDurationMs } of views) {
    if (mediaDurationMs !== undefined) lengths.add(mediaDurationMs);
  }
  const lengthMs = lengths.commonest() ?? registeredMs;
  const sum = new RetentionSum(lengthMs ?? 0, registeredMs !== undefined);
  for (const view of views) if (lengthMs !== undefined) sum.add(view);
  const ofSample = areAll(slots) ? {} : { sessions: read.length };
  return { ...sum.sums(), ...(lengthMs !== undefined && { lengthMs }), ...ofSample };
}

const holds =
  (timeMs: number) =>
  ({ from, to }: Stretch): boolean =>
    timeMs >= from && timeMs < to;

const isWanted = (row: SessionRow, { filters }: Pick<Slice, 'filters'>): boolean =>
  filters.every(
    ({ dimension, anyOf, exclude }) => anyOf.includes(dimensionOf(row, dimension)) !== exclude,
  );

function groupsIn(
  rows: readonly SessionRow[],
  stretch: Stretch,
  number: number,
  { by, parts }: Slice,
): readonly SliceGroup[] {
  const groups = new Map<string, Collected>();
  const groupOf = (row: SessionRow): Collected => {
    const value = by === undefined ? '' : dimensionOf(row, by);
    const known = groups.get(value);
    if (known !== undefined) return known;
    const counts = NO_COUNTS.slice();
    const made = { counts, viewers: new Set<string>(), startups: {}, minutes: new Map() };
    groups.set(value, made);
    return made;
  };
  for (const row of rows) {
    if (holds(row.startedAt)(stretch)) note(groupOf(row), row);
    if (!parts.peak) continue;
    for (const minute of minutesIn(row, stretch)) {
      const { minutes } = groupOf(row);
      minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
    }
  }
  return [...groups].map(([value, { counts, viewers, startups, minutes }]) => ({
    stretch: number,
    value,
    totals: {
      counts,
      ...(parts.uniqueViewers && { viewers: { count: viewers.size, isExact: true } }),
      ...(parts.startupTime && { startups }),
      ...(parts.peak && { peak: peakOf(minutes) }),
    },
  }));
}

function note({ counts, viewers, startups }: Collected, row: SessionRow): void {
  addCounts(counts, row.counts);
  if (row.viewerId !== undefined) viewers.add(row.viewerId);
  const { startupBucket: bucket } = row;
  if (bucket !== undefined) startups[bucket] = (startups[bucket] ?? 0) + 1;
}

function* minutesIn({ minutes }: SessionRow, { from, to }: Stretch): Generator<number> {
  for (let at = 0; at < minutes.length; at += 2) {
    const last = Math.min(minutes[at + 1] ?? 0, minuteOf(to) - 1);
    for (let minute = Math.max(minutes[at] ?? 0, minuteOf(from)); minute <= last; minute += 1) {
      yield minute;
    }
  }
}

function peakOf(minutes: ReadonlyMap<number, number>) {
  const sessions = Math.max(0, ...minutes.values());
  const at = [...minutes].filter(([, count]) => count === sessions).map(([minute]) => minute);
  return { sessions, at: at.length === 0 ? undefined : Math.min(...at) * MINUTE_MS };
}
