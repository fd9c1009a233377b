import { createHash } from 'node:crypto';
import type { Ordinals } from './ordinals.js';

/**
 * What identifies a line that has no eventId: the SHA-256 of its members, and how many lines with
 * the same ones the file has had so far, this one included. So it says nothing of the file or the
 * line's place. The server stores what it makes of this: another form would count everything again.
 */
export function lineIdOf(event: Readonly<Record<string, unknown>>, ordinals: Ordinals): string {
  const members = Object.entries(event)
    // As the server takes them: null is unset, and an empty user id in an import is nobody.
    .filter(([name, value]) => value !== null && !(name === 'userId' && value === ''))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify(members)).digest();
  return `${digest.toString('base64url')}-${String(ordinals.next(digest))}`;
}
