/** A text that differs in more than this part of its characters is another word. */
const DIFFERENT_PART_MAX = 0.4;

/** What somebody who typed a text may have meant, by its name or its title; undefined for none. */
export function nearestOf<Named extends { readonly mediaId: string; readonly title: string }>(
  typed: string,
  known: readonly Named[],
): Named | undefined {
  const wanted = typed.trim().toLowerCase();
  const rated = known.map((one) => {
    const names = [one.mediaId, one.title].map((name) => name.toLowerCase());
    return { one, distance: Math.min(...names.map((name) => editsBetween(wanted, name))) };
  });
  const [nearest] = rated.toSorted((a, b) => a.distance - b.distance);
  const isNear = nearest && nearest.distance <= wanted.length * DIFFERENT_PART_MAX;
  return isNear ? nearest.one : undefined;
}

/** The Levenshtein distance: characters to put in, take out or exchange. */
function editsBetween(one: string, other: string): number {
  const [from, to] = [Array.from(one), Array.from(other)];
  let row = [0, ...to.map((_, at) => at + 1)];
  for (const [done, character] of from.entries()) {
    const next = [done + 1];
    for (const [at, wanted] of to.entries()) {
      const exchanged = (row[at] ?? 0) + (wanted === character ? 0 : 1);
      next.push(Math.min(exchanged, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
