import {
  bySessionPlace,
  hasFailed,
  isByStart,
  rankOfSession,
  rebufferRatioOf,
  type SessionPlace,
} from '../../../../domain/figures/session-order.js';
import { slotsOf } from '../../../../domain/figures/session-places.js';
import type { SessionRow } from '../../../../domain/figures/session-row.js';
import { dayOf } from '../../../../domain/time.js';
import type {
  ListedSession,
  SessionListQuestion,
} from '../../../../ports/read-model/session-list.js';
import { doHold } from '../../../../ports/read-model/slices.js';
import { holds, type BlockPlace } from './block-place.js';
import type { SessionRows } from './session-rows.js';

/** Reads a page of sessions day by day; in an order by start no more than it needs. */
export function listSessions(
  rows: SessionRows,
  question: SessionListQuestion,
): readonly ListedSession[] {
  const page = new Page(question);
  for (const day of daysFrom(rows, question)) {
    for (const place of placesOn(day, question)) {
      for (const sessions of rows.of(place)) {
        for (const [key, row] of sessions) if (holds(place, row)) page.offer(key, row);
      }
    }
    if (isByStart(question.orderBy) && page.isFull) break;
  }
  return page.sessions();
}

/** The sessions that are kept beyond a page before the rest is dropped. */
const SPARE_ROWS = 1_000;

/** The sessions found so far that come first. */
class Page {
  private found: (SessionPlace & ListedSession)[] = [];
  private readonly compare: ReturnType<typeof bySessionPlace>;

  constructor(private readonly question: SessionListQuestion) {
    this.compare = bySessionPlace(question.orderBy);
  }

  get isFull(): boolean {
    return this.found.length >= this.question.limit;
  }

  offer(key: string, row: SessionRow): void {
    const { orderBy, after, limit } = this.question;
    const listed = { rank: rankOfSession(row, orderBy), startedAt: row.startedAt, key, row };
    const isBehind = after === undefined || this.compare(after, listed) < 0;
    if (!isBehind || !isWanted(row, this.question)) return;
    this.found.push(listed);
    if (this.found.length >= limit + SPARE_ROWS) this.cut();
  }

  sessions(): readonly ListedSession[] {
    this.cut();
    return this.found.map(({ key, row }) => ({ key, row }));
  }

  private cut(): void {
    this.found = this.found.sort(this.compare).slice(0, this.question.limit);
  }
}

/** Returns the days with sessions in the order of the list; none before the place of a page. */
function daysFrom(
  rows: SessionRows,
  { started, mediaIds, orderBy, after }: SessionListQuestion,
): readonly number[] {
  const isEarliest = orderBy === 'EARLIEST';
  const first = isEarliest && after ? Math.max(after.startedAt, started.from) : started.from;
  const isLatest = orderBy === 'STARTED';
  const last = isLatest && after ? Math.min(after.startedAt, started.to - 1) : started.to - 1;
  if (last < first) return [];
  const range = [dayOf(first), dayOf(last)] as const;
  const titles: readonly (string | undefined)[] = mediaIds ?? [undefined];
  const days = new Set(titles.flatMap((mediaId) => rows.startedDays(range, mediaId)));
  return [...days].sort((a, b) => (isEarliest ? a - b : b - a));
}

function placesOn(day: number, { mediaIds, viewerId }: SessionListQuestion): readonly BlockPlace[] {
  const titles: readonly (string | undefined)[] =
    mediaIds === undefined ? [undefined] : [...new Set(mediaIds)];
  const slots = slotsOf(viewerId);
  return titles.map((mediaId) => ({ kind: 'started', day, mediaId, slots }));
}

function isWanted(row: SessionRow, question: SessionListQuestion): boolean {
  const { started, filters, viewerId, sessionId, failed, minRebufferRatio } = question;
  const ratio = minRebufferRatio === undefined ? null : rebufferRatioOf(row);
  return (
    row.startedAt >= started.from &&
    row.startedAt < started.to &&
    (viewerId === undefined || row.viewerId === viewerId) &&
    (sessionId === undefined || row.sessionId === sessionId) &&
    (failed === undefined || hasFailed(row) === failed) &&
    (minRebufferRatio === undefined || (ratio !== null && ratio >= minRebufferRatio)) &&
    doHold(filters, row)
  );
}
