import { editsBetween } from '../domain/edits.js';

/** Finds the item that somebody may have meant, by its media id or title; undefined for none. */
export function nearestOf<Named extends { readonly mediaId: string; readonly title: string }>(
  typed: string,
  known: readonly Named[],
): Named | undefined {
  const wanted = wordsOf(typed);
  const rated = known.map((item) => {
    const distances = [item.mediaId, item.title].map((name) => distanceTo(wordsOf(name), wanted));
    return { item, distance: Math.min(...distances) };
  });
  const [nearest] = rated.toSorted((a, b) => a.distance - b.distance);
  const isNear = nearest && nearest.distance <= wanted.length * DIFFERENT_PART_MAX;
  return isNear ? nearest.item : undefined;
}

/** A text that differs in a larger part of its characters is another word. */
const DIFFERENT_PART_MAX = 0.4;

const wordsOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, ' ')
    .trim();

/** A text of fewer characters is part of too many names. */
const PART_LENGTH_MIN = 3;

/** Returns the edits to a name; a name that holds the whole text is nearer than one edit. */
const distanceTo = (name: string, wanted: string): number =>
  wanted.length >= PART_LENGTH_MIN && name !== wanted && name.includes(wanted)
    ? 0.5
    : editsBetween(wanted, name);
