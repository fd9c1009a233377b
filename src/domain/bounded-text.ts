import { CONTEXT_LENGTH_MAX } from './session-context.js';
import { inNfc } from './text.js';

/**
 * Cleans a text from outside: removes control characters, trims it, brings it into NFC and cuts it
 * to a length in code points. Returns undefined if nothing is left. Cleaning the result again
 * changes nothing.
 */
export function boundedText(text: string): string | undefined {
  const tidy = text.replace(FORBIDDEN, '').trim().slice(0, SPELLING_LENGTH_MAX);
  const spelled = inNfc(tidy.replace(LONE_SURROGATES, ''));
  const cut =
    spelled.length > CONTEXT_LENGTH_MAX
      ? Array.from(spelled).slice(0, CONTEXT_LENGTH_MAX).join('')
      : spelled;
  const kept = cut.trim();
  return kept === '' ? undefined : kept;
}

/** Control characters and lone surrogates. */
const FORBIDDEN = /[\p{Cc}\p{Cs}]/gu;
const LONE_SURROGATES = /\p{Cs}/gu;
/**
 * The code units that are looked at. NFC makes one character of at most four, each of two units.
 */
const SPELLING_LENGTH_MAX = 4 * 2 * CONTEXT_LENGTH_MAX;
