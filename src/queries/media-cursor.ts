import { badInput } from '../domain/errors.js';
import { quote } from '../domain/text.js';
import type { Identity } from '../ports/identity.js';

/** Makes the cursor of a media item in the list of a search: opaque, and marked as issued here. */
export function encodeCursor(mediaId: string, search: string, identity: Identity): string {
  const place = JSON.stringify([mediaId]);
  const list = JSON.stringify(['mediaList', search]);
  return Buffer.from(identity.mark(`${place} ${list}`) + place).toString('base64url');
}

/** Reads the media id of a client's cursor; BAD_USER_INPUT unless this list issued it. */
export function decodeCursor(text: string, search: string, identity: Identity): string {
  const mediaId = parse(text);
  if (mediaId === undefined || encodeCursor(mediaId, search, identity) !== text) {
    throw badInput('after', `is no cursor of this list: ${quote(text)}`);
  }
  return mediaId;
}

function parse(text: string): string | undefined {
  try {
    const marked = Buffer.from(text, 'base64url').toString();
    const parts: unknown = JSON.parse(marked.slice(marked.indexOf('[')));
    const [mediaId] = Array.isArray(parts) ? (parts as unknown[]) : [];
    return typeof mediaId === 'string' ? mediaId : undefined;
  } catch {
    // The text is no JSON, so this server did not issue it.
    return undefined;
  }
}
