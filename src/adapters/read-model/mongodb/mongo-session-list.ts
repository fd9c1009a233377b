import type { AggregateOptions, Collection, Document, Filter } from 'mongodb';
import { PLACE } from '../../../domain/figures/figure-counts.js';
import {
  isByStart,
  type ListOrder,
  type SessionPlace,
} from '../../../domain/figures/session-order.js';
import {
  dayIn,
  placesOn,
  slotsOf,
  ALL_SLOTS,
  STARTED_ON,
  TITLE_STARTED_ON,
  type DayRange,
  type Slots,
} from '../../../domain/figures/session-places.js';
import type { SessionRow } from '../../../domain/figures/session-row.js';
import { dayOf } from '../../../domain/time.js';
import type { ListedSession, SessionListQuestion } from '../../../ports/read-model/session-list.js';
import { matching, type Expression } from './slice-expressions.js';
import type { SnapshotReading } from './snapshot-reading.js';
import { ANSWER_DOCUMENTS_MAX, pathOf, type DocumentRecord } from './stored-documents.js';

/** Lists the sessions of one generation in a session's snapshot. */
export class MongoSessionList {
  private readonly index: string;
  private readonly titles: readonly (string | undefined)[];
  private readonly conditions: readonly Filter<DocumentRecord>[];

  constructor(
    private readonly rows: Collection<DocumentRecord>,
    private readonly reading: SnapshotReading,
    private readonly question: SessionListQuestion,
  ) {
    const { mediaIds } = question;
    this.index = pathOf(mediaIds === undefined ? STARTED_ON : TITLE_STARTED_ON);
    this.titles = mediaIds ?? [undefined];
    this.conditions = conditionsOf(question);
  }

  /** Reads all days at once, or day by day until the page is full. */
  async page(): Promise<readonly ListedSession[]> {
    const { started, orderBy, after, limit } = this.question;
    const [isLatest, isEarliest] = [orderBy === 'STARTED', orderBy === 'EARLIEST'];
    const first = Math.max(started.from, isEarliest && after ? after.startedAt : 0);
    const last = Math.min(started.to - 1, isLatest && after ? after.startedAt : Infinity);
    if (last < first || this.titles.length === 0) return [];
    let days: DayRange = [dayOf(first), dayOf(last)];
    if (!isByStart(orderBy)) return this.listed(days, limit);
    const found: ListedSession[] = [];
    for (;;) {
      const day = await this.nextDay(days);
      if (day === undefined) return found;
      found.push(...(await this.listed([day, day], limit - found.length)));
      days = isEarliest ? [day + 1, days[1]] : [days[0], day - 1];
      if (found.length >= limit || days[0] > days[1]) return found;
    }
  }

  /** Returns the first of some days with a session, or the last one, of the titles or of all. */
  private async nextDay(days: DayRange): Promise<number | undefined> {
    const [found] = await this.rows
      .find(this.startedOn(days, ALL_SLOTS), { ...this.options(), projection: { by: 1 } })
      .hint(this.index)
      .sort({ [this.index]: this.question.orderBy === 'EARLIEST' ? 1 : -1 })
      .limit(1)
      .toArray();
    const place = found?.by[this.question.mediaIds === undefined ? STARTED_ON : TITLE_STARTED_ON];
    return place === undefined ? undefined : dayIn(place);
  }

  private async listed(days: DayRange, limit: number): Promise<readonly ListedSession[]> {
    const { orderBy, after, viewerId } = this.question;
    const places = this.startedOn(days, slotsOf(viewerId));
    const pipeline: Document[] = [
      { $match: { $and: [places, ...this.conditions] } },
      { $set: { rank: RANKS[orderBy] } },
      ...(after === undefined ? [] : [{ $match: behind(after, orderBy) }]),
      { $sort: orderBy === 'EARLIEST' ? { [STARTED_AT]: 1, _id: 1 } : BY_RANK },
      { $limit: limit },
      { $project: { body: 1 } },
    ];
    const options = { ...this.options(), hint: this.index, allowDiskUse: true };
    const found = await this.rows.aggregate<DocumentRecord>(pipeline, options).toArray();
    return found.map(({ _id, body }) => ({ key: _id, row: body as SessionRow }));
  }

  private startedOn(days: DayRange, slots: Slots): Filter<DocumentRecord> {
    const places = this.titles.flatMap((mediaId) =>
      placesOn(days, slots, mediaId).map(({ from, before }) => ({
        [this.index]: { $gte: from, $lt: before },
      })),
    );
    return { $or: places };
  }

  private options(): SnapshotReading & AggregateOptions {
    return { ...this.reading, batchSize: ANSWER_DOCUMENTS_MAX };
  }
}

const STARTED_AT = 'body.startedAt';
const STALLED = countOf('stalledMs');
const SHOWN = { $add: [STALLED, countOf('watchedMs')] };
/** The expressions of the values that sessions are ordered by. */
const RANKS: Readonly<Record<ListOrder, Expression>> = {
  STARTED: `$${STARTED_AT}`,
  EARLIEST: `$${STARTED_AT}`,
  WATCH_TIME: countOf('watchedMs'),
  STALLED_TIME: STALLED,
  STARTUP_TIME: { $ifNull: ['$body.startupMs', null] },
};

const BY_RANK = { rank: -1, [STARTED_AT]: -1, _id: 1 };

function countOf(name: keyof typeof PLACE): Document {
  return { $arrayElemAt: ['$body.counts', PLACE[name]] };
}

/** Returns the conditions on a session, however it is found. */
function conditionsOf(question: SessionListQuestion): readonly Filter<DocumentRecord>[] {
  const { started, mediaIds, filters, viewerId, sessionId, failed, minRebufferRatio } = question;
  const failures = [
    { 'body.endReason': 'FAILED' },
    { [`body.counts.${String(PLACE.startFailures)}`]: { $gt: 0 } },
  ];
  return [
    { [STARTED_AT]: { $gte: started.from, $lt: started.to } },
    ...(mediaIds === undefined ? [] : [{ 'body.mediaId': { $in: mediaIds } }]),
    ...(viewerId === undefined ? [] : [{ 'body.viewerId': viewerId }]),
    ...(sessionId === undefined ? [] : [{ 'body.sessionId': sessionId }]),
    ...(failed === undefined ? [] : [failed ? { $or: failures } : { $nor: failures }]),
    ...(minRebufferRatio === undefined ? [] : [{ $expr: isStalledFor(minRebufferRatio) }]),
    ...filters.map(matching),
  ];
}

const isStalledFor = (minRatio: number): Document => ({
  $cond: [{ $gt: [SHOWN, 0] }, { $gte: [{ $divide: [STALLED, SHOWN] }, minRatio] }, false],
});

/** Matches what comes behind a place in the list. */
function behind({ rank, startedAt, key }: SessionPlace, orderBy: ListOrder): Document {
  if (orderBy === 'EARLIEST') {
    const beside = { [STARTED_AT]: startedAt, _id: { $gt: key } };
    return { $or: [{ [STARTED_AT]: { $gt: startedAt } }, beside] };
  }
  const lower = rank === null ? [] : [{ rank: { $lt: rank } }, { rank: null }];
  return {
    $or: [
      ...lower,
      { rank, [STARTED_AT]: { $lt: startedAt } },
      { rank, [STARTED_AT]: startedAt, _id: { $gt: key } },
    ],
  };
}
