import type { SessionPlace } from '../../domain/figures/session-order.js';
import type { Identity } from '../../ports/identity.js';
import { encodePlace, foreignCursor, placeIn } from '../marked-cursor.js';
import type { WantedSessions } from './sessions.query.js';

/**
 * Makes the cursor that clients get: opaque, and marked as issued here for this list. The key is
 * sealed, as it holds the id of the session.
 */
export function encodeCursor(
  { rank, startedAt, key }: SessionPlace,
  wanted: WantedSessions,
  identity: Identity,
): string {
  const { range, filters, userId, sessionId, failed, minRebufferRatio, orderBy } = wanted;
  const conditions = [userId, sessionId, failed, minRebufferRatio];
  const list = JSON.stringify(['sessions', range, filters, conditions, orderBy]);
  return encodePlace([rank, startedAt, identity.seal(key)], identity, list);
}

/** Reads the cursor that a client sends; BAD_USER_INPUT unless this list issued it. */
export function decodeCursor(
  text: string,
  wanted: WantedSessions,
  identity: Identity,
): SessionPlace {
  const place = sessionPlaceIn(text, identity);
  if (place === undefined || encodeCursor(place, wanted, identity) !== text) {
    throw foreignCursor(text);
  }
  return place;
}

function sessionPlaceIn(text: string, identity: Identity): SessionPlace | undefined {
  const [rank, startedAt, sealed] = placeIn(text) ?? [];
  const key = typeof sealed === 'string' ? identity.unseal(sealed) : undefined;
  const isRank = rank === null || typeof rank === 'number';
  if (key === undefined || !isRank || typeof startedAt !== 'number') return undefined;
  return { rank, startedAt, key };
}
