import type { AggregateOptions, Collection, Document, Filter } from 'mongodb';
import { NO_COUNTS, PLACE } from '../../../domain/figures/figure-counts.js';
import { areAll } from '../../../domain/figures/session-places.js';
import type { Stretch } from '../../../domain/time.js';
import type { Slice, SliceAnswer } from '../../../ports/read-model/slices.js';
import {
  edgesOf,
  hullOf,
  indexFor,
  isOfNothing,
  matching,
  startedIn,
  stretchIn,
  valueIn,
  watchedIn,
} from './slice-expressions.js';
import { ConcurrencyRun, SliceGroups } from './slice-groups.js';
import type { SnapshotReading } from './snapshot-reading.js';
import type { DocumentRecord } from './stored-documents.js';

/** Sums up the sessions of one generation in a session's snapshot. */
export class MongoSlices {
  constructor(
    private readonly rows: Collection<DocumentRecord>,
    private readonly reading: SnapshotReading,
  ) {}

  async answer(slice: Slice): Promise<SliceAnswer> {
    if (isOfNothing(slice)) return { groups: [], ...(!areAll(slice.slots) && { sessions: 0 }) };
    const groups = new SliceGroups(slice);
    const summedUp = await this.sumUp(slice, groups);
    if (slice.parts.uniqueViewers) await this.countViewers(slice, groups);
    if (slice.parts.startupTime) await this.countStartups(slice, groups);
    if (slice.parts.peak) await this.findPeaks(slice, groups);
    const answer = { groups: groups.all(slice.parts) };
    if (areAll(slice.slots)) return answer;
    const sessions = slice.filters.length === 0 ? summedUp : await this.countRead(slice);
    return { ...answer, sessions };
  }

  /** Adds up the counts, and returns the number of sessions. */
  private async sumUp(slice: Slice, groups: SliceGroups): Promise<number> {
    const steps = [{ $group: { _id: keyOf(slice), ...SUMS } }, { $project: { counts: COUNTS } }];
    let sessions = 0;
    for await (const { _id, counts } of this.started<FoundSums>(slice, {}, steps)) {
      if (_id.s < 0) continue;
      groups.at(_id.s, valueOf(_id)).counts = counts;
      sessions += counts[PLACE.sessions] ?? 0;
    }
    return sessions;
  }

  /** Counts distinct viewers: in two steps, as all of a group's may be too many for a document. */
  private async countViewers(slice: Slice, groups: SliceGroups): Promise<void> {
    const key = keyOf(slice);
    const group = Object.fromEntries(Object.keys(key).map((name) => [name, `$_id.${name}`]));
    const steps = [
      { $group: { _id: { ...key, viewer: '$body.viewerId' } } },
      { $group: { _id: group, n: { $sum: 1 } } },
    ];
    const hasViewer = { 'body.viewerId': { $exists: true } };
    for await (const { _id, n } of this.started<FoundNumber>(slice, hasViewer, steps)) {
      if (_id.s >= 0) groups.at(_id.s, valueOf(_id)).viewers = n;
    }
  }

  private async countStartups(slice: Slice, groups: SliceGroups): Promise<void> {
    const key = { ...keyOf(slice), bucket: '$body.startupBucket' };
    const steps = [{ $group: { _id: key, n: { $sum: 1 } } }];
    const hasBucket = { 'body.startupBucket': { $exists: true } };
    for await (const { _id, n } of this.started<FoundBucket>(slice, hasBucket, steps)) {
      if (_id.s >= 0) groups.at(_id.s, valueOf(_id)).startups[_id.bucket] = n;
    }
  }

  /** Reads how many sessions more or less there are from a minute on, value by value. */
  private async findPeaks(slice: Slice, groups: SliceGroups): Promise<void> {
    const { stretches, by, filters } = slice;
    const pipeline = [
      { $match: { $and: [watchedIn(slice), ...filters.map(matching)] } },
      ...edgesOf(by, hullOf(stretches)),
    ];
    // Two indexes are used, which no hint can say.
    const edges = this.rows.aggregate<FoundEdge>(pipeline, this.options());
    let run: ConcurrencyRun | undefined;
    for await (const { _id, change } of edges) {
      const value = valueOf(_id);
      if (run?.value !== value) run = new ConcurrencyRun(stretches, groups, value);
      run.change(_id.minute, change);
    }
  }

  /** Counts the sessions read, whatever the filters say of them. */
  private async countRead(slice: Slice): Promise<number> {
    const key = { s: stretchIn(spansOf(slice.stretches)) };
    const steps = [{ $group: { _id: key, n: { $sum: 1 } } }];
    const unfiltered = { ...slice, filters: [] };
    let sessions = 0;
    for await (const { _id, n } of this.started<FoundNumber>(unfiltered, {}, steps)) {
      if (_id.s >= 0) sessions += n;
    }
    return sessions;
  }

  /** Takes some steps with the sessions that started in the stretches, or in a gap between them. */
  private started<Row extends Document>(
    slice: Slice,
    condition: Filter<DocumentRecord>,
    steps: readonly Document[],
  ): AsyncIterable<Row> {
    const conditions = [startedIn(slice), ...slice.filters.map(matching), condition];
    const options = { ...this.options(), hint: indexFor(slice) };
    return this.rows.aggregate<Row>([{ $match: { $and: conditions } }, ...steps], options);
  }

  private options(): SnapshotReading & AggregateOptions {
    return {
      ...this.reading,
      batchSize: ANSWER_GROUPS_MAX,
      // The groups of a step may take more memory than the server gives.
      allowDiskUse: true,
    };
  }
}

/** Groups in one answer of the server: so many are read without holding up others for long. */
const ANSWER_GROUPS_MAX = 2_000;

/** The members that tell groups apart. */
interface GroupId {
  /** The number of the stretch; -1: a gap between two of them. */
  readonly s: number;
  /** A value, as it is stored, where values are told apart. */
  readonly v?: string | boolean;
}

interface FoundSums {
  readonly _id: GroupId;
  readonly counts: readonly number[];
}
interface FoundNumber {
  readonly _id: GroupId;
  readonly n: number;
}
interface FoundBucket {
  readonly _id: GroupId & { readonly bucket: number };
  readonly n: number;
}
/** From a minute on there are so many sessions more. */
interface FoundEdge {
  readonly _id: Pick<GroupId, 'v'> & { readonly minute: number };
  readonly change: number;
}

/** The sum of each count. */
const SUMS = Object.fromEntries(
  NO_COUNTS.map((_, i) => [`c${String(i)}`, { $sum: { $arrayElemAt: ['$body.counts', i] } }]),
);
const COUNTS = NO_COUNTS.map((_, i) => `$c${String(i)}`);

const keyOf = ({ stretches, by }: Slice): Document => ({
  s: stretchIn(stretches),
  ...(by !== undefined && { v: valueIn(by) }),
});

const valueOf = ({ v = '' }: Pick<GroupId, 'v'>): string => String(v);

/** Joins stretches that have no gap between them. */
function spansOf(stretches: readonly Stretch[]): readonly Stretch[] {
  const spans: Stretch[] = [];
  for (const { from, to } of stretches) {
    const span = spans.at(-1);
    if (span?.to === from) spans.splice(-1, 1, { from: span.from, to });
    else spans.push({ from, to });
  }
  return spans;
}
