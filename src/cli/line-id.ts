import { createHash } from 'node:crypto';
import type { Ordinals } from './ordinals.js';

/**
 * Identifies a line that has no eventId: by the SHA-256 of its members, and by the number of lines
 * with the same members so far, this line included. So the id tells nothing of the file or the
 * line's place. The server stores an id made of it: in another form, every line would count again.
 */
export function lineIdOf(event: Readonly<Record<string, unknown>>, ordinals: Ordinals): string {
  const members = Object.entries(event)
    // As the server reads them: null is unset, and an empty user id in an import is nobody.
    .filter(([name, value]) => value !== null && !(name === 'userId' && value === ''))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify(members)).digest();
  return `${digest.toString('base64url')}-${String(ordinals.next(digest))}`;
}
