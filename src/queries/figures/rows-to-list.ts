import { ALL_TITLES } from '../../domain/figures/session-sums.js';
import { DAY_MS, dayOf } from '../../domain/time.js';
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
  const isByStart = orderBy === 'STARTED';
  const to = isByStart && after ? Math.min(started.to, after.startedAt + 1) : started.to;
  const scopes = mediaIds ?? [ALL_TITLES];
  const sessionsFrom = async (from: number): Promise<number> =>
    (await extentOf(reader, { stretches: [{ from, to }], parts: COUNTS_ALONE }, scopes)).sessions;
  if (isByStart && isUnfiltered(question)) {
    const lastDay = dayOf(to - 1);
    for (let days = 0; (lastDay - days) * DAY_MS > started.from; days = 2 * days + 1) {
      const sessions = await sessionsFrom((lastDay - days) * DAY_MS);
      if (sessions >= limit) return sessions;
    }
  }
  return sessionsFrom(started.from);
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
