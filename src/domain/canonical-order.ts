/**
 * Bringing marks into Unicode's canonical order in linear time. `normalize()` takes quadratic time
 * for a long run of marks in disorder; for one in order it does not.
 */

/** The most marks in a row that are left to `normalize()`, as in Unicode's Stream-Safe format. */
const RUN_LENGTH_MAX = 30;
const RUNS = /\p{M}+/gu;
const MARK = /\p{M}/u;

/** Says whether `normalize()` puts the second of two marks before the first. */
const areInDisorder = (first: string, second: string): boolean =>
  (first + second).normalize('NFD') !== first + second;

/** Compares two marks by their canonical combining classes, of which JavaScript does not tell. */
function compareClasses(a: string, b: string): number {
  if (areInDisorder(a, b)) return 1;
  return areInDisorder(b, a) ? -1 : 0;
}

/** Marks of the class 230, which most have, and of the class 1, which is the lowest. */
const [ABOVE, OVERLAY] = ['\u0301', '\u0334'];

/** A mark that changes its place among others; those of the class 0 stay, and end a run. */
const isReordered = (mark: string): boolean =>
  mark === OVERLAY || areInDisorder(mark, OVERLAY) || areInDisorder(ABOVE, mark);

/** Returns the order of the classes of all reordered marks that are not made of others. */
function rankedMarks(): ReadonlyMap<string, number> {
  const marks: string[] = [];
  for (let code = 0x300; code <= 0x1ffff; code += 1) {
    const mark = String.fromCodePoint(code);
    if (MARK.test(mark) && mark.normalize('NFD') === mark && isReordered(mark)) marks.push(mark);
  }
  marks.sort(compareClasses);
  const ranks = new Map<string, number>();
  let rank = 0;
  for (const [place, mark] of marks.entries()) {
    const before = marks[place - 1];
    if (before !== undefined && compareClasses(before, mark) !== 0) rank += 1;
    ranks.set(mark, rank);
  }
  return ranks;
}

/** Made when it is first needed: hardly any text has such runs. */
let ranks: ReadonlyMap<string, number> | undefined;

/** Brings the marks of long runs into canonical order, which changes nothing of the text's NFC. */
export const inCanonicalOrder = (text: string): string =>
  text.replace(RUNS, (run) => (run.length > RUN_LENGTH_MAX ? ordered(run) : run));

function ordered(run: string): string {
  ranks ??= rankedMarks();
  const inOrder: string[] = [];
  let byRank: (string[] | undefined)[] = [];
  const endStretch = (): void => {
    for (const marks of byRank) if (marks !== undefined) inOrder.push(marks.join(''));
    byRank = [];
  };
  for (const mark of run) {
    for (const part of ranks.has(mark) ? [mark] : mark.normalize('NFD')) {
      const rank = ranks.get(part);
      if (rank === undefined) {
        endStretch();
        inOrder.push(part);
      } else (byRank[rank] ??= []).push(part);
    }
  }
  endStretch();
  return inOrder.join('');
}
