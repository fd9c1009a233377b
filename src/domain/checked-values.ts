import { badInput } from './errors.js';
import { oncePerText } from './once-per-text.js';
import { hasForbidden, ID_LENGTH_MAX, inNfc, isLonger, quote } from './text.js';

/** Trims and checks a text, its length in Unicode code points; throws BAD_USER_INPUT. */
export const checkText = (field: string, text: string, lengthMax: number): string =>
  soundOf(field, readText(text, text.trim(), lengthMax));

/** A text that was checked, or the rule that it breaks. */
type CheckedText = { readonly text: string } | { readonly rule: string };

function readText(given: string, spelled: string, lengthMax: number): CheckedText {
  // Its length first: what is far too long is not looked at.
  const isTooLong = isLonger(spelled, lengthMax);
  if (!isTooLong && hasForbidden(given)) return { rule: FORBIDDEN };
  if (!isTooLong && spelled.length > 0) return { text: spelled };
  return { rule: `must have 1 to ${String(lengthMax)} characters, got ${quote(given)}` };
}

function soundOf(field: string, checked: CheckedText): string {
  if ('rule' in checked) throw badInput(field, checked.rule);
  return checked.text;
}

const FORBIDDEN = 'must not hold control characters or lone surrogates';

/** Throws BAD_USER_INPUT for a text with characters that no text has. */
export function checkCharacters(field: string, text: string): void {
  if (!hasForbidden(text)) return;
  throw badInput(field, FORBIDDEN);
}

const readId = oncePerText((id) => readText(id, inNfc(id.trim()), ID_LENGTH_MAX));

/** Trims an id of the API and brings it into NFC, in which its length counts. */
export const checkId = (field: string, id: string): string => soundOf(field, readId(id));

/** Returns a number within inclusive bounds, or throws BAD_USER_INPUT. */
export function checkRange(field: string, value: number, min: number, max: number): number {
  if (!(value >= min && value <= max)) {
    throw badInput(field, `must be from ${String(min)} to ${String(max)}, got ${String(value)}`);
  }
  return value;
}
