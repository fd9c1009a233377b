import { ALL_TITLES } from '../../domain/figures/session-sums.js';
import { isByStart } from '../../domain/figures/session-order.js';
import { DAY_MS, dayOf, type Stretch } from '../../domain/time.js';
import type { DocumentReader } from '../../ports/read-model/reader.js';
import type { SessionListQuestion } from '../../ports/read-model/session-list.js';
import { COUNTS_ALONE, extentOf } from './extent.js';

/**
 * Returns the sessions that a page reads at most: all that started in the stretch, but by start,
 * where nothing is left out, those of the last days up to as many as the page has.
 */
export async function rowsFor(
  reader: DocumentReader,
  question: SessionListQuestion,
): Promise<number> {
  const { started, mediaIds, orderBy, after, limit } = question;
  const [isLatest, isEarliest] = [orderBy === 'STARTED', orderBy === 'EARLIEST'];
  const from = isEarliest && after ? Math.max(started.from, after.startedAt) : started.from;
  const to = isLatest && after ? Math.min(started.to, after.startedAt + 1) : started.to;
  const scopes = mediaIds ?? [ALL_TITLES];
  const sessionsIn = async (stretch: Stretch): Promise<number> =>
    (await extentOf(reader, { stretches: [stretch], parts: COUNTS_ALONE }, scopes)).sessions;
  if (isByStart(orderBy) && isUnfiltered(question)) {
    for (const days of daysWithin({ from, to }, isEarliest)) {
      const sessions = await sessionsIn(days);
      if (sessions >= limit) return sessions;
    }
  }
  return sessionsIn({ from, to });
}

/** Yields the first or last days of a stretch, each time twice as many as before, but not all. */
function* daysWithin({ from, to }: Stretch, isFromStart: boolean): Generator<Stretch> {
  const [first, last] = [dayOf(from), dayOf(to - 1)];
  for (let days = 1; days <= last - first; days *= 2) {
    yield isFromStart
      ? { from, to: (first + days) * DAY_MS }
      : { from: (last - days + 1) * DAY_MS, to };
  }
}

/** Says whether a list leaves out no session but those of other titles. */
const isUnfiltered = ({
  filters,
  mediaIds,
  viewerId,
  sessionId,
  failed,
  minRebufferRatio,
}: SessionListQuestion): boolean =>
  filters.length === (mediaIds === undefined ? 0 : 1) &&
  [viewerId, sessionId, failed, minRebufferRatio].every((one) => one === undefined);
