/** The most characters of an input that a message quotes. */
export const QUOTE_LENGTH_MAX = 100;

/** Control characters and lone surrogates: no text has them, on which key parts rely. */
const FORBIDDEN = /[\p{Cc}\p{Cs}]/u;

/** The most characters of an id, after trimming. */
export const ID_LENGTH_MAX = 200;

/** Printable ASCII alone, with no space at either end. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * The most code units of an id's spelling. NFC makes one character of at most four, each of two
 * units. A longer text is not normalised: it is refused as an id.
 */
const ID_SPELLING_LENGTH_MAX = 4 * 2 * ID_LENGTH_MAX;

/** Below U+0300 no character combines with another: a text of such characters is in NFC. */
const COMBINING = /[\u0300-\uffff]/;

/**
 * Brings an id into Unicode NFC (https://unicode.org/reports/tr15/), in which all spellings of the
 * same characters are the same.
 */
export const inNfc = (id: string): string =>
  COMBINING.test(id) && id.length <= ID_SPELLING_LENGTH_MAX
    ? inCanonicalOrder(id).normalize('NFC')
    : id;

/** Brings a text into the form in which searches compare it, whatever its case and spelling. */
export const folded = (text: string): string => inNfc(text).toLowerCase();

/** Says whether a text has characters that no text may have. */
export const hasForbidden = (text: string): boolean => FORBIDDEN.test(text);

/** Says whether a value is a text that `checkText` may return. Most are ASCII, which is quick. */
export function isText(value: unknown, lengthMax: number): value is string {
  if (typeof value !== 'string' || value.length === 0) return false;
  if (isLonger(value, lengthMax)) return false;
  return PLAIN.test(value) || (!FORBIDDEN.test(value) && value.trim() === value);
}

/** Quotes a text for a message, and cuts it where it is long. */
export function quote(text: string): string {
  const cut = text.length > QUOTE_LENGTH_MAX ? `${text.slice(0, QUOTE_LENGTH_MAX)}…` : text;
  return JSON.stringify(cut.toWellFormed());
}

/** Says whether a text has more characters, in Unicode code points. */
export function isLonger(text: string, lengthMax: number): boolean {
  // A character has two code units at most: a longer text is not even looked at.
  return (
    text.length > lengthMax && (text.length > 2 * lengthMax || Array.from(text).length > lengthMax)
  );
}

/** Compares two texts by their UTF-8 bytes, which is the order of their code points. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** Lifts surrogates above the rest of the basic plane, where their code points belong. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/*
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
