import type { AggregateOptions, Collection, Document } from 'mongodb';
import { setImmediate as turn } from 'node:timers/promises';
import { PLACE } from '../../../domain/figures/figure-counts.js';
import {
  LengthCounts,
  RetentionSum,
  type RetentionRow,
} from '../../../domain/figures/retention.js';
import { areAll } from '../../../domain/figures/session-places.js';
import type { RetentionAnswer, RetentionQuestion } from '../../../ports/read-model/slices.js';
import { indexFor, matching, startedIn } from './slice-expressions.js';
import type { SnapshotReading } from './snapshot-reading.js';
import type { DocumentRecord } from './stored-documents.js';

/** Sums up what views of a title showed, in a session's snapshot. */
export class MongoRetention {
  constructor(
    private readonly rows: Collection<DocumentRecord>,
    private readonly reading: SnapshotReading,
  ) {}

  async answer(question: RetentionQuestion): Promise<RetentionAnswer> {
    const { registeredMs } = question;
    const lengthMs = (await this.commonestLength(question)) ?? registeredMs;
    const isRegistered = registeredMs !== undefined;
    const sum = new RetentionSum(lengthMs ?? 0, isRegistered);
    if (lengthMs !== undefined) {
      const conditions = [IS_VIEW, ...(isRegistered ? [] : [IS_KNOWN])];
      const fields = { _id: 0, played: '$body.played', mediaDurationMs: '$body.mediaDurationMs' };
      const views = this.found<RetentionRow>(question, conditions, [{ $project: fields }]);
      let count = 0;
      for await (const view of views) {
        sum.add(view);
        count += 1;
        if (count % BATCH_VIEWS === 0) await turn();
      }
    }
    const sums = { ...sum.sums(), ...(lengthMs !== undefined && { lengthMs }) };
    return areAll(question.slots) ? sums : { ...sums, sessions: await this.countRead(question) };
  }

  private async commonestLength(question: RetentionQuestion): Promise<number | undefined> {
    const lengths = new LengthCounts();
    const steps = [{ $group: { _id: '$body.mediaDurationMs', views: { $sum: 1 } } }];
    for await (const found of this.found<FoundLength>(question, [IS_VIEW], steps)) {
      if (found._id !== null) lengths.add(found._id, found.views);
    }
    return lengths.commonest();
  }

  private async countRead(question: RetentionQuestion): Promise<number> {
    const unfiltered = { ...question, filters: [] };
    for await (const { n } of this.found<{ n: number }>(unfiltered, [], [{ $count: 'n' }]))
      return n;
    return 0;
  }

  /** Takes some steps with the sessions of the title that started in the stretch. */
  private found<Row extends Document>(
    { stretch, mediaId, filters, slots }: RetentionQuestion,
    conditions: readonly Document[],
    steps: readonly Document[],
  ): AsyncIterable<Row> {
    const slice = { stretches: [stretch], mediaIds: [mediaId], slots };
    const options: SnapshotReading & AggregateOptions = {
      ...this.reading,
      batchSize: BATCH_VIEWS,
      hint: indexFor(slice),
    };
    const all = [startedIn(slice), ...filters.map(matching), ...conditions];
    return this.rows.aggregate<Row>([{ $match: { $and: all } }, ...steps], options);
  }
}

/** Views that are summed up before other work gets its turn. */
const BATCH_VIEWS = 1_000;

interface FoundLength {
  /** Null: the views do not say one. */
  readonly _id: number | null;
  readonly views: number;
}

const IS_VIEW = { [`body.counts.${String(PLACE.views)}`]: { $gt: 0 } };
const IS_KNOWN = { 'body.mediaDurationMs': { $exists: true } };
