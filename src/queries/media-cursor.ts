import type { Identity } from '../ports/identity.js';
import { encodePlace, foreignCursor, placeIn } from './marked-cursor.js';

/** Makes the cursor of a media item in the list of a search: opaque, and marked as issued here. */
export const encodeCursor = (mediaId: string, search: string, identity: Identity): string =>
  encodePlace([mediaId], identity, JSON.stringify(['mediaList', search]));

/** Reads the media id of a client's cursor; BAD_USER_INPUT unless this list issued it. */
export function decodeCursor(text: string, search: string, identity: Identity): string {
  const [mediaId] = placeIn(text) ?? [];
  if (typeof mediaId !== 'string' || encodeCursor(mediaId, search, identity) !== text) {
    throw foreignCursor(text);
  }
  return mediaId;
}
