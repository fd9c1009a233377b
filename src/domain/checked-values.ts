import { badInput } from './errors.js';
import { hasForbidden, ID_LENGTH_MAX, inNfc, isLonger, quote } from './text.js';

/** Trims and checks a text, its length in Unicode code points; throws BAD_USER_INPUT. */
export function checkText(
  field: string,
  text: string,
  lengthMax: number,
  spell = (trimmed: string): string => trimmed,
): string {
  checkCharacters(field, text);
  const spelled = spell(text.trim());
  if (spelled.length === 0 || isLonger(spelled, lengthMax)) {
    throw badInput(field, `must have 1 to ${String(lengthMax)} characters, got ${quote(text)}`);
  }
  return spelled;
}

/** Throws BAD_USER_INPUT for a text with characters that no text has. */
export function checkCharacters(field: string, text: string): void {
  if (!hasForbidden(text)) return;
  throw badInput(field, 'must not hold control characters or lone surrogates');
}

/** Trims an id of the API and brings it into NFC, in which its length counts. */
export const checkId = (field: string, id: string): string =>
  checkText(field, id, ID_LENGTH_MAX, inNfc);

/** Returns a number within inclusive bounds, or throws BAD_USER_INPUT. */
export function checkRange(field: string, value: number, min: number, max: number): number {
  if (!(value >= min && value <= max)) {
    throw badInput(field, `must be from ${String(min)} to ${String(max)}, got ${String(value)}`);
  }
  return value;
}
