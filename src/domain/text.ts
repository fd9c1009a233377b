import { badInput } from './errors.js';

/** An input is quoted in a message at so many characters at most. */
export const QUOTE_LENGTH_MAX = 100;

/** Control characters and lone surrogates: never part of a text, and what key parts rely on. */
const FORBIDDEN = /[\p{Cc}\p{Cs}]/u;

/** The characters of an id, after trimming. */
export const ID_LENGTH_MAX = 200;

/** Printable ASCII alone, with no space at either end. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * No id is spelled in more code units: NFC makes one character of four at most, each of two units.
 * Longer texts are not brought into it, as it takes quadratic time where marks are in disorder.
 */
const ID_SPELLING_LENGTH_MAX = 4 * 2 * ID_LENGTH_MAX;

/** Below U+0300 no character combines with another: a text of such ones is in NFC as it is. */
const COMBINING = /[\u0300-\uffff]/;

/** A text within a length in characters (Unicode code points), trimmed, or BAD_USER_INPUT. */
export function checkText(
  field: string,
  text: string,
  lengthMax: number,
  spell = (trimmed: string): string => trimmed,
): string {
  if (FORBIDDEN.test(text)) {
    throw badInput(field, 'must not hold control characters or lone surrogates');
  }
  const spelled = spell(text.trim());
  if (spelled.length === 0 || isLonger(spelled, lengthMax)) {
    throw badInput(field, `must have 1 to ${String(lengthMax)} characters, got ${quote(text)}`);
  }
  return spelled;
}

/** An id of the API, trimmed and in NFC; its length is that of what it comes to. */
export const checkId = (field: string, id: string): string =>
  checkText(field, id, ID_LENGTH_MAX, inNfc);

/**
 * An id in Unicode NFC (https://unicode.org/reports/tr15/), in which all spellings of the same
 * characters are one.
 */
export const inNfc = (id: string): string =>
  COMBINING.test(id) && id.length <= ID_SPELLING_LENGTH_MAX ? id.normalize('NFC') : id;

/** Whether something is a text as `checkText` gives it. Most are plain ASCII, and quickly told. */
export function isText(value: unknown, lengthMax: number): value is string {
  if (typeof value !== 'string' || value.length === 0) return false;
  if (value.length > lengthMax) {
    // A character has two code units at most: what is longer is not even looked at.
    if (value.length > 2 * lengthMax || isLonger(value, lengthMax)) return false;
  }
  return PLAIN.test(value) || (!FORBIDDEN.test(value) && value.trim() === value);
}

/** A number within inclusive bounds, or BAD_USER_INPUT. */
export function checkRange(field: string, value: number, min: number, max: number): number {
  if (!(value >= min && value <= max)) {
    throw badInput(field, `must be from ${String(min)} to ${String(max)}, got ${String(value)}`);
  }
  return value;
}

/** A text as it may stand in a message: quoted, and cut where it is long. */
export function quote(text: string): string {
  const cut = text.length > QUOTE_LENGTH_MAX ? `${text.slice(0, QUOTE_LENGTH_MAX)}…` : text;
  return JSON.stringify(cut.toWellFormed());
}

function isLonger(text: string, lengthMax: number): boolean {
  return text.length > lengthMax && Array.from(text).length > lengthMax;
}

/** Joins the parts of a document key; U+001F cannot occur in a part, since input refuses it. */
export const KEY_SEPARATOR = '\u001f';

/** The order of two texts by their UTF-8 bytes, which is the order of their code points. */
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
