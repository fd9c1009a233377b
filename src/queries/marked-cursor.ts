import { badInput } from '../domain/errors.js';
import { quote } from '../domain/text.js';
import type { Identity } from '../ports/identity.js';

/**
 * Makes a client's cursor for a place in a list: opaque, and marked as issued here. The facts that
 * tell this list from others go into the mark, or stand in the place.
 */
export function encodePlace(place: readonly unknown[], identity: Identity, list = ''): string {
  const text = JSON.stringify(place);
  const marked = list === '' ? text : `${text} ${list}`;
  return Buffer.from(identity.mark(marked) + text).toString('base64url');
}

/** Reads the place in a client's cursor, undefined if it has none; nobody has checked the mark. */
export function placeIn(cursor: string): readonly unknown[] | undefined {
  try {
    const marked = Buffer.from(cursor, 'base64url').toString();
    const place: unknown = JSON.parse(marked.slice(marked.indexOf('[')));
    return Array.isArray(place) ? (place as unknown[]) : undefined;
  } catch {
    // The text is no JSON, so this server did not issue it.
    return undefined;
  }
}

/** Makes the error for a cursor that a list has not issued. */
export const foreignCursor = (cursor: string): Error =>
  badInput('after', `is no cursor of this list: ${quote(cursor)}`);
