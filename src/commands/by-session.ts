import { KEY_SEPARATOR } from '../domain/document-key.js';

interface SessionIds {
  readonly mediaId: string;
  readonly sessionId: string;
}

/** Returns a text that tells sessions apart. */
export const sessionKey = ({ mediaId, sessionId }: SessionIds): string =>
  `${mediaId}${KEY_SEPARATOR}${sessionId}`;

/**
 * Carries out the items of a request session by session: all sessions at once, and the items of
 * each together. Returns an outcome for each item, in the order of the request.
 */
export async function bySession<Item, Outcome>(
  items: readonly Item[],
  idsOf: (item: Item) => SessionIds,
  carryOut: (ids: SessionIds, items: readonly Item[]) => Promise<readonly Outcome[]>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const sessions = new Map<string, { ids: SessionIds; indexes: number[]; items: Item[] }>();
  items.forEach((item, index) => {
    const ids = idsOf(item);
    const key = sessionKey(ids);
    const session = sessions.get(key) ?? { ids, indexes: [], items: [] };
    session.indexes.push(index);
    session.items.push(item);
    sessions.set(key, session);
  });
  await Promise.all(
    [...sessions.values()].map(async (session) => {
      const done = await carryOut(session.ids, session.items);
      session.indexes.forEach((index, i) => {
        const outcome = done[i];
        if (outcome !== undefined) outcomes[index] = outcome;
      });
    }),
  );
  return outcomes;
}
