import { dimensionOf } from '../../../src/domain/figures/dimensions.js';
import { PLACE } from '../../../src/domain/figures/figure-counts.js';
import { bySessionPlace, rankOfSession } from '../../../src/domain/figures/session-order.js';
import type {
  ListedSession,
  SessionListQuestion,
} from '../../../src/ports/read-model/session-list.js';

/** The reference of what a list of sessions is: a look at every one, and a sort of all. */
export function sessionListOf(
  all: Iterable<ListedSession>,
  question: SessionListQuestion,
): readonly ListedSession[] {
  const { orderBy, after, limit } = question;
  const compare = bySessionPlace(orderBy);
  return [...all]
    .filter((one) => isWanted(one, question))
    .map((one) => ({
      one,
      place: { rank: rankOfSession(one.row, orderBy), startedAt: one.row.startedAt, key: one.key },
    }))
    .filter(({ place }) => after === undefined || compare(after, place) < 0)
    .sort((a, b) => compare(a.place, b.place))
    .slice(0, limit)
    .map(({ one }) => one);
}

function isWanted({ row }: ListedSession, question: SessionListQuestion): boolean {
  const { started, mediaIds, filters, viewerId, sessionId, failed, minRebufferRatio } = question;
  const stalledMs = row.counts[PLACE.stalledMs] ?? 0;
  const shownMs = stalledMs + (row.counts[PLACE.watchedMs] ?? 0);
  const isFailed = row.endReason === 'FAILED' || row.counts[PLACE.startFailures] !== 0;
  return (
    row.startedAt >= started.from &&
    row.startedAt < started.to &&
    (mediaIds === undefined || mediaIds.includes(row.mediaId)) &&
    filters.every(
      ({ dimension, anyOf, exclude }) => anyOf.includes(dimensionOf(row, dimension)) !== exclude,
    ) &&
    (viewerId === undefined || row.viewerId === viewerId) &&
    (sessionId === undefined || row.sessionId === sessionId) &&
    (failed === undefined || failed === isFailed) &&
    (minRebufferRatio === undefined || (shownMs > 0 && stalledMs / shownMs >= minRebufferRatio))
  );
}
