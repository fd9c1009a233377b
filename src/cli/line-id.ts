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
  const digest = digestOf(JSON.stringify(members));
  return idOf(digest, ordinals.next(digest));
}

/** Identifies a line that is no event by its bytes, and by its number among equal ones. */
export function rawLineIdOf(line: Buffer, ordinals: Ordinals): string {
  const digest = digestOf(line);
  return idOf(digest, ordinals.next(digest));
}

/** Identifies what has names of its own, so that it is the same in whatever line it stands. */
export const namedIdOf = (...names: readonly string[]): string =>
  idOf(digestOf(JSON.stringify(names)), 1);

const digestOf = (of: string | Buffer): Buffer => createHash('sha256').update(of).digest();

const idOf = (digest: Buffer, ordinal: number): string =>
  `${digest.toString('base64url')}-${String(ordinal)}`;
