/** Returns the Levenshtein distance: the characters to insert, delete or exchange. */
export function editsBetween(one: string, other: string): number {
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
